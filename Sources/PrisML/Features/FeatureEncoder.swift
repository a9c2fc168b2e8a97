package import Prisma

/// An encoding that has learned what it needs: turns a feature's value into the numbers of its columns.
package struct FeatureEncoder: Hashable, Sendable {
    package enum Method: Hashable, Sendable {
        case number
        case oneHot([String])
        case ordinal([String])
        case hashed(buckets: Int)
        case targetMean([String: Double], other: Double)
        case tfidf(TermWeights)
    }

    package let feature: String
    package let method: Method
    /// What stands for a null, in each column; NaN leaves it missing.
    package let null: Float
    /// The category that stands for a null, in place of a number.
    package let nullText: String?
    /// Whether a text that is not in the list is an error: an enum has no others.
    package var isClosed = false
    private let positions: [String: Int]
    /// The same for texts of ASCII as they lie in a row; nil where there are many.
    private let shortList: ShortList?

    package init(feature: String, method: Method, null: Float, nullText: String? = nil) {
        self.feature = feature
        self.method = method
        self.null = null
        self.nullText = nullText
        switch method {
        case .oneHot(let values), .ordinal(let values):
            positions = Dictionary(zip(values, values.indices), uniquingKeysWith: { first, _ in first })
        case .tfidf(let weights):
            positions = Dictionary(zip(weights.terms, weights.terms.indices), uniquingKeysWith: { first, _ in first })
        default: positions = [:]
        }
        shortList = ShortList(positions)
    }

    /// The names of the columns that the feature becomes.
    package var columns: [String] {
        switch method {
        case .number, .ordinal, .targetMean: [feature]
        case .oneHot(let values): values.map { "\(feature)=\($0)" }
        case .hashed(let buckets): (0..<buckets).map { "\(feature)#\($0)" }
        case .tfidf(let weights): weights.terms.map { "\(feature)~\($0)" }
        }
    }

    package var width: Int {
        switch method {
        case .number, .ordinal, .targetMean: 1
        case .oneHot(let values): values.count
        case .hashed(let buckets): buckets
        case .tfidf(let weights): weights.terms.count
        }
    }

    /// Reads the next column of a row, or the next ones where code computes the feature from several, and writes `width` numbers.
    package func encode(
        _ row: inout SQLRow, _ computation: FeatureComputation?, into target: UnsafeMutablePointer<Float>
    ) throws(PrismaError) {
        if case .number = method {
            let value = try Self.number(from: &row, computation)
            target[0] = value.isNaN ? null : value
            return
        }
        try encode(known: row.stringIfPresent(), into: target)
    }

    /// As ``encode(_:into:)``, where an enum's values are the only ones.
    private func encode(known text: String?, into target: UnsafeMutablePointer<Float>) throws(PrismaError) {
        if isClosed, let text, positions[text] == nil {
            throw PrismaError(
                .invalidStoredValue, "It is a value that the enum does not have.",
                help: "Add the value to the enum in the schema and train again, or correct the rows.")
        }
        encode(text, into: target)
    }

    /// Writes `width` numbers for a category that is a cell of a row.
    package func encode(textOf cell: SQLCell, at place: Int, into target: UnsafeMutablePointer<Float>) throws(PrismaError) {
        switch method {
        case .ordinal, .oneHot:
            guard let shortList, cell.kind == .text, let position = shortList.position(of: cell) else { break }
            if case .ordinal = method {
                target[0] = Float(position)
            } else {
                for index in 0..<width { target[index] = 0 }
                target[position] = 1
            }
            return
        default: break
        }
        try encode(known: cell.kind == .null ? nil : SQLRow.text(cell, at: place), into: target)
    }

    /// Writes `width` numbers for a category.
    package func encode(_ text: String?, into target: UnsafeMutablePointer<Float>) {
        guard let text = text ?? nullText else {
            for index in 0..<width { target[index] = null }
            return
        }
        switch method {
        case .number: target[0] = null
        case .ordinal: target[0] = positions[text].map(Float.init) ?? .nan
        case .targetMean(let means, let other): target[0] = Float(means[text] ?? other)
        case .oneHot(let values):
            for index in values.indices { target[index] = 0 }
            if let position = positions[text] { target[position] = 1 }
        case .hashed(let buckets):
            for index in 0..<buckets { target[index] = 0 }
            target[Int(Self.hash(text) % UInt64(buckets))] = 1
        case .tfidf(let weights): weights.encode(text, positions, into: target)
        }
    }

    /// Writes `width` numbers for each of some rows of a column, a row every `stride` numbers.
    package func encode(_ column: RawColumn, rows: [Int], into target: UnsafeMutablePointer<Float>, stride: Int) {
        switch column {
        case .numbers(let values):
            for (place, row) in rows.enumerated() { target[place * stride] = values[row].isNaN ? null : values[row] }
        case .categories(let codes, let vocabulary):
            let width = width
            // Each text is encoded once where that takes no more than a few megabytes.
            guard vocabulary.texts.count < rows.count, (vocabulary.texts.count + 1) * width <= 1 << 20 else {
                for (place, row) in rows.enumerated() {
                    encode(codes[row] < 0 ? nil : vocabulary.texts[Int(codes[row])], into: target + place * stride)
                }
                return
            }
            var table = [Float](repeating: 0, count: (vocabulary.texts.count + 1) * width)
            table.withUnsafeMutableBufferPointer { table in
                guard let table = table.baseAddress else { return }
                encode(nil, into: table)
                for (code, text) in vocabulary.texts.enumerated() { encode(text, into: table + (code + 1) * width) }
                for (place, row) in rows.enumerated() {
                    (target + place * stride).update(from: table + Int(codes[row] + 1) * width, count: width)
                }
            }
        }
    }

    /// Numbers, and true and false as 1 and 0; NaN for null.
    package static func number(from row: inout SQLRow, _ computation: FeatureComputation? = nil) throws(PrismaError) -> Float {
        if let computation { return try computation.body(&row).map { Float($0) } ?? .nan }
        let cell = try row.cell()
        switch cell.kind {
        case .null: return .nan
        case .real: return Float(cell.real)
        case .integer, .boolean: return Float(cell.integer)
        default:
            var single = withUnsafePointer(to: cell) { SQLRow(cells: UnsafeBufferPointer(start: $0, count: 1)) }
            return Float(try single.double())
        }
    }

    /// FNV-1a, which is the same on every machine.
    private static func hash(_ text: String) -> UInt64 {
        text.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }
}

