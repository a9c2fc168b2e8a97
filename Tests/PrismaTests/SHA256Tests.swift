import Prisma
import Testing

@Suite struct SHA256Tests {
    /// The examples of FIPS 180-4 and its validation suite.
    static let vectors: [(text: String, digest: String)] = [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
        (
            "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
            "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"
        ),
        (String(repeating: "a", count: 1_000_000), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"),
    ]

    @Test(arguments: vectors) func theStandardsExamplesHold(text: String, digest: String) {
        #expect(SHA256.hex(text) == digest)
        // Bytes without a place in memory of their own, and in pieces of odd sizes.
        #expect(SHA256.hex(AnySequence(text.utf8)) == digest)
        // With the processor's instructions, where it has them, and without.
        for usesInstructions in [true, false] {
            var hash = SHA256(usesInstructions: usesInstructions)
            var rest = Array(text.utf8)[...]
            var size = 1
            while !rest.isEmpty {
                hash.update(rest.prefix(size))
                rest = rest.dropFirst(size)
                size = size % 193 + 1
            }
            #expect(hash.finish() == digest)
        }
    }

    /// Every length around the ends of blocks: the digest of Python's `hashlib` digests of 0 to 299 bytes `i * 7 mod 256`.
    @Test func everyLengthIsPaddedRight() {
        var all = SHA256()
        for length in 0..<300 { all.update(SHA256.hex((0..<length).map { UInt8(truncatingIfNeeded: $0 * 7) }).utf8) }
        #expect(all.finish() == "2956ef4e8392a8964f6f552bfba7613a805ef8f8550abe7eedcd072dcec36695")
    }
}
