import PrismaSchema
import Testing

/// Configuration, indexes, views and schemas of several files.
@Suite struct SchemaTests {
    @Test func configuration() throws {
        let schema = try Schema(
            parsing: """
                datasource pg {
                  provider          = "postgres"
                  directUrl         = env("DIRECT")
                  shadowDatabaseUrl = "postgres://localhost/shadow"
                  schemas           = ["public", "auth"]
                  extensions        = [pgcrypto, uuid(map: "uuid-ossp", schema: "x", version: "1.1")]
                  relationMode      = "prisma"
                }
                /// makes the client
                generator client {
                  provider        = env("GENERATOR")
                  output          = "../out"
                  previewFeatures = ["views"]
                  flags           = ["a", env("B"), -1.5, true]
                }
                """)
        let source = try #require(schema.datasource)
        #expect(source.name == "pg" && source.provider == .postgresql && source.url == nil && source.relationMode == .prisma)
        #expect(source.directURL == .environment("DIRECT") && source.shadowDatabaseURL == .literal("postgres://localhost/shadow"))
        #expect(source.schemas == ["public", "auth"])
        #expect(source.extensions.map(\.databaseName) == ["pgcrypto", "uuid-ossp"])
        #expect(source.extensions.map(\.schema) == [nil, "x"] && source.extensions.map(\.version) == [nil, "1.1"])
        let generator = try #require(schema.generators.first)
        #expect(generator.provider == nil && generator.output == "../out" && generator.previewFeatures == ["views"])
        #expect(generator.setting(named: "provider") == .environment("GENERATOR"))
        #expect(generator.setting(named: "flags") == .list([.string("a"), .environment("B"), .word("-1.5"), .word("true")]))
        #expect(generator.documentation == "makes the client")
    }

    @Test func keysAndIndexes() throws {
        let schema = try Schema(
            parsing: """
                datasource db {
                  provider = "postgresql"
                }
                model M {
                  a Int
                  b String
                  c Json
                  d Int[]
                  e Unsupported("geometry")
                  f String @db.Inet
                  @@id([a, b], name: "key", map: "pk")
                  @@unique([b, a(sort: Desc)])
                  @@unique(fields: b, map: "u", name: "byB")
                  @@index(fields: [a])
                  @@index([c(ops: JsonbPathOps), d], type: Gin)
                  @@index([e], type: Gist)
                  @@index([f(ops: InetOps)], type: Gist, map: "inet")
                  @@index([a(ops: Int4MinMaxMultiOps)], type: Brin, map: "brin")
                  @@index([b(ops: raw("gin_trgm_ops"))], type: Gin, name: "trigrams")
                }
                """)
        let model = try #require(schema.models.first)
        #expect(model.primaryKey?.name == "key" && model.primaryKey?.databaseName == "pk")
        #expect(model.uniques.map(\.name) == ["b_a", "byB"] && model.uniques.map(\.databaseName) == ["M_b_a_key", "u"])
        #expect(model.uniques[0].fields.map(\.sort) == [nil, .descending])
        #expect(model.indexes.map(\.databaseName) == ["M_a_idx", "M_c_d_idx", "M_e_idx", "inet", "brin", "trigrams"])
        #expect(model.indexes.map(\.algorithm) == [.bTree, .gin, .gist, .gist, .brin, .gin])
        #expect(
            model.indexes.map { $0.fields[0].operatorClass } == [
                nil, "jsonb_path_ops", nil, "inet_ops", "int4_minmax_multi_ops", "gin_trgm_ops",
            ])
    }

    @Test func viewsNeedNoKey() throws {
        let schema = try Schema(
            parsing: """
                datasource db {
                  provider = "sqlite"
                }
                /// all of them
                view V {
                  name String
                  m    M?     @relation(fields: [name], references: [name]) @ignore
                  @@map("v")
                }
                model M {
                  name String @id
                  v    V[]
                  @@ignore
                }
                """)
        let view = try #require(schema.model(named: "V"))
        #expect(view.isView && view.primaryKey == nil && view.documentation == "all of them" && view.databaseName == "v")
        #expect(schema.model(named: "M")?.isIgnored == true)
        #expect(schema.model(named: "v") == nil && schema.enumeration(named: "V") == nil)
    }

    @Test func filesAreOneSchemaInAnyOrder() throws {
        let files = [
            SourceFile(path: "a", text: "model A {\n  id Int @id\n  e E\n  b B[]\n}"),
            SourceFile(path: "b", text: "datasource db {\n  provider = \"sqlite\"\n}\nenum E {\n  X\n}"),
            SourceFile(path: "c", text: "\u{FEFF}model B {\n  id Int @id\n  a A[]\n}"),
        ]
        let schema = try Schema(files: files)
        #expect(schema.models.map(\.name) == ["A", "B"] && schema.provider == .sqlite)
        let reversed = try Schema(files: files.reversed())
        #expect(reversed.models.map(\.name) == ["B", "A"])
        #expect(reversed.model(named: "A") == schema.model(named: "A"))
    }

    @Test func noFilesAreAnEmptySchema() throws {
        let schema = try Schema(files: [])
        #expect(schema.models.isEmpty && schema.warnings.isEmpty && schema.datasource == nil)
    }
}