// MARK: - Fitting

extension FeatureEncoder {
    /// Learns what the feature's encoding needs, from the training rows alone.
    ///
    /// - Parameters:
    ///   - rows: the training rows' positions in the column.
    ///   - labels: the label of each row of the column: 0 and 1, or the number.
    ///   - categories: the values of an enum, in the schema's order.
    package static func fitted(
        _ feature: Feature, on column: RawColumn, rows: [Int], labels: [Float], categories: [String]?, imputesMissing: Bool
    ) -> FeatureEncoder {
        switch column {
        case .numbers(let values):
            let known = rows.map { values[$0] }.filter { !$0.isNaN }
            return FeatureEncoder(feature: feature.name, method: .number, null: null(feature.nulls, known, imputesMissing))
        case .categories(let codes, let vocabulary):
            let method: Method =
                switch feature.encoding {
                case .automatic: .oneHot(categories ?? frequent(codes, vocabulary, rows, top: 20))
                case .oneHot(let top): .oneHot(frequent(codes, vocabulary, rows, top: top))
                case .ordinal: .ordinal(categories ?? frequent(codes, vocabulary, rows, top: .max).sorted(by: precedes))
                case .hashed(let buckets): .hashed(buckets: buckets)
                case .targetMean(let smoothing): targetMean(codes, vocabulary, rows, labels, smoothing)
                case .tfidf(let maxFeatures): .tfidf(TermWeights(fitting: codes, vocabulary, rows, maxTerms: maxFeatures))
                }
            // A null is none of the values: zero in all columns, unless trees are to see that it is missing.
            let null: Float =
                switch (feature.nulls, method) {
                case (.constant(let value), _): Float(value)
                case (_, .targetMean(_, let other)) where imputesMissing: Float(other)
                default: imputesMissing ? 0 : .nan
                }
            let nullText = feature.nulls == .mostFrequent ? frequent(codes, vocabulary, rows, top: 1).first : nil
            return FeatureEncoder(feature: feature.name, method: method, null: null, nullText: nullText)
        }
    }

