/// Which trainer a person asks for: `--trainer native|docker|python`.
package enum TrainerKind: String, Sendable, Hashable, CaseIterable {
    case native
    case docker
    case python
}

/// Finds the trainer for an algorithm.
package struct TrainerChoice: Sendable {
    package var kind: TrainerKind?
    package var environment: PythonEnvironment

    package init(_ kind: TrainerKind? = nil, environment: PythonEnvironment = PythonEnvironment()) {
        self.kind = kind
        self.environment = environment
    }

    /// The trainer, nil for the native one.
    ///
    /// When nothing is said: native where the algorithm is; else Docker where an engine answers; else Python where it has the packages.
    package func trainer(isNative: Bool, progress: @Sendable (String) -> Void = { _ in }) async throws -> PythonTrainer? {
        switch kind {
        case .native:
            guard isNative else {
                throw TrainingError(
                    .invalidParameter, "the algorithm is one of Python's, and --trainer is native", at: "algorithm",
                    suggestion: "use --trainer python or docker, or a native algorithm")
            }
            return nil
        case .docker:
            guard let docker = DockerTrainer(variables: environment.variables), await docker.isRunning() else {
                throw TrainingError(
                    .trainerMissing, "no Docker engine answers", suggestion: "start it, and see that 'docker version' names a server")
            }
            return try await docker.trainer(progress: progress)
        case .python: return try await environment.find().trainer
        case nil:
            if isNative { return nil }
            // A Python that was named is meant.
            if environment.named != nil { return try await environment.find().trainer }
            if let docker = DockerTrainer(variables: environment.variables), await docker.isRunning() {
                return try await docker.trainer(progress: progress)
            }
            return try await environment.find().trainer
        }
    }
}
