/// Reads the trees into a draft: first every name, then every line, so that the order of blocks and files does not matter.
struct Reader {
    let trees: [Tree]
    var draft: Draft
    var report: Report
    /// The file that is being read.
    var file = 0
    /// The names of `type` blocks, each of which is reported by itself.
    var typeNames: Set<String> = []

    static func draft(of trees: [Tree], files: [SourceFile], report: inout Report) -> Draft {
        var reader = Reader(trees: trees, draft: Draft(files: files), report: report)
        reader.draft.isDamaged = trees.contains(where: \.isDamaged)
        reader.readConfiguration()
        let bodies = reader.declare()
        for (enumeration, file, block) in bodies.enums {
            reader.file = file
            reader.readEnum(enumeration, block)
        }
        for (model, file, block) in bodies.models {
            reader.file = file
            reader.readModel(model, block)
        }
        report = reader.report
        return reader.draft
    }

    private typealias Bodies = (models: [(Int, Int, Block)], enums: [(Int, Int, Block)])

    /// Gives every model and enum its place in the draft.
    private mutating func declare() -> Bodies {
        var bodies: Bodies = ([], [])
        var declared: [String: Block.Kind] = [:]
        for tree in trees {
            file = tree.file
            for case .block(let block) in tree.items where [.model, .view, .enum, .type].contains(block.kind) {
                if block.name.isEmpty { continue }
                let name = named(block.name)
                checkName(name, of: block.kind.rawValue)
                checkReserved(name, of: block.kind)
                if let other = declared.updateValue(block.kind, forKey: name.text) {
                    declared[name.text] = other
                    report.error(
                        .duplicateName, name.place, "the name '\(name.text)' is taken by another \(other.rawValue)",
                        help: "rename one of them; @@map keeps its name in the database")
                    continue
                }
                let place = Place(file: file, span: block.span)
                switch block.kind {
                case .enum:
                    draft.enumIndex[name.text] = draft.enums.count
                    bodies.enums.append((draft.enums.count, file, block))
                    draft.enums.append(
                        DraftEnum(name: name, place: place, documentation: documentation(block.documentation), isDamaged: block.isDamaged))
                case .type:
                    typeNames.insert(name.text)
                    report.error(
                        .typesNotSupported, Place(file: file, span: block.keyword.through(block.name)),
                        "\(draft.provider.title) has no composite types",
                        help: "make '\(name.text)' a model with a relation to it, or a field of type Json")
                default:
                    draft.modelIndex[name.text] = draft.models.count
                    bodies.models.append((draft.models.count, file, block))
                    draft.models.append(
                        DraftModel(
                            name: name, place: place, isView: block.kind == .view, isDamaged: block.isDamaged,
                            documentation: documentation(block.documentation)))
                }
            }
        }
        return bodies
    }

    // MARK: Text

    func text(_ span: Span) -> String { draft.files[file].text(span) }

    func place(_ span: Span) -> Place { Place(file: file, span: span) }

    func named(_ span: Span) -> Named { Named(text: text(span), place: place(span)) }

    mutating func stringValue(_ span: Span) -> String {
        StringLiteral.value(span, in: draft.files[file], index: file, report: &report)
    }

    /// The text of `///` lines, without the slashes.
    func documentation(_ spans: [Span], _ trailing: Span? = nil) -> String? {
        if spans.isEmpty, trailing == nil { return nil }
        var lines: [String] = []
        for span in spans {
            if let line = documentationLine(span) { lines.append(line) }
        }
        if let trailing, let line = documentationLine(trailing) { lines.append(line) }
        return lines.isEmpty ? nil : lines.joined(separator: "\n")
    }

    private func documentationLine(_ span: Span) -> String? {
        let bytes = draft.files[file].bytes
        var (start, end) = (span.start + 3, span.end)
        guard end >= start, bytes[span.start + 1] == ASCII.slash, bytes[span.start + 2] == ASCII.slash else { return nil }
        while start < end, bytes[start] == ASCII.space || bytes[start] == ASCII.tab { start += 1 }
        while end > start, bytes[end - 1] == ASCII.space || bytes[end - 1] == ASCII.tab { end -= 1 }
        return text(Span(start: start, end: end))
    }

    // MARK: Enums

    private mutating func readEnum(_ index: Int, _ block: Block) {
        for member in block.members {
            switch member {
            case .value(let syntax):
                let name = named(syntax.name)
                checkName(name, of: "enum value")
                if !draft.enums[index].valueNames.insert(name.text).inserted {
                    report.error(
                        .duplicateValue, name.place, "the enum '\(draft.enums[index].name.text)' has a value '\(name.text)' already",
                        help: "remove one of them")
                    continue
                }
                var value = DraftEnumValue(name: name, documentation: documentation(syntax.documentation, syntax.comment))
                readValueAttributes(syntax.attributes, &value)
                draft.enums[index].values.append(value)
            case .attribute(let syntax):
                readEnumAttribute(syntax.attribute, index)
            default: break
            }
        }
        if draft.enums[index].values.isEmpty, !block.isDamaged {
            report.error(
                .emptyEnum, draft.enums[index].name.place, "the enum '\(draft.enums[index].name.text)' has no values",
                help: "write at least one, each on a line of its own")
        }
    }

    private mutating func readValueAttributes(_ attributes: [AttributeSyntax], _ value: inout DraftEnumValue) {
        for attribute in attributes {
            guard text(attribute.name) == "map" else {
                unknownAttribute(attribute, prefix: "@", on: "an enum value", known: ["map"])
                continue
            }
            if value.map != nil {
                duplicateAttribute(attribute, prefix: "@")
                continue
            }
            value.map = mapName(attribute, prefix: "@")
        }
    }

    private mutating func readEnumAttribute(_ attribute: AttributeSyntax, _ index: Int) {
        switch text(attribute.name) {
        case "map":
            if draft.enums[index].map != nil { return duplicateAttribute(attribute, prefix: "@@") }
            draft.enums[index].map = mapName(attribute, prefix: "@@")
        case "schema":
            if draft.enums[index].schema != nil { return duplicateAttribute(attribute, prefix: "@@") }
            draft.enums[index].schema = schemaName(attribute)
        default:
            unknownAttribute(attribute, prefix: "@@", on: "an enum", known: ["map", "schema"])
        }
    }
}
