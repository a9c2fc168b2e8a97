import PrismaSchema

/// What was found wrong with a schema, as commands show it.
struct Problems {
    let diagnostics: [Diagnostic]

    init(_ result: Result<Schema, SchemaError>) {
        switch result {
        case .success(let schema): diagnostics = schema.warnings
        case .failure(let error): diagnostics = error.diagnostics
        }
    }

    var errors: Int { diagnostics.count { $0.severity == .error } }

    /// `2 errors, 1 warning`
    var summary: String {
        let warnings = diagnostics.count - errors
        return Count.text(errors, "error") + (warnings > 0 ? ", " + Count.text(warnings, "warning") : "")
    }

    func print(on output: Output) {
        for diagnostic in diagnostics { output.print(diagnostic.rendered(inColor: output.isStyled) + "\n") }
    }
}

/// Numbers of things in words.
enum Count {
    /// `1 model`, `2 models`
    static func text(_ number: Int, _ noun: String) -> String {
        "\(number) \(noun)" + (number == 1 ? "" : "s")
    }
}
