import PrisML
import PrisMLTraining
import Prisma
import PrismaSchema

extension Command {
    private static let names = Parameter<[String]>.argument("NAME", "The predictors to train; the project's only one needs no name")
    private static let all = Parameter.flag("all", "Train every predictor of the project")
    private static let limit = Parameter<Int?>.option("limit", value: "N", "Read at most so many rows, the first by primary key")
    private static let seed = Parameter<Int?>.option("seed", value: "N", "Draw the split and the samples from another seed")
    private static let threads = Parameter<Int?>.option("threads", value: "N", shownAs: "all cores", "Train with so many threads")
    private static let trainer = Parameter<TrainerKind?>.option(
        "trainer", value: "NAME", shownAs: "native where the algorithm is, else Docker, else Python", "What trains")
    private static let python = Parameter<String?>.option(
        "python", value: "PATH", shownAs: "prisml/python, else python3", environment: "PRISML_PYTHON", completion: .files,
        "The Python to train in")
    private static let useDocker = Parameter.flag("use-docker", "The same as --trainer docker")
    private static let useLocalPython = Parameter.flag("use-local-python", "The same as --trainer python")
    private static let folds = Parameter<Int?>.option(
        "folds", value: "K", shownAs: "what the predictor says", "Cross-validate with so many parts of the rows, too")
    private static let keepRejected = Parameter.flag("keep-rejected", "Keep a model that misses a gate aside, for a look at its report")
    private static let dryRun = Parameter.flag("dry-run", "Train and measure, and write nothing")
    private static let json = Parameter.flag("json", "Print the results as a JSON array on standard output")

    static let train = Command(
        "train",
        summary: "Train predictors on the rows of the database",
        discussion: """
            Reads the rows, splits them, trains, measures the model on the rows held out, and keeps it if it passes its gates. A model \
            that misses a gate is not written: the version that was trained before stays, and the exit code is 1. With --keep-rejected it \
            lies in 'rejected' beside the versions, where it never answers. The same rows, \
            definition and seed give the same bytes.

            Predictors are Swift, so this runs in a project: in its folder, 'prisml train' builds and runs the executable that hands \
            its predictors to PrisMLTool.
            """,
        examples: [
            Example(line: "prisml train churn", meaning: "Train one predictor"),
            Example(line: "prisml train --all --json", meaning: "Train all of them, with results for a script"),
            Example(line: "prisml train churn --folds 5", meaning: "See how much the metrics depend on the split"),
            Example(line: "prisml train churn --limit 5000 --dry-run", meaning: "See quickly how good it would be"),
        ],
        parameters: [
            SchemaSource.option, DatabaseAddress.option, all, limit, seed, threads, trainer, python, useDocker, useLocalPython, folds,
            keepRejected, dryRun, json, names,
        ]
    ) { context in
        guard let project = context.project else { return try ProjectTool.takeOver(context) }
        let predictors = try chosen(from: project, in: context)
        if let limit = try context[limit], limit < 1 { throw CommandError(.invalidValue, "--limit takes at least 1, not '\(limit)'") }
        if let threads = try context[threads], threads < 1 {
            throw CommandError(.invalidValue, "--threads takes at least 1, not '\(threads)'")
        }
        if let folds = try context[folds], !(2...100).contains(folds) {
            throw CommandError(.invalidValue, "--folds takes 2 to 100, not '\(folds)'")
        }
        if try context[keepRejected], try context[dryRun] {
            throw CommandError(.conflictingOptions, "--dry-run writes nothing, and --keep-rejected keeps a model")
        }
        let database = try await ProjectDatabase.open(in: context)
        do {
            let code = try await train(predictors, on: database, in: context)
            await database.close()
            return code
        } catch {
            await database.close()
            throw error
        }
    }

    private static func trainerChoice(in context: CommandContext) throws(CommandError) -> TrainerChoice {
        let wanted = [
            try context[trainer], try context[useDocker] ? .docker : nil, try context[useLocalPython] ? TrainerKind.python : nil,
        ].compactMap(\.self)
        guard Set(wanted).count <= 1 else {
            throw CommandError(.conflictingOptions, "the options name two trainers: \(wanted.map(\.rawValue).joined(separator: " and "))")
        }
        let environment = PythonEnvironment(
            folder: context.absolutePath("prisml/python"), named: try context[python], variables: context.environment.variables)
        return TrainerChoice(wanted.first, environment: environment)
    }

    private static func chosen(from project: Project, in context: CommandContext) throws(CommandError) -> [any AnyPredictor] {
        let names = try context[names]
        let all = try context[all]
        if all, !names.isEmpty { throw CommandError(.conflictingOptions, "--all trains every predictor, and names choose some") }
        let predictors = try project.predictors(named: names)
        guard all || !names.isEmpty || predictors.count == 1 else {
            throw CommandError(
                .missingArgument, "the project has \(predictors.count) predictors",
                next: "name the ones to train, or all of them with --all: " + predictors.map(\.definition.name).joined(separator: ", "))
        }
        return predictors
    }

    private static func train(
        _ predictors: [any AnyPredictor], on database: ProjectDatabase, in context: CommandContext
    ) async throws -> ExitCode {
        var runs: [(predictor: any AnyPredictor, run: TrainingRun)] = []
        for predictor in predictors {
            var definition = predictor.definition
            if let seed = try context[seed] { definition.seed = UInt64(bitPattern: Int64(seed)) }
            var run = TrainingRun(definition, engine: database.engine, store: predictor.store)
            run.limit = try context[limit]
            run.threads = try context[threads] ?? 0
            run.writes = try !context[dryRun]
            run.folds = try context[folds]
            run.keepsRejected = try context[keepRejected]
            run.folder = context.environment.workingDirectory
            run.trainer = try trainerChoice(in: context)
            runs.append((predictor, run))
        }
        // Every definition before any row.
        var code = ExitCode.success
        for (_, run) in runs {
            do throws(PredictorError) { try run.validate() } catch { code = context.errors.report(error) }
        }
        guard code == .success else { return code }

        var results: [JSON] = []
        for (predictor, run) in runs {
            context.errors.heading("\(predictor.definition.name): \(predictor.definition.model) rows of \(database.name)")
            do {
                let summary = try await train(predictor, run, in: context)
                if !summary.outcome.passed { code = .input }
                if try context[json] { results.append(summary.json) } else { summary.print(in: context) }
            } catch let error where !(error is CancellationError || Task.isCancelled) {
                // What one predictor cannot do, the next one may.
                code = context.errors.report(error)
                results.append(["predictor": .string(predictor.definition.name), "passed": false, "error": .string("\(error)")])
            }
        }
        if try context[json] { context.output.send(JSON.array(results).prettyText) }
        return code
    }

    private static func train(_ predictor: any AnyPredictor, _ run: TrainingRun, in context: CommandContext) async throws -> TrainingSummary
    {
        let view = TrainingView(context)
        var run = run
        run.progress = view.show
        let known = Set(predictor.store.versions(of: predictor.definition.name))
        do {
            let outcome = try await run.run()
            view.end(completed: true)
            return TrainingSummary(
                predictor: predictor, outcome: outcome, isKnown: outcome.artifact.map { known.contains($0.version) } ?? false,
                seconds: view.seconds)
        } catch {
            view.end(completed: false)
            throw error
        }
    }
}
