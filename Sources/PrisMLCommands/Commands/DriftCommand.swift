import PrisML
import PrisMLTraining
import Prisma
import PrismaSchema

extension Command {
    private static let name = Parameter<String>.argument("NAME", "The predictor")
    private static let since = Parameter<String?>.option("since", value: "DATE", "Only rows from this date on, as 2026-01-31")
    private static let field = Parameter<String?>.option(
        "by", value: "FIELD", shownAs: "the one with @default(now())", "The date field that --since goes by")
    private static let mostIndex = Parameter<String?>.option(
        "psi", value: "NUMBER", shownAs: "0.25", "The stability index from which on a feature counts as drifted")
    private static let json = Parameter.flag("json", "Print the figures as JSON on standard output")

    static let drift = Command(
        "drift",
        summary: "Compare today's rows with those that a predictor was trained on",
        discussion: """
            The database counts its rows into the bins that the artifact has of the training rows. The population stability index (PSI) says \
            how far each feature and the score have moved, the Kolmogorov-Smirnov distance (KS) the largest difference of the two \
            distributions. Where there are too few rows to tell a change from chance there is no PSI, and the table says how many it takes. \
            Exits with 1 when a PSI reaches the limit, for CI.
            """,
        examples: [
            Example(line: "prisml drift churn", meaning: "Compare all rows"),
            Example(line: "prisml drift churn --since 2026-01-31 --json", meaning: "Compare the new rows, for a script"),
        ],
        parameters: [SchemaSource.option, DatabaseAddress.option, since, field, mostIndex, json, name]
    ) { context in
        guard let project = context.project else { return try ProjectTool.takeOver(context) }
        let name = try context[name]
        guard let predictor = try project.predictors(named: [name]).first else { return .input }
        let limit: Double
        if let text = try context[mostIndex] {
            guard let number = Double(text), number > 0 else {
                throw CommandError(.invalidValue, "--psi takes a number above 0, not '\(text)'")
            }
            limit = number
        } else {
            limit = 0.25
        }
        let database = try await ProjectDatabase.open(in: context)
        let report: DriftReport
        do {
            let condition = try sinceCondition(context, model: predictor.definition.model, schema: database.engine.schema)
            report = try await DriftReport(predictor.definition, in: predictor.store, engine: database.engine, where: condition)
            await database.close()
        } catch {
            await database.close()
            throw error
        }
        guard report.rows > 0 else {
            throw CommandError(
                .invalidValue, "there are no rows to compare with the training of '\(name)'", next: "take an earlier date for --since")
        }
        let drifted = report.lines.filter { $0.hasDrifted(limit) }
        if try context[json] {
            context.output.send(report.json(name, limit: limit).prettyText)
        } else {
            var table = Table([.left("feature"), .right("PSI"), .right("KS"), .right("missing"), .left(""), .left("reads")])
            for line in report.lines.sorted(by: { $0.stabilityIndex ?? -1 > $1.stabilityIndex ?? -1 }) {
                table.add([
                    line.name, line.stabilityIndex.map(Figures.short) ?? "–", line.distance.map(Figures.short) ?? "–",
                    Figures.short(line.missing), line.verdict(limit), line.columns.joined(separator: ", "),
                ])
            }
            table.print(on: context.output)
            context.output.print("\(name) \(report.version), \(report.rows) rows")
            for skipped in report.skipped { context.errors.print("not compared: \(skipped.name), since \(skipped.reason)") }
            if !drifted.isEmpty { context.errors.help("'prisml train \(name)' learns from the rows of today") }
        }
        return drifted.isEmpty ? .success : .input
    }

    private static func sinceCondition(_ context: CommandContext, model name: String, schema: Schema) throws -> ExpressionNode? {
        guard let text = try context[since] else { return nil }
        guard let date = Timestamp.parse(text) ?? Timestamp.parse(text + "T00:00:00Z") else {
            throw CommandError(.invalidValue, "--since takes a date, as 2026-01-31 or 2026-01-31T12:00:00Z, not '\(text)'")
        }
        let dates = schema.model(named: name)?.fields.filter { $0.scalar == .dateTime } ?? []
        let wanted = try context[field]
        guard let found = wanted.map({ name in dates.first { $0.name == name } }) ?? dates.first(where: { $0.default == .function(.now) })
        else {
            throw CommandError(
                .invalidValue, wanted.map { "\(name) has no date field '\($0)'" } ?? "\(name) has no date field with @default(now())",
                next: dates.isEmpty ? "leave --since out" : "name one with --by: " + dates.map(\.name).joined(separator: ", "))
        }
        let column = ExpressionNode.column(ColumnReference(depth: 0, model: name, field: found.name, type: .date))
        return .binary(.greaterOrEqual, column, .literal(.timestamp(microseconds: date), .date))
    }
}

extension DriftReport.Line {
    fileprivate func hasDrifted(_ limit: Double) -> Bool { stabilityIndex.map { $0 >= limit } ?? false }

    fileprivate func verdict(_ limit: Double) -> String {
        guard let index = stabilityIndex else { return rowsNeeded.map { "takes \($0) rows" } ?? "trained on too few rows" }
        return index >= limit ? "drifted" : index >= StabilityIndex.calm ? "moved" : ""
    }
}

extension DriftReport {
    fileprivate func json(_ name: String, limit: Double) -> JSON {
        [
            "predictor": .string(name), "version": .string(version), "rows": .int(Int64(rows)), "limit": .double(limit),
            "drifted": .bool(lines.contains { $0.hasDrifted(limit) }),
            "skipped": .array(skipped.map { ["name": .string($0.name), "reason": .string($0.reason)] }),
            "lines": .array(
                lines.map { line in
                    [
                        "name": .string(line.name), "reads": .array(line.columns.map(JSON.string)),
                        "psi": line.stabilityIndex.map(JSON.double) ?? .null,
                        "rowsNeeded": line.rowsNeeded.map { .int(Int64($0)) } ?? .null,
                        "ks": line.distance.map(JSON.double) ?? .null, "missing": .double(line.missing),
                        "drifted": .bool(line.hasDrifted(limit)),
                    ]
                }),
        ]
    }
}
