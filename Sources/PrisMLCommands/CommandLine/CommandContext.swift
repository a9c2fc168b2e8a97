/// What a command works with: its arguments, the world around it, and what the project that runs it passes in.
struct CommandContext: Sendable {
    /// The whole tree, for help and completion.
    let root: Command
    /// Nil where `prisml` runs by itself and not as a project's own tool.
    let project: Project?
    let arguments: Arguments
    let environment: CommandEnvironment
    /// Results go here.
    let output: Output
    /// Progress, notes and errors go here.
    let errors: Output

    /// The value of a parameter: `try context[schema]`.
    subscript<Value>(parameter: Parameter<Value>) -> Value {
        get throws(CommandError) { try arguments[parameter] }
    }

    /// A path as the user wrote it, made absolute.
    func absolutePath(_ path: String) -> String {
        path.hasPrefix("/") ? path : environment.workingDirectory + "/" + path
    }
}
