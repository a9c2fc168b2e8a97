// What a `PrismaError` can say: connections, queries, and the database itself.
// A text is one line, however long.
// swift-format-ignore-file

extension ErrorPage {
    static let connections = Chapter(
        title: "Connecting",
        introduction: "`PrismaError`. Codes that begin with P are Prisma's.",
        pages: [
            ErrorPage(
                "P1000", "the database refused the user", "The password in the URL is wrong or missing, or the server wants another way of proving who asks.",
                fix: "Look at user and password in the URL; characters such as `@`, `:` and `/` in a password have to be percent-encoded.",
                "Try the same URL with `psql`, and look at the server's pg_hba.conf."),
            ErrorPage(
                "P1001", "the server cannot be reached", "Nothing listens at the host and port, or at the socket, that the URL names, or a firewall is between.",
                fix: "See that the server runs, and that host and port are right: `pg_isready -h HOST -p PORT`.",
                "In a container, `localhost` is the container itself: use the name of the database's service."),
            ErrorPage(
                "P1002", "the server did not answer in time", "It was reached, but said nothing within `connect_timeout` seconds (5 if the URL does not say).",
                fix: "Raise it in the URL: `?connect_timeout=30`. Databases that sleep need it for the first connection.",
                "Look at the load of the server and the network."),
            ErrorPage(
                "P1003", "the database does not exist", "The server has no database of that name, or the SQLite file is not there and may not be made.",
                fix: "`prisml db push` makes it, with the schema's tables.",
                "A relative `file:` URL begins at the folder of the schema, as with Prisma: look where yours points."),
            ErrorPage(
                "P1008", "the statement took too long", "A lock was held longer than `socket_timeout`, or the server ended the statement by `statement_timeout` or `lock_timeout`.",
                fix: "Keep transactions short: no network call and no waiting for people inside one.",
                "SQLite has one writer at a time, whoever it is: look for another process that writes, and raise `socket_timeout`.",
                "Look at the statement's plan, and add an index where it reads a whole table."),
            ErrorPage(
                "P1010", "the user may not do this", "The database user lacks a permission on the database, the schema, a table or a column; or the file's owner does.",
                fix: "Grant it: `GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO …`.", "Or connect as another user."),
            ErrorPage(
                "P1011", "no secure connection", "`sslmode` asks for TLS that the server does not speak, or the certificate could not be verified.",
                fix: "Give the authority's certificate with `sslrootcert`, or use the `sslmode` that the server is set up for.",
                "Look at the clock and at the host name: a certificate is for one."),
            ErrorPage(
                "P1013", "the URL is wrong", "It has no scheme that is known (`file:`, `postgresql:`, `postgres:`), or a part that cannot be read; or `env(…)` names a variable that is not set.",
                fix: "Write `file:./dev.db` or `postgresql://USER:PASSWORD@HOST:5432/DATABASE`.", "Set the variable, in the environment or in `.env` beside the schema."),
            ErrorPage(
                "P1017", "the connection broke", "The server ended it or went away, or the client was closed while it was used.",
                fix: "Run it again: the pool makes a new connection. Whether a write that was under way was kept is not known, so write what may be repeated.",
                "Do not use a client after `close()`."),
            ErrorPage(
                "P2024", "no connection became free", "All of the pool's connections were in use for longer than `pool_timeout` (10 seconds).",
                fix: "Inside of a transaction ask `tx`, not the client: that would need a second connection, and with `connection_limit=1` waits for itself.",
                "Raise `connection_limit`, or shorten what holds connections: transactions and streams.",
                "If the message names an error of connecting, that is the cause."),
            ErrorPage(
                "P2037", "the server has no connection left", "It has as many as its `max_connections` allows.",
                fix: "Lower `connection_limit` in the URLs of what connects to it: the sum over all processes counts.", "Put a pooler such as PgBouncer between, with `pgbouncer=true` in the URL."),
        ])

