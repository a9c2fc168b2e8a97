import Testing

@testable import PrismaSchema

extension Robustness {
    /// Small schemas, damaged in many ways: whatever comes out is refused or accepted, and never harms.
    @Suite struct MutationTests {
        static let shards = 16
        static let mutationsPerShard = 6_500

        @Test(arguments: 0..<shards)
        func survives(_ shard: Int) async throws {
            var mutator = Mutator(seed: UInt64(shard))
            var formatted = 0
            var valid = 0
            for number in 0..<MutationTests.mutationsPerShard {
                if number % 50 == 0 { await Task.yield() }
                let bytes = mutator.next()
                guard let outcome = try check(bytes) else { continue }
                formatted += 1
                if outcome { valid += 1 }
            }
            // The mutations must not all be so wild that nothing but the lexer is tested.
            #expect(formatted > MutationTests.mutationsPerShard / 10)
            #expect(valid > MutationTests.mutationsPerShard / 50)
        }

        /// Nil for text that does not parse; otherwise whether the schema is valid.
        private func check(_ bytes: [UInt8]) throws -> Bool? {
            let file = SourceFile(path: "a.prisma", bytes: bytes)
            let original = Result { try Schema(files: [file]) }
            if case .failure(let error as SchemaError) = original {
                let isPlaced = error.diagnostics.allSatisfy { $0.line > 0 && $0.column > 0 && $0.length > 0 && !$0.rendered().isEmpty }
                try #require(!error.diagnostics.isEmpty && isPlaced, Comment(rawValue: Mutator.display(bytes)))
            }
            guard let once = try? SchemaFormatter.format([file])[0] else { return nil }
            let twice = try SchemaFormatter.format([once])[0]
            try #require(twice == once, Comment(rawValue: Mutator.display(bytes)))
            try #require(comments(once) == comments(file), Comment(rawValue: Mutator.display(bytes)))
            guard case .success(let schema) = original else { return false }
            try #require(try Schema(files: [once]) == schema, Comment(rawValue: Mutator.display(bytes)))
            return true
        }

        /// The comments of a file, without the spaces at their ends.
        private func comments(_ file: SourceFile) -> [String] {
            guard file.bytes.contains(ASCII.slash) else { return [] }
            var report = Report()
            return Lexer.tokens(of: file, index: 0, report: &report).filter { $0.kind == .comment || $0.kind == .documentation }
                .map { token in
                    var text = file.text(token.span).replacing("\r\n", with: "\n").replacing("\r", with: "\n")
                    while text.hasSuffix(" ") || text.hasSuffix("\t") { text.removeLast() }
                    return text
                }.sorted()
        }
    }
}
