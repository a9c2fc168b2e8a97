extension Command {
    /// The tree of commands. A new command is a file beside this one and a line here.
    static let prisml = Command(
        group: "prisml",
        summary: "predictions as columns of your database rows",
        discussion: "Colours and redrawn lines are for terminals only, and NO_COLOR in the environment turns colours off.",
        subcommands: [
            .initialize,
            .validate,
            .format,
            .generate,
            .db,
            .migrate,
            .query,
            .train,
            .status,
            .checkPredictors,
            .models,
            .explainTraining,
            .drift,
            .experiments,
            .onnx,
            .pythons,
            .explain,
            .help,
            .completion,
        ])
}
