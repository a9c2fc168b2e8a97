"""Trains a scikit-learn (or XGBoost, or one's own) estimator and answers with an ONNX file.

PrisML runs it: in a virtual environment, with the system's Python, or in a container. The request comes on standard input, the answers
go to standard output; both are a length in 8 bytes, a JSON header of that length, and then the arrays that the header names, as they lie
in memory (little-endian). Whatever else is printed goes to standard error.
"""
import importlib
import inspect
import json
import os
import struct
import sys
import threading
import time
import warnings

source = os.fdopen(os.dup(0), "rb")
target = os.fdopen(os.dup(1), "wb")
os.dup2(2, 1)  # Libraries that print must not get into the answers.
warnings.simplefilter("ignore")


def is_there(process):
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def leave_with(asker):
    """Ends the training when the one who asked was killed, however long the estimator would still take.

    Its number is given: when it is gone before this starts, the parent is already another.
    """
    parent = os.getppid()
    while os.getppid() == parent and is_there(asker):
        time.sleep(1)
    os._exit(3)


# A container has processes of its own, and ends with its client.
if len(sys.argv) > 1:
    threading.Thread(target=leave_with, args=(int(sys.argv[1]),), daemon=True).start()


class Refused(Exception):
    """A problem that its text explains, without a stack trace."""


def exactly(count):
    data = source.read(count)
    if len(data) != count:
        sys.exit(3)  # The one who asked is gone.
    return data


def read():
    header = json.loads(exactly(struct.unpack("<q", exactly(8))[0]))
    arrays = {}
    for name, kind, count in header["arrays"]:
        import numpy

        arrays[name] = numpy.frombuffer(exactly(count * 4), dtype=kind).copy()
    return header, arrays


def answer(header, *blobs):
    header["sizes"] = [len(blob) for blob in blobs]
    text = json.dumps(header).encode()
    target.write(struct.pack("<q", len(text)) + text)
    for blob in blobs:
        target.write(blob)
    target.flush()


def estimator(request):
    """The estimator that is asked for, by its full name; every wrong parameter is named at once."""
    name = request["estimator"]
    module, _, kind = name.rpartition(".")
    try:
        known = getattr(importlib.import_module(module), kind)
    except (ImportError, AttributeError, ValueError) as error:
        raise Refused(f"there is no estimator '{name}': {error}") from error
    parameters = dict(request["parameters"])
    try:
        made = known()
        accepted = made.get_params()
    except TypeError as error:
        raise Refused(f"'{name}' cannot be made without parameters: {error}") from error
    except AttributeError as error:
        raise Refused(f"'{name}' is not an estimator of scikit-learn's kind") from error
    wrong = sorted(set(parameters) - set(accepted))
    if wrong:
        raise Refused(f"'{name}' has no parameter {', '.join(wrong)}; it has {', '.join(sorted(accepted))}")
    for key, value in [("random_state", request["seed"] % 2**31), ("n_jobs", request["threads"] or None)]:
        if key in accepted:
            parameters.setdefault(key, value)
    if kind == "SVC":
        parameters.setdefault("probability", True)
    return known(**parameters)


def check(request):
    """What is wrong, as far as it can be told without rows."""
    if "script" in request:
        compile(request["script"], request["scriptName"], "exec")
        return
    model = estimator(request)
    getattr(model, "_validate_params", lambda: None)()
    # What XGBoost says of its own kind depends on its version, and is chosen by PrisML.
    if type(model).__module__.split(".")[0] != "sklearn":
        return
    from sklearn.base import is_classifier, is_regressor

    name = request["estimator"]
    if request["task"] == "regression":
        if not is_regressor(model):
            raise Refused(f"the label is a number, which '{name}' cannot learn")
    elif not is_classifier(model):
        raise Refused(f"the label is a class, which '{name}' cannot learn")
    elif not hasattr(model, "predict_proba"):
        raise Refused(f"'{name}' gives no probabilities; put a calibrated estimator in its place")


def takes_missing(model):
    """Trees that learn where missing values go, and whose ONNX form keeps that."""
    return type(model).__name__.startswith("HistGradientBoosting") or type(model).__module__.split(".")[0] == "xgboost"


def fit(model, request, arrays):
    import numpy
    from sklearn.impute import SimpleImputer
    from sklearn.pipeline import Pipeline

    width = len(request["columns"])
    x = arrays["x"].reshape(-1, width)
    y = arrays["y"].astype(numpy.int64) if request["task"] != "regression" else arrays["y"]
    weights = arrays.get("weights")
    options = {}
    if weights is not None:
        if "sample_weight" not in inspect.signature(model.fit).parameters:
            raise Refused(f"'{type(model).__name__}' cannot be fitted with weights")
        options["estimator__sample_weight"] = weights
    if getattr(model, "early_stopping_rounds", None):
        options["estimator__eval_set"] = [(arrays["validation_x"].reshape(-1, width), arrays["validation_y"])]
        options["estimator__verbose"] = False
    # An empty column becomes one of zeros, as it is for the other trainers.
    steps = [] if takes_missing(model) else [("missing", SimpleImputer(keep_empty_features=True))]
    pipeline = Pipeline(steps + [("estimator", model)])
    pipeline.fit(x, y, **options)
    if getattr(model, "early_stopping_rounds", None):
        keep_best_rounds(model)
    return pipeline


