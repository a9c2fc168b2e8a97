#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// The words that a text feature looks for, each with its rarity: what TF-IDF learns of the training rows.
///
/// A text becomes, for each word, the number of times it holds the word × the word's rarity, and all of that divided by its length as a
/// vector. A word's rarity is ln((1 + n) / (1 + d)) + 1, of n texts of which d hold it. These are the formulas that scikit-learn's
/// `TfidfVectorizer` has if nothing is said.
package struct TermWeights: Hashable, Sendable {
    /// In the order of their bytes.
    package let terms: [String]
    package let rarities: [Double]

    package init(terms: [String], rarities: [Double]) {
        self.terms = terms
        self.rarities = rarities
    }

    /// Keeps the words that are there most often in all texts, and among equally frequent ones those that sort first.
    init(fitting codes: [Int32], _ vocabulary: Vocabulary, _ rows: [Int], maxTerms: Int) {
        // A text that many rows have is taken apart once.
        var copies = [Int](repeating: 0, count: vocabulary.texts.count)
        for row in rows where codes[row] >= 0 { copies[Int(codes[row])] += 1 }
        var uses: [String: (all: Int, texts: Int)] = [:]
        var documents = 0
        for (text, copies) in zip(vocabulary.texts, copies) where copies > 0 {
            documents += copies
            var counts: [String: Int] = [:]
            for term in Self.terms(of: text) { counts[term, default: 0] += 1 }
            for (term, count) in counts {
                uses[term, default: (0, 0)].all += count * copies
                uses[term, default: (0, 0)].texts += copies
            }
        }
        let kept = uses.sorted { left, right in
            left.value.all != right.value.all ? left.value.all > right.value.all : Self.precedes(left.key, right.key)
        }.prefix(maxTerms).sorted { Self.precedes($0.key, $1.key) }
        terms = kept.map(\.key)
        rarities = kept.map { log(Double(1 + documents) / Double(1 + $0.value.texts)) + 1 }
    }

    /// Writes a number for each word.
    func encode(_ text: String, _ positions: [String: Int], into target: UnsafeMutablePointer<Float>) {
        var counts: [Int: Int] = [:]
        for term in Self.terms(of: text) {
            if let position = positions[term] { counts[position, default: 0] += 1 }
        }
        for index in terms.indices { target[index] = 0 }
        // In one order, so that a sum is the same wherever it is made.
        let found = counts.sorted { $0.key < $1.key }.map { (place: $0.key, weight: Double($0.value) * rarities[$0.key]) }
        let length = found.reduce(0) { $0 + $1.weight * $1.weight }.squareRoot()
        for (place, weight) in found { target[place] = Float(weight / length) }
    }

    /// The words of a text, in small letters: runs of two or more letters, digits and underscores, of any script.
    package static func terms(of text: String) -> [String] {
        var terms: [String] = []
        var term = String.UnicodeScalarView()
        func end() {
            if term.count > 1 { terms.append(String(term)) }
            term.removeAll(keepingCapacity: true)
        }
        for scalar in text.lowercased().unicodeScalars {
            if isPartOfWord(scalar) { term.append(scalar) } else { end() }
        }
        end()
        return terms
    }

    private static func isPartOfWord(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII {
            return ("a"..."z").contains(scalar) || ("0"..."9").contains(scalar) || scalar == "_" || ("A"..."Z").contains(scalar)
        }
        return switch scalar.properties.generalCategory {
        case .lowercaseLetter, .uppercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber, .letterNumber,
            .otherNumber:
            true
        default: false
        }
    }

    private static func precedes(_ left: String, _ right: String) -> Bool { left.utf8.lexicographicallyPrecedes(right.utf8) }
}
