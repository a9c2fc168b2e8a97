import ONNX

extension Command {
    static let onnx = Command(
        group: "onnx",
        summary: "Look at ONNX models, run and measure them",
        subcommands: [.onnxInspect, .onnxRun, .onnxBench])
}

/// A model's file, and how it shall be run.
enum ModelFile {
    static let argument = Parameter<String>.argument("MODEL", completion: .files, "The ONNX file")
    static let engine = Parameter<EngineName?>.option(
        "engine", value: "ENGINE", shownAs: "native where every operator is", "The engine that runs the model")
    static let threads = Parameter<Int>.option("threads", value: "N", default: 1, "How many threads a run may use")

    enum EngineName: String, CaseIterable, ArgumentValue {
        case native
        case onnxruntime

        var engine: Session.Engine { self == .native ? .native : .onnxRuntime }
    }

    static func bytes(in context: CommandContext) throws -> [UInt8] {
        let name = try context[argument]
        return try TextFile.read(context.absolutePath(name), named: name)
    }

    static func session(in context: CommandContext) throws -> Session {
        try Session(contentsOf: bytes(in: context), engine: context[engine]?.engine, threads: context[threads])
    }
}
