import PrismaMigrate
import PrismaSchema

/// Schemas to make databases of.
enum Sample {
    static func schema(_ provider: Provider, _ models: String, settings: String = "") throws -> Schema {
        let generator =
            "generator client {\n  provider = \"prisml-swift\"\n  previewFeatures = [\"multiSchema\", \"postgresqlExtensions\", \"views\"]\n}\n"
        return try Schema(parsing: "datasource db {\n  provider = \"\(provider.rawValue)\"\n  \(settings)\n}\n\(generator)\n\(models)\n")
    }

    static func script(_ provider: Provider, _ models: String, settings: String = "") throws -> String {
        Migration(creating: try schema(provider, models, settings: settings)).script
    }

    /// The line of the column that a field becomes.
    static func column(_ provider: Provider, _ field: String, enums: String = "") throws -> String {
        let script = try script(provider, "model Row {\n  key String @id\n  \(field)\n}\n\(enums)")
        let lines = script.split(separator: "\n").filter {
            $0.hasPrefix("    ") && !$0.hasPrefix("    \"key\"") && !$0.hasPrefix("    CONSTRAINT")
        }
        return lines.map { $0.drop { $0 == " " } }.map { $0.hasSuffix(",") ? String($0.dropLast()) : String($0) }.joined(separator: "\n")
    }
}

/// A table of strings whose rows read `left -> right`.
func pairs(_ text: String) -> [(String, String)] {
    text.split(separator: "\n").map { line in
        let parts = line.split(separator: " -> ", maxSplits: 1).map(String.init)
        return (parts[0], parts.count > 1 ? parts[1] : "")
    }
}