    private static func null(_ policy: NullPolicy, _ known: [Float], _ imputesMissing: Bool) -> Float {
        guard !known.isEmpty else { return policy.constantValue ?? (imputesMissing ? 0 : .nan) }
        let mean = Float(known.reduce(0.0) { $0 + Double($1) } / Double(known.count))
        switch policy {
        case .missing: return imputesMissing ? mean : .nan
        case .constant(let value): return Float(value)
        case .mean: return mean
        case .median:
            let sorted = known.sorted()
            return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
        case .mostFrequent:
            var counts: [Float: Int] = [:]
            for value in known { counts[value, default: 0] += 1 }
            return counts.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key ?? mean
        }
    }

    /// The most frequent values, and among equally frequent ones those that sort first.
    private static func frequent(_ codes: [Int32], _ vocabulary: Vocabulary, _ rows: [Int], top: Int) -> [String] {
        var counts = [Int](repeating: 0, count: vocabulary.texts.count)
        for row in rows where codes[row] >= 0 { counts[Int(codes[row])] += 1 }
        let seen = vocabulary.texts.indices.filter { counts[$0] > 0 }
        let order = seen.sorted {
            counts[$0] != counts[$1] ? counts[$0] > counts[$1] : precedes(vocabulary.texts[$0], vocabulary.texts[$1])
        }
        return order.prefix(top).map { vocabulary.texts[$0] }
    }

    private static func precedes(_ left: String, _ right: String) -> Bool { left.utf8.lexicographicallyPrecedes(right.utf8) }

    private static func targetMean(
        _ codes: [Int32], _ vocabulary: Vocabulary, _ rows: [Int], _ labels: [Float], _ smoothing: Double
    ) -> Method {
        let overall = rows.isEmpty ? 0 : rows.reduce(0.0) { $0 + Double(labels[$1]) } / Double(rows.count)
        var sums = [Double](repeating: 0, count: vocabulary.texts.count)
        var counts = sums
        for row in rows where codes[row] >= 0 {
            sums[Int(codes[row])] += Double(labels[row])
            counts[Int(codes[row])] += 1
        }
        var means: [String: Double] = [:]
        for (code, text) in vocabulary.texts.enumerated() where counts[code] > 0 {
            means[text] = (sums[code] + smoothing * overall) / (counts[code] + smoothing)
        }
        return .targetMean(means, other: overall)
    }
}

extension NullPolicy {
    fileprivate var constantValue: Float? {
        if case .constant(let value) = self { Float(value) } else { nil }
    }
}

// MARK: - In the artifact

extension FeatureEncoder {
    package var json: JSON {
        let fitted: JSON =
            switch method {
            case .number: ["method": "number"]
            case .oneHot(let values): ["method": "oneHot", "values": .array(values.map(JSON.string))]
            case .ordinal(let values): ["method": "ordinal", "values": .array(values.map(JSON.string))]
            case .hashed(let buckets): ["method": "hashed", "buckets": .int(Int64(buckets))]
            case .targetMean(let means, let other):
                ["method": "targetMean", "means": .object(means.mapValues(JSON.double)), "other": .double(other)]
            case .tfidf(let weights):
                [
                    "method": "tfidf", "values": .array(weights.terms.map(JSON.string)),
                    "rarities": .array(weights.rarities.map(JSON.double)),
                ]
            }
        var members: [String: JSON] = [
            "feature": .string(feature), "encoding": fitted, "null": null.isNaN ? .null : .double(Double(null)),
        ]
        if let nullText { members["nullText"] = .string(nullText) }
        return .object(members)
    }

    package init?(json: JSON) {
        guard let feature = json["feature"]?.string, let fitted = json["encoding"], let name = fitted["method"]?.string else { return nil }
        let values = fitted["values"]?.array?.compactMap(\.string) ?? []
        let method: Method
        switch name {
        case "number": method = .number
        case "oneHot": method = .oneHot(values)
        case "ordinal": method = .ordinal(values)
        case "hashed":
            guard let buckets = fitted["buckets"]?.int, (1...4096).contains(buckets) else { return nil }
            method = .hashed(buckets: Int(buckets))
        case "targetMean":
            guard let means = fitted["means"]?.object, let other = fitted["other"]?.double else { return nil }
            method = .targetMean(means.compactMapValues(\.double), other: other)
        case "tfidf":
            let rarities = fitted["rarities"]?.array?.compactMap(\.double) ?? []
            guard rarities.count == values.count else { return nil }
            method = .tfidf(TermWeights(terms: values, rarities: rarities))
        default: return nil
        }
        self.init(
            feature: feature, method: method, null: json["null"]?.double.map(Float.init) ?? .nan, nullText: json["nullText"]?.string)
    }
}