def keep_best_rounds(model):
    """Takes the rounds off that brought nothing on the validation rows: their trees would be in the ONNX file."""
    model.n_estimators = model.best_iteration + 1
    kept = model.get_booster()[: model.n_estimators]
    kept.set_attr(best_iteration=None, best_score=None)
    model._Booster = kept


def own_script(request, arrays):
    """One's own training: a function `train(x, y, request)` that gives a fitted estimator, or an ONNX file's bytes."""
    names = {"__name__": "prisml_training"}
    exec(compile(request["script"], request["scriptName"], "exec"), names)
    if "train" not in names:
        raise Refused(f"{request['scriptName']} has no function train(x, y, request)")
    width = len(request["columns"])
    return names["train"](arrays["x"].reshape(-1, width), arrays["y"], {**request, "weights": arrays.get("weights")})


def scores(model, request, x):
    import numpy

    if not len(x):
        return numpy.zeros(0, numpy.float32)
    if request["task"] == "regression":
        return numpy.asarray(model.predict(x), numpy.float32).ravel()
    if not hasattr(model, "predict_proba"):
        raise Refused(f"'{request.get('estimator', type(model).__name__)}' gives no probabilities; put a calibrated estimator in its place")
    classes = list(getattr(model, "classes_", range(request["classes"])))
    if classes != list(range(request["classes"])):
        raise Refused(f"only {len(classes)} of {request['classes']} classes are among the rows to train on")
    probabilities = numpy.asarray(model.predict_proba(x), numpy.float32)
    return probabilities[:, 1] if request["task"] == "binary" else probabilities.ravel()


def scores_of_file(file, request, x):
    """What ONNX Runtime answers, where it is installed and runs the file: a file alone has no other answers to be compared with."""
    import numpy

    if not len(x):
        return None
    try:
        import onnxruntime

        session = onnxruntime.InferenceSession(file, providers=["CPUExecutionProvider"])
        output = "prediction" if request["task"] == "regression" else "probabilities"
        answers = session.run([output], {session.get_inputs()[0].name: x})[0]
    except Exception as problem:
        print(f"not compared with ONNX Runtime: {problem}")
        return None
    answers = numpy.asarray(answers, numpy.float32)
    if request["task"] == "binary" and answers.size == 2 * len(x):
        answers = answers.reshape(-1, 2)[:, 1]
    return answers.ravel()


def narrow_thresholds(model):
    """Lowers each tree's thresholds to the next number of 32 bits.

    A row's numbers have 32 bits, so that x <= t is the same for t and for the largest 32-bit number that is not above it; rounded to the
    nearest one, as a file of 32-bit numbers has it, a row could take the other branch.
    """
    import numpy

    def narrow(thresholds):
        near = thresholds.astype(numpy.float32)
        return numpy.where(near > thresholds, numpy.nextafter(near, numpy.float32(-numpy.inf)), near)

    for tree in trees(model):
        tree.tree_.threshold[:] = narrow(tree.tree_.threshold)
    for round_ in getattr(model, "_predictors", []):
        for predictor in round_:
            predictor.nodes["num_threshold"] = narrow(predictor.nodes["num_threshold"])


def trees(model):
    if hasattr(model, "tree_"):
        yield model
    for part in numpy_list(getattr(model, "estimators_", [])):
        yield from trees(part)


def numpy_list(parts):
    return list(parts.ravel()) if hasattr(parts, "ravel") else [part[1] if isinstance(part, tuple) else part for part in parts]


def export(pipeline, request):
    """The pipeline as ONNX, with the names and the form that PrisML's own files have."""
    import onnx
    from skl2onnx import to_onnx
    from skl2onnx.common.data_types import FloatTensorType

    accept_numpy_values(onnx.helper)
    model = pipeline.steps[-1][1] if hasattr(pipeline, "steps") else pipeline
    narrow_thresholds(model)
    if hasattr(model, "flatten_transform"):
        model.flatten_transform = False  # Of no matter for what an estimator that votes predicts, and not convertible.
    if type(model).__module__.split(".")[0] == "xgboost":
        register_xgboost(type(model))
    width = len(request["columns"])
    options = {id(model): {"zipmap": False}} if hasattr(model, "predict_proba") else None
    made = to_onnx(
        pipeline, initial_types=[("X", FloatTensorType([None, width]))], options=options, target_opset={"": 17, "ai.onnx.ml": 3})
    return tidy(made, request)


