@testable import PrisMLCommands

/// A tree with one of everything, which prints what it understood.
enum SampleCommands {
    enum Colour: String, CaseIterable, ArgumentValue { case red, green, blue }

    static let flag = Parameter.flag("dry-run", short: "n", "Only say what would be done")
    static let port = Parameter<Int>.option("port", short: "p", value: "N", default: 8080, environment: "SAMPLE_PORT", "The port")
    static let rate = Parameter<Double?>.option("rate", value: "NUMBER", "The rate")
    static let colour = Parameter<Colour>.option("colour", value: "COLOUR", default: .red, "The colour")
    static let tags = Parameter<[String]>.option("tag", value: "TAG", "A tag")
    static let schema = Parameter<String?>.option("schema", value: "PATH", completion: .files, "The schema")
    static let model = Parameter<String>.argument("MODEL", "The model")
    static let files = Parameter<[String]>.argument("FILE", completion: .files, "Files to read")

    static let paint = Command(
        "paint", summary: "Paint a model", discussion: "First paragraph.\n\nSecond paragraph.",
        examples: [.init(line: "sample paint cube", meaning: "Paint the cube red")],
        parameters: [flag, port, rate, colour, tags, schema, model, files]
    ) { context in
        context.output.print(
            """
            flag=\(try context[flag]) port=\(try context[port]) rate=\(try context[rate].map { "\($0)" } ?? "none") \
            colour=\(try context[colour]) tags=\(try context[tags]) schema=\(try context[schema] ?? "none") \
            model=\(try context[model]) files=\(try context[files])
            """)
        return .success
    }

    static let list = Command("list", summary: "List the models") { context in
        context.output.print("list")
        return .success
    }

    static let show = Command("show", summary: "Show what isn't hidden: 'all' of it", parameters: [model]) { context in
        context.output.print("show \(try context[model])")
        return .success
    }

    static let root = Command(
        group: "sample", summary: "a sample",
        subcommands: [paint, .help, Command(group: "models", summary: "Work with models", subcommands: [list, show])])
}
