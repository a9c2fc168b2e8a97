import PrisML
import PrisMLTraining
import Prisma

extension Command {
    private static let name = Parameter<String>.argument("NAME", "The experiment")
    private static let against = Parameter<String?>.option(
        "against", value: "ARM", shownAs: "control", "The arm that others are compared with")
    private static let json = Parameter.flag("json", "Print the figures as JSON on standard output")

    static let experiments = Command(group: "experiments", summary: "Look at experiments", subcommands: [.experimentsShow])

    static let experimentsShow = Command(
        "show",
        summary: "Compare the outcomes of an experiment's arms",
        discussion: """
            How many rows each arm was recorded to have answered for, the mean outcome of each arm, its difference from the control's with the interval that it lies in with 95 % confidence, and \
            the chance of such a difference where there is none (Welch's t-test). Arms whose outcomes never vary, \
            or that have fewer than two, have neither. Decide how many outcomes you wait for before you look.
            """,
        examples: [Example(line: "prisml experiments show churn-v2", meaning: "Compare the arms of one experiment")],
        parameters: [SchemaSource.option, DatabaseAddress.option, against, json, name]
    ) { context in
        let name = try context[name]
        let database = try await ProjectDatabase.open(in: context)
        let arms: [ArmOutcomes]
        let assigned: [String: Int]
        let names: [String]
        do {
            let outcomes = ExperimentOutcomes(database.engine)
            arms = try await outcomes.arms(of: name)
            assigned = try await outcomes.assigned(in: name)
            names = arms.isEmpty ? try await outcomes.names() : []
            await database.close()
        } catch {
            await database.close()
            guard (error as? PrismaError)?.code == .tableMissing else { throw error }
            throw CommandError(
                .invalidValue, "no experiment has recorded anything in this database",
                next: "the program makes the table with `experiment.createTable(with: prisma)`, then records outcomes")
        }
        guard let first = arms.first else {
            throw CommandError(
                .invalidValue, "no outcome of an experiment '\(name)' was recorded",
                next: names.isEmpty
                    ? "record some: experiment.record(1, for: answer, with: prisma)" : "there are " + names.joined(separator: ", "))
        }
        let wanted = try context[against]
        guard let control = arms.first(where: { $0.name == wanted ?? "control" }) ?? (wanted == nil ? first : nil) else {
            throw CommandError(
                .invalidValue, "the experiment has no outcomes of an arm '\(wanted ?? "")'",
                next: "it has " + arms.map(\.name).joined(separator: ", "))
        }
        let others = arms.filter { $0.name != control.name }
        if try context[json] {
            context.output.send(comparisons(name, control, others, assigned).prettyText)
            return .success
        }
        var table = Table(
            [.left("arm")] + (assigned.isEmpty ? [] : [.right("assigned")])
                + [.right("outcomes"), .right("mean"), .right("difference"), .left("95 % interval"), .right("p")])
        func add(_ arm: ArmOutcomes, _ rest: [String]) {
            let kept = assigned.isEmpty ? [] : ["\(assigned[arm.name] ?? 0)"]
            table.add([arm.name] + kept + ["\(arm.count)", Figures.short(arm.mean)] + rest)
        }
        add(control, ["", "", ""])
        for arm in others {
            guard let comparison = ArmComparison(arm, against: control) else {
                add(arm, ["–", obstacle(arm, control), "–"])
                continue
            }
            add(
                arm,
                [
                    Figures.short(comparison.difference),
                    "\(Figures.short(comparison.interval.lowerBound)) … \(Figures.short(comparison.interval.upperBound))",
                    Figures.short(comparison.pValue),
                ])
        }
        table.print(on: context.output)
        return .success
    }

    /// Why two arms cannot be compared.
    private static func obstacle(_ arm: ArmOutcomes, _ control: ArmOutcomes) -> String {
        min(arm.count, control.count) < 2 ? "too few outcomes" : "not measurable"
    }

    private static func comparisons(_ name: String, _ control: ArmOutcomes, _ others: [ArmOutcomes], _ assigned: [String: Int]) -> JSON {
        func figures(_ arm: ArmOutcomes) -> [String: JSON] {
            [
                "arm": .string(arm.name), "outcomes": .int(Int64(arm.count)), "mean": .double(arm.mean),
                "deviation": .double(arm.variance.squareRoot()), "assigned": assigned[arm.name].map { .int(Int64($0)) } ?? .null,
            ]
        }
        let compared: [JSON] = others.map { arm in
            var line = figures(arm)
            let comparison = ArmComparison(arm, against: control)
            line["difference"] = comparison.map { .double($0.difference) } ?? .null
            line["lower"] = comparison.map { .double($0.interval.lowerBound) } ?? .null
            line["upper"] = comparison.map { .double($0.interval.upperBound) } ?? .null
            line["p"] = comparison.map { .double($0.pValue) } ?? .null
            if comparison == nil { line["obstacle"] = .string(obstacle(arm, control)) }
            return .object(line)
        }
        return ["experiment": .string(name), "control": .object(figures(control)), "arms": .array(compared)]
    }
}
