import PrisML
import Prisma
import PrismaSchema

/// Whether a predictor's artifacts fit the code and the schema.
enum PredictorState {
    /// This version answers.
    case fits(Artifact)
    /// The version that would answer is of another definition or schema.
    case stale(version: String, differences: [String])
    case notTrained
    /// The definition itself does not fit the schema.
    case invalid([String])
    /// Files cannot be read, or were changed.
    case unreadable(PredictorError)

    /// - Parameters:
    ///   - known: what the registry says of the predictor's versions; empty where it does not know it.
    ///   - folder: where the paths of scripts begin.
    init(_ predictor: any AnyPredictor, known: [ModelRegistry.Version] = [], schema: Schema, folder: String = "") {
        let definition = predictor.definition
        let problems = definition.problems(in: schema)
        guard problems.isEmpty else {
            self = .invalid(problems)
            return
        }
        do throws(PredictorError) {
            self = .fits(try PredictorCache.answering(definition, in: predictor.store, schema: schema, known: known, folder: folder))
        } catch {
            switch error.code {
            case .notTrained: self = .notTrained
            case .stale:
                let newest = known.active ?? predictor.store.versions(of: definition.name).last ?? ""
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
    private(set) var entries: [(predictor: any AnyPredictor, state: PredictorState)] = []
    /// What the registry says, for each folder of models.
    private var registries: [ArtifactStore: ProjectRegistry] = [:]

    init(of project: Project, in context: CommandContext) async throws {
        let source = try SchemaSource(try context[SchemaSource.option], context: context)
        let schema = try source.read(in: context)
        for predictor in try project.predictors(named: []) {
            let registry: ProjectRegistry
            if let known = registries[predictor.store] {
                registry = known
            } else {
                registry = await ProjectRegistry.read(in: context, of: predictor.store)
                registries[predictor.store] = registry
            }
            let known = registry.versions.filter { $0.predictor == predictor.definition.name }
            let folder = context.environment.workingDirectory
            entries.append((predictor, PredictorState(predictor, known: known, schema: schema, folder: folder)))
        }
    }

    /// What the registry says about a predictor.
    func registry(of predictor: any AnyPredictor) -> ProjectRegistry { registries[predictor.store] ?? ProjectRegistry() }

    /// Whether a registry is there that nobody can read.
    var hasBrokenRegistry: Bool { registries.values.contains(where: \.isBroken) }

    /// Why a registry could not be asked, for each that could not.
    var complaints: [String] { Set(registries.values.compactMap(\.complaint)).sorted() }

    var json: JSON {
        .array(
            entries.map { predictor, state in
                [
                    "predictor": .string(predictor.definition.name), "model": .string(predictor.definition.model),
                    "state": .string(state.word), "version": state.version.map(JSON.string) ?? .null,
                    "active": registry(of: predictor).active(predictor.definition.name).map(JSON.string) ?? .null,
                    "reasons": .array(state.reasons.map(JSON.string)),
                ]
            })
    }
}
