"""Writes converted-models.bin and operator-tests.bin beside itself. Run by scripts/onnx-fixtures."""

import pathlib
import struct
import warnings

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

warnings.filterwarnings("ignore")
onnxruntime.set_default_logger_severity(4)
HERE = pathlib.Path(__file__).parent

# The converters hand NumPy's numbers on, which the onnx package does not take for numbers.
make_attribute = helper.make_attribute


def plain(name, value, *rest, **named):
    if isinstance(value, np.ndarray):
        value = value.tolist()
    if isinstance(value, list):
        value = [item.item() if isinstance(item, np.generic) else item for item in value]
        value = [int(item) if isinstance(item, bool) else item for item in value]
    return make_attribute(name, value, *rest, **named)


helper.make_attribute = plain

# What the native engine runs; the tests of other operators are left out.
OPERATORS = set("""
Abs Acos Acosh Add And ArgMax ArgMin Asin Asinh Atan Atanh Cast CastLike Ceil Clip Compress Concat ConcatFromSequence Constant
ConstantOfShape Cos Cosh CumSum Div Dropout Elu Equal Erf Exp Expand EyeLike Flatten Floor Gather GatherElements GatherND Gemm Greater
GreaterOrEqual HardSigmoid Identity IsInf IsNaN LeakyRelu Less LessOrEqual Log LogSoftmax LpNormalization MatMul Max Mean Min Mod Mul Neg
NonZero Not OneHot Or Pad Pow Range Reciprocal ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean ReduceMin ReduceProd
ReduceSum ReduceSumSquare Relu Reshape Round Selu SequenceAt SequenceConstruct SequenceLength Shape Sigmoid Sign Sin Sinh Size Slice
Softmax Softplus Softsign Split Sqrt Squeeze StringConcat StringNormalizer StringSplit Sub Sum Tan Tanh TfIdfVectorizer ThresholdedRelu
Tile TopK Transpose Unsqueeze Where Xor
ArrayFeatureExtractor Binarizer LabelEncoder TreeEnsemble
""".split())
TYPES = {
    TensorProto.FLOAT, TensorProto.DOUBLE, TensorProto.INT64, TensorProto.INT32, TensorProto.INT16, TensorProto.INT8, TensorProto.UINT64,
    TensorProto.UINT32, TensorProto.UINT16, TensorProto.UINT8, TensorProto.BOOL, TensorProto.STRING, TensorProto.FLOAT16,
}


class Skip(Exception):
    pass


def tensor(value):
    if isinstance(value, TensorProto):
        if value.data_type not in TYPES:
            raise Skip("type")
        return value.SerializeToString()
    array = np.asarray(value)
    if array.dtype.kind in "UO":
        flat = [item if isinstance(item, bytes) else str(item).encode() for item in array.reshape(-1)]
        proto = TensorProto(dims=array.shape, data_type=TensorProto.STRING, string_data=flat)
    else:
        proto = numpy_helper.from_array(np.ascontiguousarray(array).reshape(array.shape))
    if proto.data_type not in TYPES:
        raise Skip("type")
    return proto.SerializeToString()


def block(data):
    return struct.pack("<I", len(data)) + data


def value(item):
    """A tensor, a list of values, or a map."""
    if isinstance(item, (list, tuple)):
        return b"\x01" + struct.pack("<I", len(item)) + b"".join(value(part) for part in item)
    if isinstance(item, dict):
        return b"\x02" + block(tensor(np.array(list(item)))) + block(tensor(np.array(list(item.values()), dtype=np.float32)))
    return b"\x00" + block(tensor(item))


def case(name, model, inputs, outputs, tolerance):
    parts = [block(name.encode()), block(model.SerializeToString()), struct.pack("<d", tolerance)]
    for values in (inputs, outputs):
        parts.append(struct.pack("<I", len(values)))
        parts += [block(key.encode()) + value(item) for key, item in values.items()]
    return b"".join(parts)


def write(path, cases):
    data = struct.pack("<I", len(cases)) + b"".join(cases)
    (HERE / path).write_bytes(data)
    print(f"{path}: {len(cases)} cases, {len(data):,} bytes")


