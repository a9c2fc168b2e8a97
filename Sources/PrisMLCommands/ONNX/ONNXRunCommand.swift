import ONNX
import Prisma

extension Command {
    private static let input = Parameter<String>.requiredOption(
        "input", value: "FILE", completion: .files, "Rows as CSV with a heading, or as JSON; - reads standard input")
    private static let rowFormat = Parameter<RowFormat?>.option(
        "input-format", value: "FORMAT", shownAs: "by the file's name, or by its first character", "The form of the rows")
    private static let output = Parameter<RowFormat>.option("output", value: "FORMAT", default: .csv, "The form of what is printed")

    static let onnxRun = Command(
        "run",
        summary: "Run a model on rows and print what it gives",
        discussion: """
            CSV has a heading. A model of one matrix takes all columns in their order; a model of several inputs takes the column that is \
            named as the input. An empty cell is a missing value.

            JSON is an array of arrays for one matrix, an array of objects by the inputs' names, or one object with nested arrays by the \
            inputs' names.
            """,
        examples: [
            Example(line: "prisml onnx run churn.onnx --input rows.csv", meaning: "A line of results for each row"),
            Example(line: "prisml onnx run churn.onnx --input - --output json < rows.json", meaning: "From standard input, as JSON"),
        ],
        parameters: [input, rowFormat, output, ModelFile.engine, ModelFile.threads, ModelFile.argument]
    ) { context in
        let session = try ModelFile.session(in: context)
        let name = try context[input]
        let bytes = name == "-" ? try context.environment.readInput() : try TextFile.read(context.absolutePath(name), named: name)
        let rows = try RowInput(
            bytes, format: context[rowFormat] ?? RowFormat(of: name, bytes), named: name == "-" ? "standard input" : name)
        let results = try session.run(rows.tensors(for: session.inputs))
        let ordered = session.outputs.compactMap { info in results[info.name].map { (info.name, $0) } }
        switch try context[output] {
        case .json: context.output.send(JSON.object(Dictionary(ordered.map { ($0.0, $0.1.json) }, uniquingKeysWith: { $1 })).prettyText)
        case .csv: context.output.send(try ResultTable(ordered).csv)
        }
        return .success
    }
}

/// The forms that rows are read and printed in.
enum RowFormat: String, CaseIterable, ArgumentValue {
    case csv
    case json

    init(of name: String, _ bytes: [UInt8]) {
        if name.hasSuffix(".json") {
            self = .json
        } else if name.hasSuffix(".csv") {
            self = .csv
        } else {
            let first = bytes.first { $0 != 0x20 && $0 != 0x0A && $0 != 0x0D && $0 != 0x09 }
            self = first == UInt8(ascii: "[") || first == UInt8(ascii: "{") ? .json : .csv
        }
    }
}
