/// A schema file as it is written: every block, line and comment in order, with nothing looked up yet.
struct Tree {
    let file: Int
    var items: [Item] = []
    /// Whether something at the top level could not be read, so that names may be missing.
    var isDamaged = false

    enum Item {
        case block(Block)
        case comment(Span)
        case blank
    }
}

/// `model User { … }`
///
/// A class, as fields are, since the tree is walked several times and a copy of either is large.
final class Block {
    let kind: Kind
    let keyword: Span
    /// Empty when the name is missing.
    let name: Span
    /// The `///` lines above.
    let documentation: [Span]
    /// The comment behind `{`.
    var openingComment: Span?
    var members: [Member] = []
    /// The comment behind `}`.
    var closingComment: Span?
    /// From the keyword to `}`.
    var span: Span
    /// Whether a line could not be read, so that members may be missing.
    var isDamaged = false

    init(kind: Kind, keyword: Span, name: Span, documentation: [Span], span: Span) {
        self.kind = kind
        self.keyword = keyword
        self.name = name
        self.documentation = documentation
        self.span = span
    }

    enum Kind: String, CaseIterable {
        case datasource
        case generator
        case model
        case view
        case type
        case `enum`
    }

    enum Member {
        case field(FieldSyntax)
        case value(ValueSyntax)
        case setting(SettingSyntax)
        case attribute(BlockAttributeSyntax)
        case comment(Span)
        case blank
    }
}

/// `email String? @unique // …`
final class FieldSyntax {
    let name: Span
    /// Nil when the type is missing or cannot be read.
    let type: TypeSyntax?
    let attributes: [AttributeSyntax]
    let documentation: [Span]
    let comment: Span?
    let span: Span

    init(name: Span, type: TypeSyntax?, attributes: [AttributeSyntax], documentation: [Span], comment: Span?, span: Span) {
        self.name = name
        self.type = type
        self.attributes = attributes
        self.documentation = documentation
        self.comment = comment
        self.span = span
    }
}

struct TypeSyntax {
    /// The name, or the whole of `Unsupported("…")`.
    let name: Span
    /// The string of `Unsupported("…")`, with its quotes.
    let unsupported: Span?
    let arity: Arity
    let span: Span
}

/// A value of an enum.
struct ValueSyntax {
    let name: Span
    let attributes: [AttributeSyntax]
    let documentation: [Span]
    let comment: Span?
}

/// `provider = "sqlite"`
struct SettingSyntax {
    let name: Span
    let value: ExpressionSyntax
    let comment: Span?
    /// Comments inside of the value, which then keeps its line breaks.
    let hasInnerComment: Bool
}

/// `@@index([a, b])`
struct BlockAttributeSyntax {
    let attribute: AttributeSyntax
    let comment: Span?
}

/// `@db.VarChar(255)`
struct AttributeSyntax {
    /// The name without `@`, its dots included.
    let name: Span
    /// Nil without parentheses.
    let arguments: [ArgumentSyntax]?
    /// From `@` to the closing parenthesis.
    let span: Span
    /// Comments inside of the parentheses, which then keep their line breaks.
    let hasInnerComment: Bool
}

/// `map: "x"`
struct ArgumentSyntax {
    let name: Span?
    let value: ExpressionSyntax
    let span: Span
}

/// A value. Its depth is bounded by the parser.
enum ExpressionSyntax {
    /// With its quotes.
    case string(Span)
    case number(Span)
    /// A word, its dots included.
    case word(Span)
    case call(name: Span, arguments: [ArgumentSyntax], span: Span)
    case list([ExpressionSyntax], span: Span)
    /// Something that could not be read and has been reported.
    case missing(Span)

    /// Whether a part of it could not be read.
    var isDamaged: Bool {
        switch self {
        case .missing: true
        case .string, .number, .word: false
        case .call(_, let arguments, _): arguments.contains { $0.value.isDamaged }
        case .list(let elements, _): elements.contains(where: \.isDamaged)
        }
    }

    var span: Span {
        switch self {
        case .string(let span), .number(let span), .word(let span), .missing(let span): span
        case .call(_, _, let span), .list(_, let span): span
        }
    }
}