def accept_numpy_values(module):
    """Converters hand NumPy's numbers and truths over, which newer versions of onnx refuse."""
    import numpy

    plain = module.make_attribute

    def simple(value):
        value = value.item() if isinstance(value, numpy.generic) else value
        return int(value) if isinstance(value, bool) else value

    def make_attribute(key, value, *others, **named):
        if isinstance(value, (list, tuple)):
            value = [simple(each) for each in value]
        return plain(key, value, *others, **named)

    module.make_attribute = make_attribute


def register_xgboost(kind):
    from onnxmltools.convert.xgboost.operator_converters.XGBoost import convert_xgboost
    from skl2onnx import update_registered_converter
    from skl2onnx.common.shape_calculator import calculate_linear_classifier_output_shapes, calculate_linear_regressor_output_shapes

    is_classifier = hasattr(kind, "predict_proba")
    update_registered_converter(
        kind, kind.__name__, calculate_linear_classifier_output_shapes if is_classifier else calculate_linear_regressor_output_shapes,
        convert_xgboost, options={"zipmap": [True, False, "columns"], "nocl": [True, False]} if is_classifier else None)


def tidy(model, request):
    """Outputs under the names of PrisML's own files; steps that do nothing are left out, so that a chain stays a chain."""
    graph = model.graph
    wanted = ["prediction"] if request["task"] == "regression" else ["label", "probabilities"]
    renamed = dict(zip([output.name for output in graph.output], wanted))
    makers = {name: node for node in graph.node for name in node.output}
    for output, name in list(renamed.items()):
        # Probabilities are divided by their sum, which is 1 already; an Identity gives what it is given.
        while output in makers:
            node = makers[output]
            before = makers.get(node.input[0]) if node.input else None
            is_normalised = (
                node.op_type == "Normalizer" and before is not None and before.op_type == "LinearClassifier"
                and any(a.name == "post_transform" and a.s in (b"SOFTMAX", b"LOGISTIC") for a in before.attribute))
            if not (node.op_type == "Identity" or is_normalised):
                break
            graph.node.remove(node)
            output = node.input[0]
        renamed[output] = name
    for node in graph.node:
        node.output[:] = [renamed.get(name, name) for name in node.output]
        node.input[:] = [renamed.get(name, name) for name in node.input]
    for output in graph.output:
        output.name = renamed.get(output.name, output.name)
    model.doc_string = graph.doc_string = ""
    return model.SerializeToString(deterministic=True)


def importances(model, width):
    import numpy

    model = model.steps[-1][1] if hasattr(model, "steps") else model
    own = getattr(model, "feature_importances_", None)
    if own is None and hasattr(model, "coef_"):
        own = numpy.abs(numpy.atleast_2d(model.coef_)).mean(axis=0)
    return [float(value) for value in own] if own is not None and len(own) == width else []


def rounds(model):
    """How many rounds of trees there are; None where there is no such thing."""
    model = model.steps[-1][1] if hasattr(model, "steps") else model
    if type(model).__module__.split(".")[0] == "xgboost":
        return model.get_booster().num_boosted_rounds()
    trees = getattr(model, "n_estimators_", getattr(model, "n_iter_", None) if hasattr(model, "_predictors") else None)
    if trees is None and hasattr(model, "estimators_") and hasattr(model, "n_estimators"):
        trees = len(model.estimators_)
    return int(trees) if trees is not None else None


def versions():
    from importlib import metadata

    found = {"python": sys.version.split()[0]}
    for name in ["numpy", "scikit-learn", "xgboost", "skl2onnx", "onnxmltools", "onnx"]:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            pass
    return found


def main():
    request, arrays = read()
    if request.get("only") == "versions":
        return answer({"kind": "versions", "versions": versions()})
    if request.get("only") == "check":
        check(request)
        return answer({"kind": "checked"})
    width = len(request["columns"])
    model = own_script(request, arrays) if "script" in request else fit(estimator(request), request, arrays)
    answer({"kind": "progress", "round": 1, "rounds": 2})
    x = arrays["scoring"].reshape(-1, width)
    if isinstance(model, (bytes, bytearray)):
        given, weights, kept = bytes(model), [], None
        values = scores_of_file(given, request, x)
    else:
        values = scores(model, request, x)
        given = export(model, request)
        weights, kept = importances(model, width), rounds(model)
    header = {
        "kind": "result", "versions": versions(), "importances": weights, "hasScores": values is not None, "keptRounds": kept}
    return answer(header, given, b"" if values is None else values.tobytes())


try:
    main()
except Refused as problem:
    answer({"kind": "error", "message": str(problem)})
except ImportError as problem:
    answer({"kind": "missing", "message": str(problem)})
except BrokenPipeError:
    sys.exit(3)
except Exception as problem:
    import traceback

    place = traceback.extract_tb(problem.__traceback__)[-1]
    reason = " ".join(str(problem).split())
    reason = reason if len(reason) <= 400 else reason[:400] + "…"
    answer({"kind": "error", "message": f"{type(problem).__name__}: {reason} ({os.path.basename(place.filename)}:{place.lineno})"})
