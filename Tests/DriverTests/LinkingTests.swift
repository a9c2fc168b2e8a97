import TestSupport
import Testing

@Suite struct LinkingTests {
    /// An application that uses SQLite alone runs on a machine without PostgreSQL's library, because it is not linked to it.
    @Test func sqliteAloneNeedsNoPostgresLibrary() throws {
        let run = try BuiltProgram("SQLiteProbe").wait()
        #expect(run.status == 0)
        #expect(run.output.hasPrefix("SQLite 3."))
        #if os(Linux)
        func libraries(_ program: String) throws -> String {
            try BuiltProgram(program, environment: ["LD_TRACE_LOADED_OBJECTS": "1"]).wait().output
        }
        #expect(try libraries("SQLiteProbe").contains("libsqlite3"))
        #expect(try !libraries("SQLiteProbe").contains("libpq"))
        // That the question can be answered with yes.
        #expect(try libraries("DriverProbe").contains("libpq"))
        #endif
    }
}
