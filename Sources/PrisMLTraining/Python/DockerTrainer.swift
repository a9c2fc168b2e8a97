/// Trains in a container, by the command line of Docker (or of Podman, which has the same).
package struct DockerTrainer: Sendable {
    package let program: String

    /// Docker as the PATH has it; nil when it is not installed.
    package init?(variables: [String: String]) {
        guard let found = PythonEnvironment.program("docker", variables) else { return nil }
        program = found
    }

    /// Whether an engine answers; a client alone trains nothing.
    package func isRunning() async -> Bool {
        (try? await Command(program, ["version", "--format", "{{.Server.Version}}"]).run())?.succeeded ?? false
    }

    /// The trainer, after its image was built where it is missing.
    package func trainer(progress: @Sendable (String) -> Void = { _ in }) async throws -> PythonTrainer {
        let image = PythonTrainer.image
        let inspected = try await Command(program, ["image", "inspect", image]).run()
        if !inspected.succeeded {
            progress("building the image \(image), once")
            let built = try await Command(program, ["build", "--tag", image, "-"], input: PythonTrainer.dockerfile).run()
            guard built.succeeded else {
                throw TrainingError(
                    .trainerMissing, "the image \(image) cannot be built: \(built.complaint)",
                    suggestion: "see that 'docker version' names a server, and that it reaches the network; or use --trainer python")
            }
        }
        return PythonTrainer(.docker(program, image: image))
    }
}
