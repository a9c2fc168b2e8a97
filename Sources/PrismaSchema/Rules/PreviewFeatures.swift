/// The preview features of Prisma 5 and 6.
enum PreviewFeatures {
    /// Behind a flag still, in one of the two.
    static let active: Set<String> = [
        "deno", "driverAdapters", "esm", "fullTextIndex", "fullTextSearch", "fullTextSearchPostgres", "metrics", "multiSchema",
        "nativeDistinct", "partialIndexes", "postgresqlExtensions", "prismaSchemaFolder", "queryCompiler", "reactNative",
        "relationJoins", "shardKeys", "strictUndefinedChecks", "tracing", "typedSql", "omitApi", "views",
    ]

    /// Part of the language for long; the flag has no effect.
    static let stable: Set<String> = [
        "aggregateApi", "atomicNumberOperations", "clientExtensions", "cockroachdb", "connectOrCreate", "createMany", "dataProxy",
        "distinct", "extendedIndexes", "extendedWhereUnique", "fieldReference", "filterJson", "filteredRelationCount", "groupBy",
        "improvedQueryRaw", "insensitiveFilters", "interactiveTransactions", "jsonProtocol", "microsoftSqlServer", "middlewares",
        "mongoDb", "mongodb", "nApi", "namedConstraints", "nativeTypes", "orderByAggregateGroup", "orderByNulls", "orderByRelation",
        "referentialActions", "referentialIntegrity", "selectRelationCount", "transactionApi", "uncheckedScalarInputs",
    ]
}

extension Reader {
    /// Both are warnings: a newer Prisma beside this package may know a feature that this list does not.
    mutating func checkPreviewFeatures(_ features: [Named]) {
        for feature in features where !PreviewFeatures.active.contains(feature.text) {
            if PreviewFeatures.stable.contains(feature.text) {
                report.warning(
                    .stablePreviewFeature, feature.place, "the preview feature '\(feature.text)' needs no flag any more",
                    help: "remove it from previewFeatures")
            } else {
                let guess = report.closest(to: feature.text, in: PreviewFeatures.active.sorted())
                report.warning(
                    .unknownPreviewFeature, feature.place,
                    "unknown preview feature '\(feature.text)'\(Suggestion.question(guess))", help: "it has no effect here")
            }
        }
    }
}