# The ONNX project's tests of operators.


def operator_tests():
    from onnx.backend.test.case.node import collect_testcases

    cases = []
    for test in collect_testcases(None):
        graph = test.model.graph
        if any(node.op_type not in OPERATORS or node.domain not in ("", "ai.onnx.ml") for node in graph.node):
            continue
        if any(a.name == "to" and a.i not in TYPES for node in graph.node for a in node.attribute):
            continue
        # Half precision is only moved and cast, not computed with.
        half = any(i.type.tensor_type.elem_type == TensorProto.FLOAT16 for i in graph.input)
        if half and any(node.op_type in ("Min", "Max", "Mod", "Range") for node in graph.node):
            continue
        # Functions written out as simpler operators, and training, which nothing here does.
        if "_expanded" in test.name or "dropout" in test.name and "training" in test.name:
            continue
        for number, (inputs, outputs) in enumerate(test.data_sets):
            try:
                named = [dict(zip((info.name for info in infos), values)) for infos, values in ((graph.input, inputs), (graph.output, outputs))]
                data = case(f"{test.name}/{number}", test.model, *named, max(test.rtol, 1e-6))
            except (Skip, TypeError, ValueError):
                continue
            if len(data) < 40_000:
                cases.append(data)
    write("operator-tests.bin", cases)


# Converted models.


def run(model, inputs):
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    return dict(zip((output.name for output in session.get_outputs()), session.run(None, inputs)))


class Models:
    def __init__(self):
        self.cases = []

    def add(self, name, model, inputs, tolerance=1e-6):
        # Converters name graphs at random and list the operator sets in any order: the file is to be the same each time.
        model.graph.name = name
        opsets = sorted(((opset.domain, opset.version) for opset in model.opset_import))
        del model.opset_import[:]
        for domain, version in opsets:
            model.opset_import.add(domain=domain, version=version)
        # What the inputs were named by the converter, in order.
        known = {tensor.name for tensor in model.graph.initializer}
        names = [info.name for info in model.graph.input if info.name not in known]
        if not isinstance(inputs, dict):
            inputs = {names[0]: inputs}
        self.cases.append(case(name, model, inputs, run(model, inputs), tolerance))


def data(rows=300, columns=6, classes=2, seed=0, missing=False):
    random = np.random.default_rng(seed)
    x = random.normal(size=(rows, columns)).astype(np.float32)
    score = x[:, 0] * x[:, 1] + np.sin(2 * x[:, 2]) - x[:, 3]
    y = np.digitize(score, np.quantile(score, np.arange(1, classes) / classes))
    if missing:
        x[random.random(x.shape) < 0.15] = np.nan
    return x, y, score.astype(np.float32)


