import CTreePeers
import Foundation

/// The rows that all evaluators predict, in the forms that they take.
final class TreeRows {
    let columns: Int
    let count: Int
    /// All rows, one behind the other, in 32 and in 64 bits.
    let floats: UnsafeMutablePointer<Float>
    let doubles: UnsafeMutablePointer<Double>
    /// The texts of a row, for a pipeline that takes some.
    let texts: [[String]]

    init(_ values: [Float], columns: Int, texts: [[String]] = []) {
        self.columns = columns
        self.texts = texts
        count = values.count / columns
        floats = .allocate(capacity: values.count)
        doubles = .allocate(capacity: values.count)
        floats.initialize(from: values, count: values.count)
        doubles.initialize(from: values.map { Double($0) }, count: values.count)
    }

    deinit {
        floats.deallocate()
        doubles.deallocate()
    }

    func row(_ index: Int) -> UnsafeMutablePointer<Float> { floats + index * columns }
    func wideRow(_ index: Int) -> UnsafeMutablePointer<Double> { doubles + index * columns }
}

/// Another evaluator, ready to be called.
struct TreePeer {
    let name: String
    /// Gets ready for batches of a size; what it gives predicts the rows from one on, into `scores`.
    let ready: (_ batch: Int) throws -> (_ first: Int) -> Void
    /// The score of the second class of each row of the last batch.
    let scores: (_ count: Int) -> [Double]

    struct Failure: Error, CustomStringConvertible {
        let description: String

        init() { description = String(cString: tree_peer_error()) }
    }

    private static func opened(_ peer: OpaquePointer?) throws -> OpaquePointer {
        guard let peer else { throw Failure() }
        return peer
    }

    /// ONNX Runtime's C interface: one thread, tensors made beforehand over memory that rows are copied into, and only the scores asked for.
    static func runtime(_ library: String, model: String, output: String, rows: TreeRows) throws -> TreePeer {
        let peer = try opened(ort_peer_open(library, model, 1))
        let space = UnsafeMutablePointer<Float>.allocate(capacity: rows.count * rows.columns)
        let scores = UnsafeMutablePointer<Float>.allocate(capacity: rows.count * 2)
        return TreePeer(name: "ONNX Runtime") { batch in
            ort_peer_clear(peer)
            guard ort_peer_numbers(peer, "X", space, Int64(batch), Int64(rows.columns)) == 1,
                ort_peer_output(peer, output, scores, Int64(batch), 2) == 1
            else { throw Failure() }
            return { first in
                space.update(from: rows.row(first), count: batch * rows.columns)
                if ort_peer_run(peer) == 0 { fatalError(String(cString: tree_peer_error())) }
            }
        } scores: { count in
            (0..<count).map { Double(scores[2 * $0 + 1]) }
        }
    }

    /// The same for a pipeline with an input for each column. Its texts are made into a tensor beforehand and not changed between runs.
    static func runtimePipeline(_ library: String, model: String, names: [String], texts: [String], rows: TreeRows) throws -> TreePeer {
        let peer = try opened(ort_peer_open(library, model, 1))
        let spaces = names.map { _ in UnsafeMutablePointer<Float>.allocate(capacity: rows.count) }
        let scores = UnsafeMutablePointer<Float>.allocate(capacity: rows.count * 2)
        return TreePeer(name: "ONNX Runtime") { batch in
            ort_peer_clear(peer)
            for (name, space) in zip(names, spaces) {
                guard ort_peer_numbers(peer, name, space, Int64(batch), 1) == 1 else { throw Failure() }
            }
            for (index, name) in texts.enumerated() {
                let words = rows.texts.prefix(batch).map { UnsafePointer(strdup($0[index])) }
                defer { words.forEach { free(UnsafeMutableRawPointer(mutating: $0)) } }
                guard ort_peer_texts(peer, name, words, Int64(batch), 1) == 1 else { throw Failure() }
            }
            guard ort_peer_output(peer, "probabilities", scores, Int64(batch), 2) == 1 else { throw Failure() }
            return { first in
                for row in 0..<batch {
                    let source = rows.row(first + row)
                    for (column, space) in spaces.enumerated() { space[row] = source[column] }
                }
                if ort_peer_run(peer) == 0 { fatalError(String(cString: tree_peer_error())) }
            }
        } scores: { count in
            (0..<count).map { Double(scores[2 * $0 + 1]) }
        }
    }

    static func xgboost(_ library: String, model: String, rows: TreeRows) throws -> TreePeer {
        let peer = try opened(xgb_peer_open(library, model, 1))
        var result: UnsafePointer<Float>?
        return TreePeer(name: "XGBoost in place") { batch in
            { first in
                xgb_peer_rows(peer, rows.row(first), Int64(batch), Int64(rows.columns))
                result = xgb_peer_predict(peer)
            }
        } scores: { count in
            result.map { result in (0..<count).map { Double(result[$0]) } } ?? []
        }
    }

    static func lightGBM(_ library: String, model: String, rows: TreeRows) throws -> TreePeer {
        let peer = try opened(lgb_peer_open(library, model, Int32(rows.columns), 1))
        let scores = UnsafeMutablePointer<Double>.allocate(capacity: rows.count)
        return TreePeer(name: "LightGBM") { batch in
            if batch == 1 { return { _ = lgb_peer_one(peer, rows.row($0), scores) } }
            return { _ = lgb_peer_many(peer, rows.row($0), Int32(batch), Int32(rows.columns), scores) }
        } scores: { count in
            (0..<count).map { scores[$0] }
        }
    }

    /// A compiled model, called row by row from C, without the threads and the copies of its Python package.
    static func treelite(_ library: String, rows: TreeRows) throws -> TreePeer {
        let peer = try opened(treelite_peer_open(library))
        let isWide = treelite_peer_is_wide(peer) == 1
        let classes = Int(treelite_peer_classes(peer))
        let scores = UnsafeMutableRawPointer.allocate(byteCount: rows.count * classes * 8, alignment: 8)
        return TreePeer(name: "treelite, compiled") { batch in
            { first in
                let source = isWide ? UnsafeRawPointer(rows.wideRow(first)) : UnsafeRawPointer(rows.row(first))
                treelite_peer_predict(peer, source, Int64(batch), Int32(rows.columns), scores)
            }
        } scores: { count in
            (0..<count).map { row in
                let place = row * classes + classes - 1
                return isWide
                    ? scores.assumingMemoryBound(to: Double.self)[place] : Double(scores.assumingMemoryBound(to: Float.self)[place])
            }
        }
    }

    static func lleaves(_ library: String, rows: TreeRows) throws -> TreePeer {
        let peer = try opened(lleaves_peer_open(library))
        let scores = UnsafeMutablePointer<Double>.allocate(capacity: rows.count)
        return TreePeer(name: "lleaves, compiled") { batch in
            { lleaves_peer_predict(peer, rows.wideRow($0), Int32(batch), scores) }
        } scores: { count in
            (0..<count).map { scores[$0] }
        }
    }
}
