/// What went wrong, where, and what to do next.
///
/// Codes are Prisma's where Prisma has one, so that what a reader knows or finds about `P2002` holds here as well.
public struct PrismaError: Error, Hashable, Sendable {
    public var code: Code
    /// One sentence: what happened.
    public var message: String
    /// The model that the query was about.
    public var model: String?
    /// The fields (or, where only that is known, the constraint) concerned.
    public var fields: [String]
    /// The SQL that failed, without its values.
    public var sql: String?
    /// The database's own words. It may quote values, so it is not part of `description`.
    public var databaseMessage: String?
    /// The next thing to try.
    public var help: String?

    public init(
        _ code: Code,
        _ message: String,
        model: String? = nil,
        fields: [String] = [],
        sql: String? = nil,
        databaseMessage: String? = nil,
        help: String? = nil
    ) {
        self.code = code
        self.message = message
        self.model = model
        self.fields = fields
        self.sql = sql
        self.databaseMessage = databaseMessage
        self.help = help
    }
}

extension PrismaError {
    /// A stable name for a kind of error; compare with `==`.
    public struct Code: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
        public var rawValue: String

        public init(rawValue: String) {
            self.rawValue = rawValue
        }

        public var description: String { rawValue }
    }
}

extension PrismaError.Code {
    // Reaching the database.
    public static let authenticationFailed = Self(rawValue: "P1000")
    public static let unreachable = Self(rawValue: "P1001")
    public static let timedOut = Self(rawValue: "P1002")
    public static let databaseMissing = Self(rawValue: "P1003")
    public static let operationTimedOut = Self(rawValue: "P1008")
    public static let accessDenied = Self(rawValue: "P1010")
    public static let tlsFailed = Self(rawValue: "P1011")
    public static let invalidURL = Self(rawValue: "P1013")
    public static let connectionClosed = Self(rawValue: "P1017")

    // Queries.
    public static let valueTooLong = Self(rawValue: "P2000")
    public static let uniqueViolation = Self(rawValue: "P2002")
    public static let foreignKeyViolation = Self(rawValue: "P2003")
    public static let constraintViolation = Self(rawValue: "P2004")
    public static let invalidStoredValue = Self(rawValue: "P2023")
    public static let validationFailed = Self(rawValue: "P2009")
    public static let rawQueryFailed = Self(rawValue: "P2010")
    public static let nullViolation = Self(rawValue: "P2011")
    public static let missingValue = Self(rawValue: "P2012")
    public static let relationViolation = Self(rawValue: "P2014")
    public static let relatedRecordMissing = Self(rawValue: "P2015")
    public static let notConnected = Self(rawValue: "P2017")
    public static let relatedRecordsMissing = Self(rawValue: "P2018")
    public static let inputError = Self(rawValue: "P2019")
    public static let outOfRange = Self(rawValue: "P2020")
    public static let tableMissing = Self(rawValue: "P2021")
    public static let columnMissing = Self(rawValue: "P2022")
    public static let poolTimeout = Self(rawValue: "P2024")
    public static let recordNotFound = Self(rawValue: "P2025")
    public static let transactionFailed = Self(rawValue: "P2028")
    public static let tooManyParameters = Self(rawValue: "P2029")
    public static let tooManyConnections = Self(rawValue: "P2037")
    public static let writeConflict = Self(rawValue: "P2034")

    // What Prisma has no code for.
    public static let readOnly = Self(rawValue: "PS001")
    public static let diskFull = Self(rawValue: "PS002")
    public static let databaseCorrupt = Self(rawValue: "PS004")
    public static let invalidText = Self(rawValue: "PS005")
    public static let invalidExpression = Self(rawValue: "PS006")
    public static let unsupportedFormat = Self(rawValue: "PS007")
    public static let databaseNotEmpty = Self(rawValue: "PS008")
    public static let unexpected = Self(rawValue: "PS099")
}

extension PrismaError: CustomStringConvertible {
    /// The message, its place and the next step. Values that were bound or stored are never part of it.
    public var description: String {
        var text = "\(code): \(message)"
        if let model {
            text += fields.isEmpty ? " (model \(model))" : " (model \(model), \(fields.joined(separator: ", ")))"
        } else if !fields.isEmpty {
            text += " (\(fields.joined(separator: ", ")))"
        }
        if let sql { text += "\n  in: \(sql)" }
        if let help { text += "\n  try: \(help)" }
        return text
    }
}