def scikit_learn(models):
    from sklearn import calibration, cluster, compose, decomposition, discriminant_analysis, ensemble, feature_extraction, feature_selection
    from sklearn import gaussian_process, impute, isotonic, kernel_approximation, linear_model, mixture, multiclass, multioutput, naive_bayes
    from sklearn import neighbors, neural_network, pipeline, preprocessing, svm, tree
    from skl2onnx import to_onnx
    from skl2onnx.common.data_types import FloatTensorType, Int64TensorType, StringTensorType

    x, y, score = data()
    x3, y3, _ = data(classes=3, seed=1)
    rows = 25

    def classifier(name, estimator, classes=2, zipmap=False, features=None, tolerance=1e-6, labels=None):
        train, target = (x, y) if classes == 2 else (x3, y3)
        train = train if features is None else features(train)
        target = target if labels is None else np.array(labels)[target]
        estimator.fit(train, target)
        options = {} if isinstance(estimator, svm.LinearSVC) else {id(estimator): {"zipmap": zipmap}}
        models.add(name, to_onnx(estimator, train[:1], options=options), train[:rows], tolerance)

    def regressor(name, estimator, target=None, tolerance=1e-6, double=False):
        train = x.astype(np.float64) if double else x
        estimator.fit(train, score if target is None else target)
        model = to_onnx(estimator, train[:1])
        if model.graph.node[-1].op_type == "TreeEnsembleRegressor":
            # The converter says double here, which the operator's specification and ONNX Runtime do not have.
            model.graph.output[0].type.tensor_type.elem_type = TensorProto.FLOAT
        models.add(name, model, train[:rows], tolerance)

    def transformer(name, estimator, train=x, target=y, tolerance=1e-6):
        estimator.fit(train, target)
        models.add(name, to_onnx(estimator, train[:1]), train[:rows], tolerance)

    small = {"n_estimators": 12, "max_depth": 5, "random_state": 0}
    classifier("decision tree, two classes", tree.DecisionTreeClassifier(max_depth=5, random_state=0))
    classifier("decision tree, three classes", tree.DecisionTreeClassifier(max_depth=5, random_state=0), 3)
    classifier("random forest, two classes", ensemble.RandomForestClassifier(**small))
    classifier("random forest, three classes", ensemble.RandomForestClassifier(**small), 3)
    classifier("random forest, texts as classes", ensemble.RandomForestClassifier(**small), 3, labels=["a", "ä", "c"])
    classifier("random forest, maps", ensemble.RandomForestClassifier(**small), 3, zipmap=True)
    classifier("extra trees", ensemble.ExtraTreesClassifier(**small), 3)
    classifier("gradient boosting, two classes", ensemble.GradientBoostingClassifier(n_estimators=12, random_state=0))
    classifier("gradient boosting, three classes", ensemble.GradientBoostingClassifier(n_estimators=12, random_state=0), 3)
    classifier("histogram boosting, two classes", ensemble.HistGradientBoostingClassifier(max_iter=12, max_leaf_nodes=15, random_state=0))
    classifier("histogram boosting, three classes", ensemble.HistGradientBoostingClassifier(max_iter=8, max_leaf_nodes=9, random_state=0), 3)
    classifier("boosted stumps", ensemble.AdaBoostClassifier(n_estimators=8, random_state=0), tolerance=1e-5)
    classifier("bagging", ensemble.BaggingClassifier(n_estimators=5, random_state=0), 3)
    classifier("voting", ensemble.VotingClassifier(
        [("l", linear_model.LogisticRegression()), ("t", tree.DecisionTreeClassifier(max_depth=3))], voting="soft", flatten_transform=False), 3)
    classifier("stacking", ensemble.StackingClassifier(
        [("l", linear_model.LogisticRegression()), ("t", tree.DecisionTreeClassifier(max_depth=3, random_state=0))], cv=3), 3, tolerance=1e-5)
    classifier("logistic regression, two classes", linear_model.LogisticRegression())
    classifier("logistic regression, three classes", linear_model.LogisticRegression(), 3)
    classifier("logistic regression, texts", linear_model.LogisticRegression(), labels=["no", "yes"], zipmap=True)
    classifier("stochastic gradient", linear_model.SGDClassifier(loss="log_loss", random_state=0), 3, tolerance=1e-5)
    classifier("support vectors, two classes", svm.SVC(probability=True, random_state=0), tolerance=1e-5)
    classifier("support vectors, three classes", svm.SVC(probability=True, random_state=0), 3, tolerance=1e-4)
    classifier("linear support vectors", svm.LinearSVC(random_state=0), 3, tolerance=1e-5)
    classifier("Bayes, normal", naive_bayes.GaussianNB(), 3, tolerance=1e-4)
    classifier("Bayes, yes or no", naive_bayes.BernoulliNB(), 3, tolerance=1e-5)
    classifier("Bayes, counts", naive_bayes.MultinomialNB(), 3, features=np.abs, tolerance=1e-5)
    classifier("linear discriminant", discriminant_analysis.LinearDiscriminantAnalysis(), 3, tolerance=1e-5)
    classifier("quadratic discriminant", discriminant_analysis.QuadraticDiscriminantAnalysis(), 3, tolerance=1e-4)
    classifier("perceptron", neural_network.MLPClassifier((8,), max_iter=50, random_state=0), 3, tolerance=1e-5)
    classifier("one against the rest", multiclass.OneVsRestClassifier(linear_model.LogisticRegression()), 3, tolerance=1e-5)
    classifier("calibrated", calibration.CalibratedClassifierCV(linear_model.LogisticRegression(), cv=2), 3, tolerance=1e-5)

    regressor("decision tree regression", tree.DecisionTreeRegressor(max_depth=5, random_state=0))
    regressor("decision tree regression in 64 bits", tree.DecisionTreeRegressor(max_depth=5, random_state=0), double=True)
    regressor("random forest regression", ensemble.RandomForestRegressor(**small))
    regressor("random forest regression, two targets", ensemble.RandomForestRegressor(**small), np.stack([score, -2 * score], 1))
    regressor("gradient boosting regression", ensemble.GradientBoostingRegressor(n_estimators=12, random_state=0))
    regressor("histogram boosting regression", ensemble.HistGradientBoostingRegressor(max_iter=12, max_leaf_nodes=15, random_state=0))
    regressor("linear regression", linear_model.LinearRegression())
    regressor("linear regression in 64 bits", linear_model.LinearRegression(), double=True)
    regressor("ridge, two targets", linear_model.Ridge(), np.stack([score, -2 * score], 1))
    regressor("lasso", linear_model.Lasso(0.01))
    regressor("Poisson regression", linear_model.PoissonRegressor(), np.abs(score), tolerance=1e-5)
    regressor("support vector regression", svm.SVR(), tolerance=1e-5)
    regressor("support vector regression, polynomial", svm.SVR(kernel="poly"), tolerance=1e-4)
    regressor("perceptron regression", neural_network.MLPRegressor(hidden_layer_sizes=(8,), max_iter=50, random_state=0), tolerance=1e-5)
    regressor("several regressions", multioutput.MultiOutputRegressor(linear_model.Ridge()), np.stack([score, -2 * score], 1))

    transformer("standard scaler", preprocessing.StandardScaler())
    transformer("least and greatest", preprocessing.MinMaxScaler(clip=True))
    transformer("robust scaler", preprocessing.RobustScaler())
    transformer("norm of rows", preprocessing.Normalizer())
    transformer("polynomials", preprocessing.PolynomialFeatures(2), x[:, :3])
    transformer("bins", preprocessing.KBinsDiscretizer(4, encode="onehot-dense", quantile_method="linear"))
    transformer("power", preprocessing.PowerTransformer(), tolerance=1e-4)
    transformer("binarizer", preprocessing.Binarizer(threshold=0.25))
    transformer("principal components", decomposition.PCA(3), tolerance=1e-5)
    transformer("singular values", decomposition.TruncatedSVD(3, random_state=0), tolerance=1e-5)
    transformer("k means", cluster.KMeans(4, random_state=0, n_init=2), tolerance=1e-4)
    transformer("best columns", feature_selection.SelectKBest(k=3))
    transformer("enough variance", feature_selection.VarianceThreshold(0.9))
    transformer("Gaussian mixture", mixture.GaussianMixture(2, random_state=0), tolerance=1e-4)
    holes, _, _ = data(missing=True)
    transformer("mean in place of missing", impute.SimpleImputer(), holes)

    # Columns of different kinds, each prepared in its way.
    random = np.random.default_rng(3)
    import pandas
    frame = pandas.DataFrame({
        "age": holes[:, 0], "income": holes[:, 1], "plan": random.choice(["free", "pro", "team"], len(x)), "city": random.choice(["Köln", "Bonn"], len(x))})
    columns = compose.ColumnTransformer([
        ("numbers", pipeline.make_pipeline(impute.SimpleImputer(strategy="median"), preprocessing.StandardScaler()), ["age", "income"]),
        ("texts", preprocessing.OneHotEncoder(handle_unknown="ignore"), ["plan", "city"]),
    ])
    for name, last in [
        ("columns and a logistic regression", linear_model.LogisticRegression()),
        ("columns and a forest", ensemble.RandomForestClassifier(**small)),
        ("columns and boosting", ensemble.GradientBoostingClassifier(n_estimators=12, random_state=0)),
    ]:
        whole = pipeline.make_pipeline(columns, last).fit(frame, y)
        types = [(c, FloatTensorType([None, 1])) for c in ("age", "income")] + [(c, StringTensorType([None, 1])) for c in ("plan", "city")]
        from skl2onnx import convert_sklearn
        model = convert_sklearn(whole, initial_types=types, options={id(whole): {"zipmap": False}})
        inputs = {c: frame[[c]].values[:rows].astype(np.float32) for c in ("age", "income")}
        inputs |= {c: frame[[c]].values[:rows].astype(object) for c in ("plan", "city")}
        inputs["plan"][3] = "unknown"
        models.add(name, model, inputs, 1e-5)
    ordinal = preprocessing.OrdinalEncoder().fit(frame[["plan", "city"]].values)
    models.add("ordinals", to_onnx(ordinal, frame[["plan", "city"]].values[:1].astype(object)), frame[["plan", "city"]].values[:rows].astype(object))
    labels = preprocessing.LabelEncoder().fit(frame["plan"])
    from skl2onnx import convert_sklearn
    models.add("labels", convert_sklearn(labels, initial_types=[("X", StringTensorType([None]))]), frame["plan"].values[:rows].astype(object))
    one_hot = preprocessing.OneHotEncoder(sparse_output=False).fit((x[:, :2] > 0).astype(np.int64))
    models.add("one-hot of integers", convert_sklearn(one_hot, initial_types=[("X", Int64TensorType([None, 2]))]), (x[:rows, :2] > 0).astype(np.int64))


