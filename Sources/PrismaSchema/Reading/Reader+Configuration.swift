extension Reader {
    /// Reads `datasource` and `generator` blocks, which decide how everything else is read.
    mutating func readConfiguration() {
        var sources: [(Int, Block)] = []
        var generators: [(Int, Block)] = []
        for tree in trees {
            for case .block(let block) in tree.items {
                if block.kind == .datasource { sources.append((tree.file, block)) }
                if block.kind == .generator { generators.append((tree.file, block)) }
            }
        }
        for (file, block) in sources.dropFirst() {
            report.error(
                .duplicateDatasource, Place(file: file, span: block.keyword.through(block.name)), "there is a datasource already",
                help: "a schema has one; remove the other")
        }
        if let (file, block) = sources.first {
            self.file = file
            readDatasource(block)
        } else if !draft.isDamaged, !draft.files.isEmpty {
            report.warning(
                .missingDatasource, Place(file: 0, span: Span(start: 0, end: 0)),
                "the schema has no datasource, so it is read as one for PostgreSQL",
                help: "add 'datasource db {' with a line 'provider = \"sqlite\"' or 'provider = \"postgresql\"'")
        }
        var names: Set<String> = []
        for (file, block) in generators {
            self.file = file
            if !block.name.isEmpty, !names.insert(text(block.name)).inserted {
                report.error(
                    .duplicateName, place(block.name), "the name '\(text(block.name))' is taken by another generator",
                    help: "rename one of them")
            }
            readGenerator(block)
        }
    }

    /// The settings of a block by name; what is given twice is reported.
    mutating func settings(of block: Block) -> [(name: Named, value: ExpressionSyntax)] {
        var result: [(name: Named, value: ExpressionSyntax)] = []
        var seen: Set<String> = []
        for member in block.members {
            switch member {
            case .setting(let setting):
                let name = named(setting.name)
                if !seen.insert(name.text).inserted {
                    report.error(
                        .duplicateSetting, name.place, "'\(name.text)' is set already in this \(block.kind.rawValue)",
                        help: "remove one of them")
                } else {
                    result.append((name, setting.value))
                }
            case .attribute(let syntax):
                report.error(
                    .attributeNotAllowed, place(syntax.attribute.span), "a \(block.kind.rawValue) has no attributes",
                    help: "write 'name = value'")
            default: break
            }
        }
        return result
    }

    // MARK: Values of settings

    mutating func settingString(_ name: Named, _ value: ExpressionSyntax) -> Named? {
        if case .string(let span) = value { return Named(text: stringValue(span), place: place(span)) }
        wrongSetting(name, value, "a string in double quotes")
        return nil
    }

    /// `"…"` or `env("…")`
    mutating func settingURL(_ name: Named, _ value: ExpressionSyntax) -> URLSource? {
        if case .string(let span) = value { return .literal(stringValue(span)) }
        if let variable = environment(value) { return variable.isEmpty ? nil : .environment(variable) }
        wrongSetting(name, value, "a string, or env(\"NAME\")")
        return nil
    }

    /// The name in `env("NAME")`; nil for anything else, empty when the call is wrong, which is reported.
    mutating func environment(_ value: ExpressionSyntax) -> String? {
        guard case .call(let name, let arguments, let span) = value, text(name) == "env" else { return nil }
        guard arguments.count == 1, arguments[0].name == nil, case .string(let string) = arguments[0].value, string.end - string.start > 2
        else {
            if case .missing? = arguments.first?.value { return "" }
            report.error(
                .settingType, place(span), "env() takes the name of one environment variable", help: "write env(\"DATABASE_URL\")")
            return ""
        }
        return stringValue(string)
    }

    mutating func settingStrings(_ name: Named, _ value: ExpressionSyntax) -> [Named]? {
        if case .missing = value { return nil }
        guard case .list(let elements, _) = value else {
            wrongSetting(name, value, "a list of strings")
            return nil
        }
        return elements.compactMap { settingString(name, $0) }
    }

    mutating func wrongSetting(_ name: Named, _ value: ExpressionSyntax, _ expected: String) {
        if case .missing = value { return }
        report.error(.settingType, place(value.span), "'\(name.text)' is \(expected), not \(kind(of: value))")
    }

    // MARK: Generators

    private mutating func readGenerator(_ block: Block) {
        let settings = settings(of: block)
        var provider: String?
        var output: String?
        var features: [Named] = []
        for (name, value) in settings {
            switch name.text {
            case "provider":
                if environment(value) == nil { provider = settingString(name, value)?.text }
            case "output":
                if environment(value) == nil { output = settingString(name, value)?.text }
            case "previewFeatures": features = settingStrings(name, value) ?? []
            default: break
            }
        }
        if !block.isDamaged, !settings.contains(where: { $0.name.text == "provider" }) {
            report.error(
                .missingSetting, place(block.keyword.through(block.name)), "the generator '\(text(block.name))' has no provider",
                help: "add a line such as 'provider = \"prisml\"'")
        }
        checkPreviewFeatures(features)
        draft.previewFeatures.formUnion(features.map(\.text))
        draft.generators.append(
            Generator(
                name: text(block.name), provider: provider, output: output, previewFeatures: features.map(\.text),
                settings: settings.map { Generator.Setting(name: $0.name.text, value: settingValue($0.value)) },
                documentation: documentation(block.documentation)))
    }

    private mutating func settingValue(_ value: ExpressionSyntax) -> SettingValue {
        switch value {
        case .string(let span): return .string(stringValue(span))
        case .list(let elements, _): return .list(elements.map { settingValue($0) })
        case .call:
            if let variable = environment(value) { return .environment(variable) }
            return .word(draft.files[file].text(value))
        case .number(let span), .word(let span), .missing(let span): return .word(text(span))
        }
    }
}
