/// Writes a tree in its proper layout.
struct Printer {
    private let file: SourceFile
    private var output: [UInt8] = []

    static func print(_ tree: Tree, of file: SourceFile) -> [UInt8] {
        var printer = Printer(file: file)
        printer.output.reserveCapacity(file.bytes.count + file.bytes.count / 4)
        printer.print(tree)
        return printer.output
    }

    private init(file: SourceFile) {
        self.file = file
    }

    private mutating func print(_ tree: Tree) {
        var needsBlank = false
        for item in tree.items {
            switch item {
            case .blank:
                needsBlank = !output.isEmpty
                continue
            case .comment(let span):
                if needsBlank { line("") }
                line(verbatim(span))
                needsBlank = false
            case .block(let block):
                if needsBlank { line("") }
                print(block)
                needsBlank = true
            }
        }
    }

    private mutating func line(_ text: String) {
        output.append(contentsOf: text.utf8)
        output.append(ASCII.newline)
    }

    /// Text as it stands in the file, with line breaks of one kind and no spaces at its end.
    private func verbatim(_ span: Span) -> String {
        var span = span
        while span.end > span.start, file.bytes[span.end - 1] == ASCII.space || file.bytes[span.end - 1] == ASCII.tab { span.end -= 1 }
        guard file.bytes[span.start..<span.end].contains(ASCII.carriageReturn) else { return file.text(span) }
        var bytes: [UInt8] = []
        for offset in span.start..<span.end {
            let byte = file.bytes[offset]
            if byte == ASCII.newline, offset > span.start, file.bytes[offset - 1] == ASCII.carriageReturn { continue }
            bytes.append(byte == ASCII.carriageReturn ? ASCII.newline : byte)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    // MARK: Blocks

    private mutating func print(_ block: Block) {
        line("\(block.kind.rawValue) \(file.text(block.name)) {\(block.openingComment.map { " " + verbatim($0) } ?? "")")
        var attributes: [(comments: [Span], attribute: BlockAttributeSyntax)] = []
        var table = Table()
        var isFirst = true
        var needsBlank = false
        var index = 0
        while index < block.members.count {
            let member = block.members[index]
            index += 1
            if case .blank = member {
                needsBlank = !isFirst
                continue
            }
            if case .comment(let span) = member {
                // Comments directly above an attribute of the block go where it goes.
                var comments = [span]
                while index < block.members.count, case .comment(let next) = block.members[index] {
                    comments.append(next)
                    index += 1
                }
                if index < block.members.count, case .attribute(let attribute) = block.members[index] {
                    attributes.append((comments, attribute))
                    index += 1
                    needsBlank = needsBlank && table.endsWithComment
                    continue
                }
                separate(&needsBlank, &table)
                for comment in comments { table.add([], suffix: verbatim(comment)) }
                isFirst = false
                continue
            }
            if case .attribute(let attribute) = member {
                attributes.append(([], attribute))
                // Without the blank line, the comment above it would go to the field below it.
                needsBlank = needsBlank && table.endsWithComment
                continue
            }
            separate(&needsBlank, &table)
            add(member, to: &table)
            isFirst = false
        }
        table.flush(to: &output)
        print(attributes, isFirst: isFirst)
        line("}\(block.closingComment.map { " " + verbatim($0) } ?? "")")
    }

    private mutating func separate(_ needsBlank: inout Bool, _ table: inout Table) {
        guard needsBlank else { return }
        table.flush(to: &output)
        line("")
        needsBlank = false
    }

    private mutating func print(_ attributes: [(comments: [Span], attribute: BlockAttributeSyntax)], isFirst: Bool) {
        if attributes.isEmpty { return }
        if !isFirst { line("") }
        let ranks = attributes.map { Printer.rank(file.text($0.attribute.attribute.name)) }
        var table = Table()
        for index in attributes.indices.sorted(by: { (ranks[$0], $0) < (ranks[$1], $1) }) {
            for comment in attributes[index].comments { table.add([], suffix: verbatim(comment)) }
            let syntax = attributes[index].attribute
            table.add([text(syntax.attribute, prefix: "@@")], suffix: syntax.comment.map(verbatim) ?? "")
        }
        table.flush(to: &output)
    }

    /// The order of attributes.
    private static func rank(_ name: String) -> Int {
        ["id", "unique", "default", "updatedAt", "index", "fulltext", "map", "relation", "ignore"].firstIndex(of: name) ?? 9
    }

    // MARK: Lines

    private func add(_ member: Block.Member, to table: inout Table) {
        switch member {
        case .field(let field):
            var cells = [file.text(field.name), field.type.map(text) ?? ""]
            if !field.attributes.isEmpty { cells.append(text(field.attributes)) }
            table.add(cells, suffix: field.comment.map(verbatim) ?? "")
        case .value(let value):
            var cells = [file.text(value.name)]
            if !value.attributes.isEmpty { cells.append(text(value.attributes)) }
            table.add(cells, suffix: value.comment.map(verbatim) ?? "")
        case .setting(let setting):
            let value = setting.hasInnerComment ? verbatim(setting.value.span) : file.text(setting.value)
            table.add([file.text(setting.name), "= " + value], suffix: setting.comment.map(verbatim) ?? "")
        case .attribute, .comment, .blank: break
        }
    }

    private func text(_ type: TypeSyntax) -> String {
        let name: String
        if let unsupported = type.unsupported {
            name = "Unsupported(\(file.text(unsupported)))"
        } else {
            name = file.text(type.name)
        }
        switch type.arity {
        case .required: return name
        case .optional: return name + "?"
        case .list: return name + "[]"
        }
    }

    private func text(_ attributes: [AttributeSyntax]) -> String {
        if attributes.count == 1 { return text(attributes[0], prefix: "@") }
        let ranks = attributes.map { Printer.rank(file.text($0.name)) }
        return attributes.indices.sorted { (ranks[$0], $0) < (ranks[$1], $1) }.map { text(attributes[$0], prefix: "@") }
            .joined(separator: " ")
    }

    private func text(_ attribute: AttributeSyntax, prefix: String) -> String {
        if attribute.hasInnerComment { return verbatim(attribute.span) }
        return prefix + file.text(attribute.name) + (attribute.arguments.map(file.text) ?? "")
    }
}
