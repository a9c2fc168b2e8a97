import Prisma

/// The functions that the SQL renderer counts on and SQLite lacks; each new connection has them.
enum SQLiteBuiltins {
    static let functions: [SQLiteFunction] = []
}