    static let queries = Chapter(
        title: "Queries and writes",
        introduction: "`PrismaError`, with the model and the fields where the database tells them.",
        pages: [
            ErrorPage("P2000", "a value is too long", "A text is longer than its column takes (`@db.VarChar(n)`), or larger than the database stores at all.", fix: "Shorten it, or widen the column."),
            ErrorPage(
                "P2002", "a unique constraint failed", "Another row has the same value in the fields that the error names.",
                fix: "Use `upsert` where a row may be there already, or `createMany(skipDuplicates: true)`.", "Catch the error to tell a person that, say, an address is taken."),
            ErrorPage(
                "P2003", "a foreign key failed", "The row refers to one that is not there, or rows refer to the one that was to be deleted.",
                fix: "Create the other row first, or in the same nested write.", "Decide what a deletion does to those that refer: `onDelete: Cascade` or `SetNull` in the schema."),
            ErrorPage("P2004", "another constraint failed", "A check or an exclusion constraint of the table did not hold.", fix: "The message names it: use a value that it admits."),
            ErrorPage(
                "P2009", "the query is not valid", "An argument is unknown, missing, or of the wrong type; a unique condition names no key; a record has no such field.",
                fix: "The message says which part and what would do.", "For JSON requests look at docs/dynamic-queries.md."),
            ErrorPage("P2010", "the database refused the statement", "Raw SQL, or a registered function, failed; the message has the database's reason.", fix: "Try the statement in `psql` or `sqlite3`. Values are bound by interpolation, names are not."),
            ErrorPage("P2011", "NULL in a required column", "The table asks for a value that the statement did not give.", fix: "Give it one; if the schema says the field is optional, table and schema disagree."),
            ErrorPage("P2012", "a required field has no value", "A record is to be created without one of its required fields.", fix: "Give it, or write a `@default` into the schema."),
            ErrorPage(
                "P2014", "a required relation would break", "The change would leave a row without the one it must have, or with `relationMode = \"prisma\"` leave rows that refer to nothing.",
                fix: "Connect the row to another, delete it, or make the relation optional.", "Give the relation an `onDelete` or `onUpdate` that says what becomes of the others."),
            ErrorPage("P2015", "a related record is not there", "A row refers, through a required relation, to one that does not exist: the database does not enforce the key.", fix: "Mend the rows, then add the foreign key; or make the relation optional in the schema."),
            ErrorPage("P2017", "the records are not connected", "A nested `update`, `delete` or `disconnect` names a row that belongs to another parent.", fix: "Name a row of this parent, or write to the model itself."),
            ErrorPage("P2018", "records to connect are not there", "`connect` names a row that does not exist.", fix: "Look at its key, or use `connectOrCreate`."),
            ErrorPage("P2019", "a value of the wrong type", "A value does not fit the type that the statement needs: a list on SQLite, NaN in SQLite, text for a number in raw SQL.", fix: "Use a value of the column's type, or cast in the statement."),
            ErrorPage("P2020", "a number or date is out of range", "It does not fit the column's type, or a sum left the range of 64 bits.", fix: "Use a larger type: `BigInt`, `Decimal`, `Float`."),
            ErrorPage("P2021", "no such table", "The database has no table of the name that the schema gives the model.", fix: "`prisml db push` makes the tables of an empty database.", "Look at `@@map` and, on PostgreSQL, at `?schema=` in the URL."),
            ErrorPage("P2022", "no such column", "The table lacks a column that the schema describes.", fix: "Bring the table up to date, or correct the field's `@map`; then `prisml generate`."),
            ErrorPage(
                "P2023", "a stored value does not fit its field", "The row holds NULL where the schema has a required field, a text where it has a number, or a value that the enum lacks.",
                fix: "The message names the column, what it should be, and what was found: correct the row or the schema.",
                "SQLite stores any type in any column, so another program may have written it."),
            ErrorPage("P2025", "no such record", "`update`, `delete` or an `…OrThrow` form found no row.", fix: "Look at the condition, or use `findFirst`, `updateMany` or `upsert`, which say so without an error."),
            ErrorPage(
                "P2028", "the transaction cannot go on", "It failed already, ended, or ran out of time; or a cursor is open on its connection.",
                fix: "Begin again. Put a statement that may fail into a nested `transaction`, which becomes a savepoint.", "Read a stream to its end before the next statement."),
            ErrorPage("P2029", "too many values in one statement", "SQLite takes 32,766 unless it was built for more (Debian's takes 250,000), PostgreSQL 65,535.", fix: "Send fewer at once; `createMany` splits its rows by itself."),
            ErrorPage(
                "P2034", "a write conflict or a deadlock", "Two transactions changed the same rows, and the database let one of them go on.",
                fix: "Run the transaction again, from its beginning.", "Change rows in the same order everywhere, which makes deadlocks rare."),
        ])

    static let databases = Chapter(
        title: "The database itself",
        introduction: "`PrismaError`, for what Prisma has no code for.",
        pages: [
            ErrorPage("PS001", "the database is read-only", "The file or its folder may not be written, `mode=ro` is in the URL, or the server is a replica.", fix: "Look at permissions: SQLite writes files beside the database, so the folder counts.", "Connect to the primary server."),
            ErrorPage("PS002", "the disk is full", "Nothing of the statement was kept.", fix: "Free some space, then run it again."),
            ErrorPage("PS004", "the database is damaged", "The file is not an intact SQLite database, or the server found damaged pages.", fix: "See that the URL names the right file.", "Restore it from a backup; `sqlite3 FILE .recover` may save rows."),
            ErrorPage("PS005", "text that cannot be stored or read", "It is not UTF-8, or has a NUL character, which PostgreSQL cannot store.", fix: "Keep such bytes in a `Bytes` field."),
            ErrorPage("PS006", "the expression cannot be evaluated there", "A prediction inside of a relation's condition, a question to a list on SQLite, or nesting that is too deep.", fix: "The message says what works in its place."),
            ErrorPage("PS007", "a format that is not read", "A column has a type that is not read directly, or an encoded expression comes from another version.", fix: "Cast the column in SQL: `column::text`.", "Train again with this version."),
            ErrorPage("PS008", "the database is not empty", "`prisml db push` creates tables, and does not change any that are there.", fix: "Name an empty database.", "`prisml db push --force-reset` drops everything in it first, rows included."),
            ErrorPage("PS099", "something that was not foreseen", "The system failed in a way that has no code: a disk that does not answer, memory that ran out.", fix: "The message has the system's words.", "Please report it if it looks like a defect."),
        ])
}
