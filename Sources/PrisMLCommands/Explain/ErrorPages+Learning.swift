// What a `PredictorError`, a `TrainingError` and an `ONNXError` can say.
// A text is one line, however long.
// swift-format-ignore-file

extension ErrorPage {
    static let predictors = Chapter(
        title: "Predictors",
        introduction: "`PredictorError`, with the predictor's name.",
        pages: [
            ErrorPage(
                "ML001", "the definition cannot be trained", "Features of one name, an unknown or contradicting parameter, a label that the algorithm cannot learn, a feature that reads the label. All of it is listed at once.",
                fix: "Correct the definition; no row was read."),
            ErrorPage("ML002", "the predictor is not trained", "There is no artifact for it in the folder of the models.", fix: "`prisml train NAME`.", "A server needs `prisml/models` beside it, or PRISML_MODELS with its place."),
            ErrorPage(
                "ML003", "the trained version does not fit the code", "Features, label, algorithm, or a part of the schema that they read changed since; the message names what differs.",
                fix: "Train again, and commit the artifact with the change.", "Or go back to what was trained. `prisml check` finds this in CI, before a deployment does."),
            ErrorPage("ML004", "the artifact was changed", "A file's SHA-256 is not the manifest's, or model and metadata disagree.", fix: "Restore the folder from git, or train again.", "If git changed line ends, mark `prisml/models/**` as `-text` in .gitattributes."),
            ErrorPage("ML005", "the artifact is of another format", "Another version of PrisML wrote it.", fix: "Train again, or use that version."),
            ErrorPage("ML006", "a row holds an unexpected value", "A feature or a label has a value that its type or its enum does not.", fix: "The message names the feature: correct the rows, or the expression."),
            ErrorPage("ML007", "the model did not answer", "It failed on a row, gave a class that the label does not have, or cannot be explained exactly.", fix: "Train again; the label's values may have changed since."),
            ErrorPage("ML008", "a file could not be read or written", "Permissions, or a full disk.", fix: "Look at the folder of the models."),
            ErrorPage("ML009", "the registry does not allow that", "The version is unknown, rejected, or the one that answers; or nothing was active before.", fix: "`prisml models list` and `prisml models history` show what there is.", "Approve a rejected version before it is activated."),
            ErrorPage("ML010", "the predictor is not loaded", "It was asked about a row in hand before it was loaded in this process, or it is loaded for several databases and the row does not say whose version is meant.", fix: "Load it once, where the program starts: `try await churn.load(with: prisma)`.", "With several databases, ask what `load` gave back for each: `ready.predict(row)`."),
            ErrorPage("ML011", "the row in hand has too little", "The features read relations, or values that only the database gives.", fix: "Give the related rows with `RecordRow(row).with(…)`.", "Or let the database read them: `prisma.predict(churn, ids: […])`."),
            ErrorPage("ML012", "the given features or keys do not fit", "A feature's name is missing, unknown, or its value is of another kind; or the keys are not what the model has as one.", fix: "Give each feature of the definition by its name, null for what is missing.", "Give a key of several fields as a tuple in the order of the schema: `ids: [(3, 1)]`."),
            ErrorPage("ML013", "the experiment is not valid", "A share is not above 0, two arms have one name, a version is unknown, or there is nothing to compare.", fix: "The message says which; `prisml models list` shows the versions."),
        ])

    static let trainings = Chapter(
        title: "Training",
        introduction: "`TrainingError`. Whatever stops a training, the version that was there before stays as it was.",
        pages: [
            ErrorPage(
                "invalidData", "rows that nothing can be learned from", "Fewer than 20 rows have a label, all labels are the same, a class has one row to train on, a text has too many values to be a label, or a number is not finite.",
                fix: "Fill the label for some rows; look at the predictor's condition and at `--limit`.", "Leave out the feature that the message names."),
            ErrorPage("invalidParameter", "parameters that do not go together", "A parameter of the algorithm contradicts another, the data, or the trainer that was asked for; or a class weight names no class that the rows have.", fix: "The message lists every one."),
            ErrorPage("invalidSplit", "a split without rows", "There are too few rows or groups for the shares or the folds, or two rows have one key.", fix: "Use larger shares, fewer folds, or more rows."),
            ErrorPage(
                "trainerMissing", "the trainer is not installed", "The algorithm is one of Python's, and neither Docker nor a Python with the packages is here.",
                fix: "`prisml python setup` makes an environment.", "Or name one with `--python PATH`; or use a native algorithm, which needs nothing."),
            ErrorPage("trainerFailed", "the trainer gave up", "XGBoost or the Python script refused; the message has its reason.", fix: "Look at the parameters and features that it names.", "If it was killed, it may have run out of memory: `--limit` reads fewer rows."),
            ErrorPage("locked", "the predictor is being trained", "Another process trains it; the message says which, where, and since when.", fix: "Wait for it. A lock whose process has died is taken over."),
            ErrorPage("invalidModel", "a model that cannot be exported", "What the trainer handed over has no form as ONNX, lacks an output, or answers with what is no probability.", fix: "Use an algorithm that converts; look at the script's names."),
            ErrorPage("parityFailed", "the exported model answers differently", "Before an artifact is written, its answers on the held-out rows are compared with the trainer's; they were not the same.", fix: "Nothing was written. Please report it, with the definition."),
        ])

    static let models = Chapter(
        title: "Models",
        introduction: "`ONNXError`, with the place in the file or graph.",
        pages: [
            ErrorPage("malformedFile", "not an ONNX file", "The bytes cannot be read as one: cut off, or something else.", fix: "Fetch or export the file again. A file of some lines that begins with `version` is a pointer of git-lfs: `git lfs pull`."),
            ErrorPage("unsupportedFile", "a form that is not read", "An IR version or opset beyond those supported, or tensors in files of their own.", fix: "Export it with an older opset, or with its data inside."),
            ErrorPage("invalidGraph", "a graph that contradicts itself", "A name that nothing produces, a cycle, an attribute of the wrong kind.", fix: "Export it again; the message names the node."),
            ErrorPage("invalidTree", "trees that contradict themselves", "A branch leads outside of the ensemble or in a circle, or lists differ in length.", fix: "Export it again; the message names the tree."),
            ErrorPage("unsupportedOperator", "an operator that is not here", "The native engine does not have it.", fix: "Install ONNX Runtime (`pip install onnxruntime`, or set ONNXRUNTIME_LIBRARY): it is used for such graphs.", "`prisml onnx inspect FILE` lists the operators and says which engine runs them."),
            ErrorPage("invalidInput", "inputs that do not fit", "A name, a type or a shape differs from what the graph declares.", fix: "`prisml onnx inspect FILE` shows the inputs."),
            ErrorPage("runtimeMissing", "ONNX Runtime is not here", "The graph needs it, or `--engine onnxruntime` asks for it, and no library of a fitting version was found.", fix: "`pip install onnxruntime`, or set ONNXRUNTIME_LIBRARY to the library's path."),
            ErrorPage("runtimeFailed", "ONNX Runtime refused", "The message has its words.", fix: "Look at the model and at the inputs' shapes."),
        ])
}
