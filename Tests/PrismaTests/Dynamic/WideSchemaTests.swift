import Foundation
import Prisma
import PrismaSchema
import ShopClient
import TestSupport
import Testing

/// Whole schemas, each model and field of which goes through the dynamic client.
@Suite(.serialized) struct WideSchemaTests {
    @Test(arguments: Shop.dialects) func aSchemaWithEverythingWorks(dialect: SQLDialect) async throws {
        let sample = try await SampleDatabase.make(dialect, schema: WideSchema.text(dialect, seed: 3))
        let schema = sample.engine.schema
        let relations = schema.models.flatMap(\.fields).compactMap(\.relation)
        #expect(schema.models.count > 50)
        for kind in [.oneToOne, .oneToMany, .manyToOne, .manyToMany] as [Relation.Kind] { #expect(relations.contains { $0.kind == kind }) }
        #expect(relations.contains { $0.fields.count > 1 && $0.holdsForeignKey })
        #expect(schema.models.contains { model in model.fields.contains { $0.relation?.model == model.name } })
        #expect(schema.models.contains { ($0.primaryKey?.fields.count ?? 0) > 1 })
        #expect(schema.models.flatMap(\.fields).contains { $0.kind.isUnsupported })
        if dialect == .postgresql {
            #expect(Set(schema.models.flatMap(\.fields).compactMap(\.nativeType?.name)).count >= 18)
            #expect(schema.models.flatMap(\.recordFields).contains { $0.arity == .list })
        }
        try await tries(sample)
    }

    /// `scripts/try-schema` names a file.
    @Test(.enabled(if: ProcessInfo.processInfo.environment["TRY_SCHEMA"] != nil)) func theSchemaOfAFileWorks() async throws {
        let file = try #require(ProcessInfo.processInfo.environment["TRY_SCHEMA"])
        let text = try String(contentsOf: URL(filePath: file), encoding: .utf8)
        let declared: SQLDialect = try Schema(parsing: text).provider == .sqlite ? .sqlite : .postgresql
        try await tries(try await database(of: text, on: declared))
        if declared == .postgresql { try await tries(try await database(of: Self.withoutPostgresTypes(text), on: .sqlite)) }
    }

    private func tries(_ sample: SampleDatabase) async throws {
        let engine = sample.engine
        var trial = SchemaTrial(engine)
        await trial.run()
        let rows = trial.rows.values.reduce(0) { $0 + $1.count }
        print("\(engine.dialect): \(trial.models.count) of \(trial.schema.models.count) models, \(rows) rows, \(trial.asked) requests")
        #expect(rows >= trial.models.count)
        if !trial.problems.isEmpty {
            Issue.record(Comment(rawValue: "\(trial.problems.count) problems:\n" + trial.problems.prefix(150).joined(separator: "\n")))
        }
        await engine.close()
    }

    private func database(of text: String, on dialect: SQLDialect) async throws -> SampleDatabase {
        // The datasource and the generators are of the place that the schema comes from.
        let models = text.replacing(/(?m)^(datasource|generator)\s+\w+\s*\{[^}]*\}/, with: "").replacing(/@@schema\([^)]*\)/, with: "")
        return try await SampleDatabase.make(dialect, schema: models)
    }

    /// What SQLite has not: native types, lists and the indexes on them, and defaults in PostgreSQL's own words.
    private static func withoutPostgresTypes(_ text: String) -> String {
        text.replacing(/@db\.\w+(\([^)]*\))?/, with: "")
            .replacing(/@default\(dbgenerated\(("[^"]*")?\)\)/, with: "")
            .replacing(/(?m)^\s*@@index\(.*type:.*$/, with: "")
            .replacing(/(?m)^\s*\w+\s+(String|Int|BigInt|Float|Boolean|DateTime|Json|Decimal|Bytes)\[\].*$/, with: "")
    }
}