def boosted(models):
    import lightgbm
    import xgboost
    from onnxmltools import convert_lightgbm, convert_xgboost
    from onnxmltools.convert.common.data_types import FloatTensorType

    x, y, score = data(missing=True)
    x3, y3, _ = data(classes=3, seed=1, missing=True)
    types = [("X", FloatTensorType([None, 6]))]

    def xgb(name, estimator, train, target):
        models.add(name, convert_xgboost(estimator.fit(train, target), initial_types=types), train[:25])

    size = {"n_estimators": 20, "max_depth": 4}
    xgb("XGBoost, two classes", xgboost.XGBClassifier(**size), x, y)
    xgb("XGBoost, three classes", xgboost.XGBClassifier(**size), x3, y3)
    xgb("XGBoost, regression", xgboost.XGBRegressor(**size), x, score)
    xgb("XGBoost, counts", xgboost.XGBRegressor(objective="count:poisson", **size), x, np.abs(score))
    xgb("XGBoost, a forest", xgboost.XGBRFClassifier(**size), x, y)

    def lgb(name, estimator, train, target, **options):
        models.add(name, convert_lightgbm(estimator.fit(train, target), initial_types=types, **options), train[:25])

    size = {"n_estimators": 20, "num_leaves": 15, "verbose": -1}
    lgb("LightGBM, two classes", lightgbm.LGBMClassifier(**size), x, y, zipmap=False)
    lgb("LightGBM, three classes", lightgbm.LGBMClassifier(**size), x3, y3, zipmap=False)
    lgb("LightGBM, maps", lightgbm.LGBMClassifier(**size), x3, y3)
    lgb("LightGBM, regression", lightgbm.LGBMRegressor(**size), x, score)
    lgb("LightGBM, a forest", lightgbm.LGBMRegressor(boosting_type="rf", bagging_freq=1, bagging_fraction=0.7, **size), x, score)
    categories = np.nan_to_num(np.round(np.abs(x) * 2))
    lgb("LightGBM, categories", lightgbm.LGBMClassifier(min_child_samples=3, **size).set_params(), categories, y, zipmap=False)
    train = lightgbm.Dataset(categories, y, categorical_feature=[0, 1, 2])
    booster = lightgbm.train({"objective": "binary", "verbose": -1, "num_leaves": 15, "min_data_in_leaf": 3}, train, 20)
    models.add("LightGBM, sets of categories", convert_lightgbm(booster, initial_types=types, zipmap=False), categories[:25])


