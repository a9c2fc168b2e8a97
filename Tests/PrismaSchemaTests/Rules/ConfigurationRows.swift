@testable import PrismaSchema

extension RuleRow {
    /// What `datasource` and `generator` blocks can say.
    static let configuration: [RuleRow] = [
        RuleRow(
            .missingDatasource,
            "«m»odel A {\n  id Int @id\n} // datasource",
            "the schema has no datasource, so it is read as one for PostgreSQL",
            good: "datasource db {\n  provider = \"sqlite\"\n}"),
        RuleRow(
            .duplicateDatasource,
            "datasource a {\n  provider = \"sqlite\"\n}\n«datasource b» {\n  provider = \"sqlite\"\n}",
            "there is a datasource already",
            good: "datasource a {\n  provider = \"sqlite\"\n}"),
        RuleRow(
            .unknownSetting,
            "datasource db {\n  provider = \"sqlite\"\n  «ulr» = \"file:a.db\"\n}",
            "a datasource has no setting 'ulr'; did you mean 'url'?",
            good: "datasource db {\n  provider = \"sqlite\"\n  url = \"file:a.db\"\n}"),
        RuleRow(
            .unknownSetting,
            "datasource db {\n  provider = \"sqlite\"\n  «referentialIntegrity» = \"prisma\"\n}",
            "'referentialIntegrity' is called 'relationMode' now",
            good: "datasource db {\n  provider = \"sqlite\"\n  relationMode = \"prisma\"\n}"),
        RuleRow(
            .duplicateSetting,
            "datasource db {\n  provider = \"sqlite\"\n  «provider» = \"sqlite\"\n}",
            "'provider' is set already in this datasource",
            good: "datasource db {\n  provider = \"sqlite\"\n}"),
        RuleRow(
            .missingSetting,
            "«datasource db» {\n  url = env(\"URL\")\n}",
            "the datasource has no provider",
            good: "datasource db {\n  provider = \"sqlite\"\n  url = env(\"URL\")\n}"),
        RuleRow(
            .missingSetting,
            "«generator g» {\n  output = \"x\"\n}",
            "the generator 'g' has no provider",
            good: "generator g {\n  provider = \"prisml\"\n  output = \"x\"\n}"),
        RuleRow(
            .settingType,
            "datasource db {\n  provider = «sqlite»\n}",
            "'provider' is a string in double quotes, not the word 'sqlite'",
            good: "datasource db {\n  provider = \"sqlite\"\n}"),
        RuleRow(
            .settingType,
            "datasource db {\n  provider = «env(\"PROVIDER\")»\n}",
            "the provider cannot come from the environment",
            good: "datasource db {\n  provider = \"sqlite\"\n}"),
        RuleRow(
            .settingType,
            "datasource db {\n  provider = \"sqlite\"\n  url = «env()»\n}",
            "env() takes the name of one environment variable",
            good: "datasource db {\n  provider = \"sqlite\"\n  url = env(\"URL\")\n}"),
        RuleRow(
            .settingType,
            "generator g {\n  provider = \"prisml\"\n  previewFeatures = «\"views\"»\n}",
            "'previewFeatures' is a list of strings, not a string",
            good: "generator g {\n  provider = \"prisml\"\n  previewFeatures = [\"views\"]\n}"),
        RuleRow(
            .settingType,
            "datasource db {\n  provider = \"postgresql\"\n  schemas = «[]»\n}",
            "'schemas' is empty",
            good: "datasource db {\n  provider = \"postgresql\"\n  schemas = [\"public\"]\n}"),
        RuleRow(
            .settingType,
            "datasource db {\n  provider = \"postgresql\"\n  extensions = [«\"pgcrypto\"»]\n}",
            "'extensions' is a list of extension names such as [pgcrypto, uuidOssp(map: \"uuid-ossp\")], not a string",
            good: "datasource db {\n  provider = \"postgresql\"\n  extensions = [pgcrypto]\n}"),
        RuleRow(
            .unknownProvider,
            "datasource db {\n  provider = «\"sqlite3\"»\n}",
            "unknown provider 'sqlite3'; did you mean 'sqlite'?",
            good: "datasource db {\n  provider = \"sqlite\"\n}"),
        RuleRow(
            .unknownProvider,
            "datasource db {\n  provider = «\"mysql\"»\n}",
            "the provider 'mysql' is not supported",
            good: "datasource db {\n  provider = \"postgres\"\n}"),
        RuleRow(
            .unsupportedSetting,
            "datasource db {\n  provider = \"sqlite\"\n  «schemas» = [\"a\"]\n}",
            "SQLite has no schemas inside of a database",
            good: "datasource db {\n  provider = \"postgresql\"\n  schemas = [\"a\"]\n}"),
        RuleRow(
            .unsupportedSetting,
            "datasource db {\n  provider = \"sqlite\"\n  «extensions» = [vector]\n}",
            "SQLite has no extensions",
            good:
                "datasource db {\n  provider = \"postgresql\"\n  extensions = [vector, uuidOssp(map: \"uuid-ossp\", schema: \"x\", version: \"1\")]\n}"
        ),
        RuleRow(
            .invalidURL,
            "datasource db {\n  provider = \"sqlite\"\n  url = «\"postgresql://localhost\"»\n}",
            "an address of SQLite begins with 'file:'",
            good: "datasource db {\n  provider = \"sqlite\"\n  url = \"file:./dev.db\"\n}"),
        RuleRow(
            .invalidURL,
            "datasource db {\n  provider = \"postgresql\"\n  url = «\"\"»\n}",
            "'url' is empty",
            good: "datasource db {\n  provider = \"postgresql\"\n  url = \"postgres://localhost/a\"\n}"),
        RuleRow(
            .invalidRelationMode,
            "datasource db {\n  provider = \"sqlite\"\n  relationMode = «\"foreignKey\"»\n}",
            "unknown relation mode 'foreignKey'; did you mean 'foreignKeys'?",
            good: "datasource db {\n  provider = \"sqlite\"\n  relationMode = \"foreignKeys\"\n}"),
        RuleRow(
            .unknownPreviewFeature,
            "generator g {\n  provider = \"prisml\"\n  previewFeatures = [«\"view\"»]\n}",
            "unknown preview feature 'view'; did you mean 'views'?",
            good: "generator g {\n  provider = \"prisml\"\n  previewFeatures = [\"views\"]\n}"),
        RuleRow(
            .stablePreviewFeature,
            "generator g {\n  provider = \"prisml\"\n  previewFeatures = [«\"filterJson\"»]\n}",
            "the preview feature 'filterJson' needs no flag any more",
            good: "generator g {\n  provider = \"prisml\"\n}"),
        RuleRow(
            .attributeNotAllowed,
            "generator g {\n  provider = \"prisml\"\n  «@@map(\"x\")»\n}",
            "a generator has no attributes",
            good: "generator g {\n  provider = \"prisml\"\n}"),
    ]
}
