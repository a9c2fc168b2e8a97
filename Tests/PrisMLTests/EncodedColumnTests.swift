import PrisML
import PrisMLTraining
import Prisma
import ShopClient
import Testing

/// A column at once gives what its rows give one by one, whether each text is encoded once or each row.
@Suite struct EncodedColumnTests {
    static let encodings: [FeatureEncoding] = [
        .oneHot(top: 3), .ordinal, .hashed(buckets: 5), .targetMean(smoothing: 2), .tfidf(maxFeatures: 4),
    ]

    /// Few texts for many rows, and a text of its own for each row.
    @Test(arguments: encodings, [4, 4000]) func columnsAreTheirRows(encoding: FeatureEncoding, texts: Int) throws {
        var random = RandomSequence(seed: 7)
        var vocabulary = Vocabulary()
        let count = 500
        let codes = (0..<count).map { row -> Int32 in
            random.next(below: 9) == 0 ? -1 : vocabulary.code("text \(random.next(below: UInt32(texts))) of \(texts > count ? row : 0)")
        }
        let labels = (0..<count).map { _ in Float(random.next(below: 2)) }
        let encoder = FeatureEncoder.fitted(
            Feature("text", User.columns.email, encoding), on: .categories(codes, vocabulary), rows: Array(0..<300), labels: labels,
            categories: nil, imputesMissing: texts == 4)
        let rows = (0..<count).filter { _ in random.next(below: 3) > 0 }.reversed() as [Int]
        let (width, stride) = (encoder.width, encoder.width + 2)
        var together = [Float](repeating: -7, count: rows.count * stride)
        together.withUnsafeMutableBufferPointer { target in
            if let start = target.baseAddress { encoder.encode(.categories(codes, vocabulary), rows: rows, into: start, stride: stride) }
        }
        for (place, row) in rows.enumerated() {
            var single = [Float](repeating: -7, count: width)
            single.withUnsafeMutableBufferPointer { target in
                guard let start = target.baseAddress else { return }
                encoder.encode(codes[row] < 0 ? nil : vocabulary.texts[Int(codes[row])], into: start)
            }
            let own = together[(place * stride)..<(place * stride + width)]
            #expect(own.map(\.bitPattern) == single.map(\.bitPattern), "row \(row)")
            // What lies between is another feature's.
            #expect(together[(place * stride + width)..<((place + 1) * stride)].allSatisfy { $0 == -7 })
        }
    }
}