def tree_corners(models):
    """Small ensembles for what the specification leaves open: two classes, base values, transforms."""

    def ensemble(name, classes, ids, weights, base, transform, aggregate=None):
        nodes = dict(
            nodes_treeids=[0, 0, 0], nodes_nodeids=[0, 1, 2], nodes_featureids=[0, 0, 0], nodes_values=[0.5, 0, 0],
            nodes_modes=["BRANCH_LEQ", "LEAF", "LEAF"], nodes_truenodeids=[1, 0, 0], nodes_falsenodeids=[2, 0, 0], post_transform=transform)
        prefix = "target" if name == "regression" else "class"
        entries = [(leaf, i, w) for leaf, line in zip((1, 2), weights) for i, w in zip(ids, line)]
        nodes |= {f"{prefix}_treeids": [0] * len(entries), f"{prefix}_nodeids": [e[0] for e in entries],
                  f"{prefix}_ids": [e[1] for e in entries], f"{prefix}_weights": [e[2] for e in entries]}
        if base:
            nodes["base_values"] = base
        if name == "regression":
            nodes |= {"n_targets": classes, "aggregate_function": aggregate or "SUM"}
            node = helper.make_node("TreeEnsembleRegressor", ["X"], ["Y"], domain="ai.onnx.ml", **nodes)
            outputs = [helper.make_tensor_value_info("Y", TensorProto.FLOAT, [None, classes])]
        else:
            nodes["classlabels_int64s"] = list(range(classes))
            node = helper.make_node("TreeEnsembleClassifier", ["X"], ["L", "Y"], domain="ai.onnx.ml", **nodes)
            outputs = [helper.make_tensor_value_info("L", TensorProto.INT64, [None]),
                       helper.make_tensor_value_info("Y", TensorProto.FLOAT, [None, classes])]
        graph = helper.make_graph([node], "g", [helper.make_tensor_value_info("X", TensorProto.FLOAT, [None, 1])], outputs)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17), helper.make_opsetid("ai.onnx.ml", 3)], ir_version=8)
        # The approximation of the normal distribution's inverse loses half of its digits.
        tolerance = 2e-5 if transform == "PROBIT" else 1e-6
        models.add(f"{name}: {classes} of {ids} {weights} base {base} {transform} {aggregate or ''}", model,
                   np.array([[0], [1]], np.float32), tolerance)

    for transform in ["NONE", "LOGISTIC", "SOFTMAX", "SOFTMAX_ZERO", "PROBIT"]:
        for ids, weights in [([0], [[0.3], [0.8]]), ([0], [[-0.3], [0.8]]), ([1], [[0.3], [0.8]]), ([1], [[-0.3], [0.8]]),
                             ([0, 1], [[0.3, 0.7], [0.8, 0.2]]), ([0, 1], [[-0.3, 0.7], [0.8, -0.2]])]:
            for base in [None, [0.1, 0.2]] + ([] if transform == "PROBIT" else [[0.1]]):
                # ONNX Runtime leaves the second score of this one as it found it in memory.
                if transform != "PROBIT" or ids != [0]:
                    ensemble("classification", 2, ids, weights, base, transform)
        ensemble("classification", 3, [0, 1], [[-0.3, -0.2], [0.8, 0.1]], None, transform)
        ensemble("classification", 3, [0, 1], [[-0.3, -0.2], [0.8, 0.1]], [0.1, 0.2, 0.3], transform)
        for aggregate in ["SUM", "AVERAGE", "MIN", "MAX"]:
            ensemble("regression", 1, [0], [[0.3], [0.8]], [0.1], transform, aggregate)
            ensemble("regression", 3, [0, 2], [[-0.3, 0.2], [0.8, 0.1]], [0.1, 0.2, 0.3], transform, aggregate)


if __name__ == "__main__":
    operator_tests()
    models = Models()
    scikit_learn(models)
    boosted(models)
    write("converted-models.bin", models.cases)
    corners = Models()
    tree_corners(corners)
    write("tree-corners.bin", corners.cases)
