import PrisML
import Prisma
import PrismaSchema

/// Whether a predictor's artifacts fit the code and the schema.
enum PredictorState {
    /// This version answers.
    case fits(Artifact)
    /// The newest version is of another definition or schema.
    case stale(version: String, differences: [String])
    case notTrained
    /// The definition itself does not fit the schema.
    case invalid([String])
    /// Files cannot be read, or were changed.
    case unreadable(PredictorError)

    /// - Parameter folder: where the paths of scripts begin.
    init(_ predictor: any AnyPredictor, schema: Schema, folder: String = "") {
        let definition = predictor.definition
        let problems = definition.problems(in: schema)
        guard problems.isEmpty else {
            self = .invalid(problems)
            return
        }
        do throws(PredictorError) {
            self = .fits(try PredictorCache.fitting(definition, in: predictor.store, schema: schema, folder: folder))
        } catch {
            switch error.code {
            case .notTrained: self = .notTrained
            case .stale:
                let newest = predictor.store.versions(of: definition.name).last ?? ""
                let artifact = try? predictor.store.read(definition.name, version: newest)
                self = .stale(
                    version: newest, differences: artifact?.differences(from: definition, schema: schema, folder: folder) ?? [error.message]
                )
            default: self = .unreadable(error)
            }
        }
    }

    var isGood: Bool { if case .fits = self { true } else { false } }

    var version: String? {
        switch self {
        case .fits(let artifact): artifact.version
        case .stale(let version, _): version
        case .notTrained, .invalid, .unreadable: nil
        }
    }

    /// One word for a machine.
    var word: String {
        switch self {
        case .fits: "fits"
        case .stale: "stale"
        case .notTrained: "notTrained"
        case .invalid: "invalid"
        case .unreadable: "unreadable"
        }
    }

    /// Why the predictor cannot answer; empty if it can.
    var reasons: [String] {
        switch self {
        case .fits: []
        case .stale(_, let differences): differences
        case .notTrained: ["it was never trained"]
        case .invalid(let problems): problems
        case .unreadable(let error): [error.message]
        }
    }

    /// As a table shows it.
    var text: String {
        switch self {
        case .fits: "fits the code and the schema"
        case .stale(_, let differences): "stale: " + differences.joined(separator: "; ")
        case .notTrained: "not trained"
        case .invalid(let problems): "does not fit the schema: " + problems.joined(separator: "; ")
        case .unreadable(let error): error.message
        }
    }
}

/// The predictors of a project with their states, for commands that take `SchemaSource.option`.
struct PredictorStates {
    let entries: [(predictor: any AnyPredictor, state: PredictorState)]

    init(of project: Project, in context: CommandContext) throws {
        let source = try SchemaSource(try context[SchemaSource.option], context: context)
        let schema = try source.read(in: context)
        entries = try project.predictors(named: []).map {
            ($0, PredictorState($0, schema: schema, folder: context.environment.workingDirectory))
        }
    }

    var json: JSON {
        .array(
            entries.map { predictor, state in
                [
                    "predictor": .string(predictor.definition.name), "model": .string(predictor.definition.model),
                    "state": .string(state.word), "version": state.version.map(JSON.string) ?? .null,
                    "reasons": .array(state.reasons.map(JSON.string)),
                ]
            })
    }
}
