"""Trains the models of the suite `onnx`, converts them, and compiles them with treelite and lleaves.

    onnx_models.py FOLDER

writes into FOLDER: forest, boosted, leaves and pipeline, each as .onnx; boosted.ubj for XGBoost, leaves.txt for LightGBM;
NAME.treelite.so and leaves.lleaves.so, compiled; rows.f32, the rows that are predicted; labels.txt, texts for the pipeline;
and missing.txt, a line for each peer that could not be made, with the reason.
"""

import os
import pathlib
import subprocess
import sys

import numpy as np

folder = pathlib.Path(sys.argv[1])
folder.mkdir(parents=True, exist_ok=True)
missing = []
columns, count = 20, 10_000

random = np.random.default_rng(1)
x = random.normal(size=(30_000, columns)).astype(np.float32)
score = x[:, 0] * x[:, 1] + np.sin(2 * x[:, 2]) - x[:, 3] + 0.3 * x[:, 4] * (x[:, 5] > 0) + random.normal(size=len(x)) * 0.5
y = (score > 0).astype(np.int64)
train, test = slice(0, 20_000), slice(20_000, 20_000 + count)
x[test].tofile(folder / "rows.f32")


def attempt(name, make):
    try:
        make()
    except Exception as error:  # the table says which peer is missing, and why
        missing.append(f"{name}: {type(error).__name__}: {str(error).splitlines()[0][:160] if str(error) else ''}")


def treelite_library(model, name):
    import tl2cgen

    tl2cgen.export_lib(
        model, toolchain="gcc", libpath=str(folder / f"{name}.treelite.so"), params={"parallel_comp": os.cpu_count() or 1}, verbose=False)


def forest():
    from skl2onnx import to_onnx
    from sklearn.ensemble import RandomForestClassifier

    model = RandomForestClassifier(n_estimators=100, max_depth=10, n_jobs=-1, random_state=1).fit(x[train], y[train])
    onnx = to_onnx(model, x[:1], options={id(model): {"zipmap": False}})
    (folder / "forest.onnx").write_bytes(onnx.SerializeToString())

    def compiled():
        import treelite

        treelite_library(treelite.sklearn.import_model(model), "forest")

    attempt("treelite, forest", compiled)


def boosted():
    import xgboost
    from onnxmltools import convert_xgboost
    from onnxmltools.convert.common.data_types import FloatTensorType

    model = xgboost.XGBClassifier(n_estimators=200, max_depth=6, learning_rate=0.1, n_jobs=-1).fit(x[train], y[train])
    model.get_booster().save_model(folder / "boosted.ubj")
    onnx = convert_xgboost(model, initial_types=[("X", FloatTensorType([None, columns]))])
    (folder / "boosted.onnx").write_bytes(onnx.SerializeToString())

    def compiled():
        import treelite

        treelite_library(treelite.frontend.from_xgboost(model.get_booster()), "boosted")

    attempt("treelite, boosted", compiled)


def leaves():
    import lightgbm
    from onnxmltools import convert_lightgbm
    from onnxmltools.convert.common.data_types import FloatTensorType

    model = lightgbm.LGBMClassifier(n_estimators=500, num_leaves=64, learning_rate=0.05, n_jobs=-1, verbose=-1).fit(x[train], y[train])
    text = str(folder / "leaves.txt")
    model.booster_.save_model(text)
    onnx = convert_lightgbm(model, initial_types=[("X", FloatTensorType([None, columns]))], zipmap=False)
    (folder / "leaves.onnx").write_bytes(onnx.SerializeToString())

    def by_treelite():
        import treelite

        treelite_library(treelite.frontend.from_lightgbm(model.booster_), "leaves")

    def by_lleaves():
        import lleaves

        # In its usual blocks of 34 trees. All 500 in one block, which lleaves advises for single rows, did not compile in eight minutes.
        place = folder / "leaves.o"
        place.unlink(missing_ok=True)
        lleaves.Model(model_file=text).compile(cache=str(place))
        subprocess.run(["cc", "-shared", "-o", folder / "leaves.lleaves.so", place, "-lm"], check=True)

    attempt("treelite, leaves", by_treelite)
    attempt("lleaves, leaves", by_lleaves)


def pipeline():
    import pandas
    from skl2onnx import convert_sklearn
    from skl2onnx.common.data_types import FloatTensorType, StringTensorType
    from sklearn.compose import ColumnTransformer
    from sklearn.ensemble import GradientBoostingClassifier
    from sklearn.impute import SimpleImputer
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    holes = x.copy()
    holes[random.random(holes.shape) < 0.1] = np.nan
    plans = random.choice(["free", "team", "pro", "enterprise"], len(x))
    cities = random.choice([f"city {number}" for number in range(20)], len(x))
    numbers = [f"n{number}" for number in range(10)]
    frame = pandas.DataFrame(holes[:, :10], columns=numbers)
    frame["plan"], frame["city"] = plans, cities
    target = ((score + (plans == "pro") - (cities == "city 3")) > 0).astype(np.int64)
    whole = make_pipeline(
        ColumnTransformer([
            ("numbers", make_pipeline(SimpleImputer(strategy="median"), StandardScaler()), numbers),
            ("texts", OneHotEncoder(handle_unknown="ignore"), ["plan", "city"]),
        ]),
        GradientBoostingClassifier(n_estimators=100, max_depth=4, random_state=1)).fit(frame[train], target[train])
    types = [(name, FloatTensorType([None, 1])) for name in numbers] + [(name, StringTensorType([None, 1])) for name in ("plan", "city")]
    onnx = convert_sklearn(whole, initial_types=types, options={id(whole): {"zipmap": False}})
    (folder / "pipeline.onnx").write_bytes(onnx.SerializeToString())
    holes[test, :10].tofile(folder / "pipeline.f32")
    (folder / "pipeline.txt").write_text("\n".join(f"{plan}\t{city}" for plan, city in zip(plans[test], cities[test])))


for make in (forest, boosted, leaves, pipeline):
    attempt(make.__name__, make)
(folder / "missing.txt").write_text("\n".join(missing))
