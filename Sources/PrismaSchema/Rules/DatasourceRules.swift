extension Reader {
    private static let datasourceSettings = [
        "provider", "url", "directUrl", "shadowDatabaseUrl", "relationMode", "schemas", "extensions",
    ]

    /// Reads the `datasource` block and checks each of its lines.
    mutating func readDatasource(_ block: Block) {
        let settings = settings(of: block)
        let name = block.name.isEmpty ? Named(text: "db", place: place(block.keyword)) : named(block.name)
        var source = DraftDatasource(name: name)
        var urls: [String: URLSource] = [:]
        var relationMode = RelationMode.foreignKeys
        var extensions: [DatabaseExtension] = []
        if let (name, value) = settings.first(where: { $0.name.text == "provider" }) {
            readProvider(name, value)
        } else if !block.isDamaged {
            report.error(
                .missingSetting, place(block.keyword.through(block.name)), "the datasource has no provider",
                help: "add a line 'provider = \"sqlite\"' or 'provider = \"postgresql\"'")
        }
        for (name, value) in settings {
            switch name.text {
            case "provider": break
            case "url", "directUrl", "shadowDatabaseUrl":
                urls[name.text] = settingURL(name, value)
                checkURL(name, value, urls[name.text])
            case "relationMode": relationMode = readRelationMode(name, value)
            case "schemas":
                source.schemas = readSchemas(name, value)
                source.schemasPlace = name.place
            case "extensions": extensions = readExtensions(name, value)
            case "referentialIntegrity":
                report.error(
                    .unknownSetting, name.place, "'referentialIntegrity' is called 'relationMode' now", help: "rename it")
            default:
                let guess = report.closest(to: name.text, in: Reader.datasourceSettings)
                report.error(
                    .unknownSetting, name.place, "a datasource has no setting '\(name.text)'\(Suggestion.question(guess))",
                    help: "it has \(Reader.datasourceSettings.joined(separator: ", "))")
            }
        }
        draft.datasourceDraft = source
        draft.datasource = Datasource(
            name: name.text, provider: draft.provider, url: urls["url"], directURL: urls["directUrl"],
            shadowDatabaseURL: urls["shadowDatabaseUrl"], schemas: (source.schemas ?? []).map(\.text), extensions: extensions,
            relationMode: relationMode)
    }

    private mutating func readProvider(_ name: Named, _ value: ExpressionSyntax) {
        if environment(value) != nil {
            report.error(
                .settingType, place(value.span), "the provider cannot come from the environment",
                help: "write \"sqlite\" or \"postgresql\"; only addresses may differ between environments")
            return
        }
        guard let text = settingString(name, value) else { return }
        switch text.text {
        case "sqlite": draft.provider = .sqlite
        case "postgresql", "postgres": draft.provider = .postgresql
        case "mysql", "sqlserver", "mongodb", "cockroachdb":
            report.error(
                .unknownProvider, text.place, "the provider '\(text.text)' is not supported", help: "write \"sqlite\" or \"postgresql\"")
        default:
            let guess = report.closest(to: text.text, in: ["sqlite", "postgresql"])
            report.error(
                .unknownProvider, text.place, "unknown provider '\(text.text)'\(Suggestion.question(guess))",
                help: "write \"sqlite\" or \"postgresql\"")
        }
    }

    private mutating func checkURL(_ name: Named, _ value: ExpressionSyntax, _ source: URLSource?) {
        guard case .literal(let text)? = source else { return }
        if text.isEmpty {
            report.error(
                .invalidURL, place(value.span), "'\(name.text)' is empty",
                help: "write an address or env(\"DATABASE_URL\"), or remove the line")
            return
        }
        let prefixes =
            switch draft.provider {
            case .sqlite: ["file:"]
            case .postgresql: ["postgresql://", "postgres://", "prisma+postgres://", "prisma://"]
            }
        if !prefixes.contains(where: text.hasPrefix) {
            report.error(
                .invalidURL, place(value.span),
                "an address of \(draft.provider.title) begins with \(prefixes.prefix(2).map { "'\($0)'" }.joined(separator: " or "))",
                help: draft.provider == .sqlite ? "write \"file:./dev.db\"" : "write \"postgresql://user:password@host:5432/database\"")
        }
    }

    private mutating func readRelationMode(_ name: Named, _ value: ExpressionSyntax) -> RelationMode {
        guard let text = settingString(name, value) else { return .foreignKeys }
        if let mode = RelationMode(rawValue: text.text) { return mode }
        let guess = report.closest(to: text.text, in: RelationMode.allCases.map(\.rawValue))
        report.error(
            .invalidRelationMode, text.place, "unknown relation mode '\(text.text)'\(Suggestion.question(guess))",
            help: "write \"foreignKeys\" or \"prisma\"")
        return .foreignKeys
    }

    private mutating func readSchemas(_ name: Named, _ value: ExpressionSyntax) -> [Named]? {
        guard draft.provider == .postgresql else {
            report.error(
                .unsupportedSetting, name.place, "\(draft.provider.title) has no schemas inside of a database", help: "remove the line")
            return nil
        }
        guard let schemas = settingStrings(name, value) else { return nil }
        if schemas.isEmpty {
            report.error(
                .settingType, place(value.span), "'schemas' is empty", help: "name at least one, such as \"public\", or remove the line")
        }
        var seen: Set<String> = []
        for schema in schemas where !seen.insert(schema.text).inserted {
            report.error(.duplicateName, schema.place, "the schema '\(schema.text)' is named twice", help: "remove one of them")
        }
        return schemas
    }

    /// `[pgcrypto, hstore(schema: "x"), uuidOssp(map: "uuid-ossp", version: "1.1")]`
    private mutating func readExtensions(_ name: Named, _ value: ExpressionSyntax) -> [DatabaseExtension] {
        guard draft.provider == .postgresql else {
            report.error(.unsupportedSetting, name.place, "\(draft.provider.title) has no extensions", help: "remove the line")
            return []
        }
        guard case .list(let elements, _) = value else {
            wrongSetting(name, value, "a list of extensions")
            return []
        }
        var result: [DatabaseExtension] = []
        var seen: Set<String> = []
        for element in elements {
            guard let read = readExtension(name, element) else { continue }
            if !seen.insert(read.name).inserted {
                report.error(.duplicateName, place(element.span), "the extension '\(read.name)' is named twice", help: "remove one of them")
            } else {
                result.append(read)
            }
        }
        return result
    }

    private mutating func readExtension(_ name: Named, _ element: ExpressionSyntax) -> DatabaseExtension? {
        switch element {
        case .word(let span):
            return DatabaseExtension(name: text(span), databaseName: text(span), schema: nil, version: nil)
        case .call(let nameSpan, let list, let span):
            let arguments = arguments(
                list, prefix: "the extension '", name: nameSpan, suffix: "'", at: span, parameters: ["map", "schema", "version"],
                positional: 0)
            let map = string("map", in: arguments)?.text
            return DatabaseExtension(
                name: text(nameSpan), databaseName: map ?? text(nameSpan), schema: string("schema", in: arguments)?.text,
                version: string("version", in: arguments)?.text)
        default:
            wrongSetting(name, element, "a list of extension names such as [pgcrypto, uuidOssp(map: \"uuid-ossp\")]")
            return nil
        }
    }
}
