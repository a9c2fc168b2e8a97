/// Expressions of a row's own columns as one straight run of instructions over plain numbers.
///
/// It answers as `CompiledExpression` does, to the bit, for what can be said without text. Nothing is allocated, no closure is called and
/// no object is held meanwhile: it is for each of a million rows, and cores that run it do not wait for each other.
package struct CellProgram: Sendable {
    /// A column of the row, and what of it is read.
    package struct Load: Hashable, Sendable {
        package enum Part: Hashable, Sendable {
            case bool, integer, real, timestamp
            case isNull
            /// The number of a text's characters, as Unicode's scalars.
            case length
        }

        package let field: String
        package let part: Part
        /// The first of the expressions that reads it.
        package let output: Int
    }

    /// Where a column is among the cells of a query's row: in the record that begins somewhere, or behind it.
    package enum Place: Hashable, Sendable {
        case record(Int)
        case further(Int)
    }

    /// Where the value of an expression is, and where among the numbers of a row it goes.
    struct Output: Sendable {
        let register: Int
        let column: Int
        /// What stands for a null.
        let null: Float
    }

    /// The columns, in the order of their registers, which are the first ones.
    package let loads: [Load]
    let outputs: [Output]
    /// The registers as they are before a row: constants are there already.
    let initial: [CellNumber]
    let instructions: [CellInstruction]
    /// The registers that hold the instant that `.now` stands for.
    let nowRegisters: [Int]

    package var readsNow: Bool { !nowRegisters.isEmpty }

    /// Registers for one worker.
    ///
    /// - Parameter now: what `.now` stands for, in microseconds since 1970.
    package func makeRegisters(now: Int64) -> [CellNumber] {
        // One at least, so that they have an address.
        var registers = initial.isEmpty ? [CellNumber.null] : initial
        for register in nowRegisters { registers[register] = CellNumber(.timestamp, now) }
        return registers
    }

    package func set(now: Int64, in registers: UnsafeMutablePointer<CellNumber>) {
        for register in nowRegisters { registers[register] = CellNumber(.timestamp, now) }
    }

    /// The values of the expressions as numbers, from the cells of a query's row.
    ///
    /// - Parameters:
    ///   - places: where the loads' columns are.
    ///   - record: the cell that the record begins at.
    ///   - further: the cell that what is behind it begins at.
    package func encode(
        _ row: SQLRow, _ places: [Place], record: Int, further: Int, registers: UnsafeMutablePointer<CellNumber>,
        into target: UnsafeMutablePointer<Float>
    ) throws(PrismaError) {
        let cells = row.cells
        for index in loads.indices {
            let place =
                switch places[index] {
                case .record(let place): record + place
                case .further(let place): further + place
                }
            guard place < cells.count else { throw SQLRow.exhausted(place) }
            registers[index] = try CellNumber(cells[place], loads[index].part, at: place)
        }
        run(registers, into: target)
    }

    /// The values of the expressions as numbers, from a record in hand.
    ///
    /// - Parameter places: where the loads' columns are among the record's fields.
    package func encode<Row: Record>(
        _ record: Row, _ places: [Int], registers: UnsafeMutablePointer<CellNumber>, into target: UnsafeMutablePointer<Float>
    ) {
        for index in loads.indices { registers[index] = CellNumber(record.value(at: places[index]), loads[index].part) }
        run(registers, into: target)
    }

    /// The same for whatever an expression can be asked of.
    package func encode(
        _ row: any EvaluationRow, _ places: [Int], registers: UnsafeMutablePointer<CellNumber>,
        into target: UnsafeMutablePointer<Float>
    ) throws(PrismaError) {
        for index in loads.indices { registers[index] = CellNumber(try row.value(at: places[index]), loads[index].part) }
        run(registers, into: target)
    }

    @inline(__always)
    private func run(_ registers: UnsafeMutablePointer<CellNumber>, into target: UnsafeMutablePointer<Float>) {
        run(registers)
        for output in outputs {
            let number = registers[output.register].float
            target[output.column] = number.isNaN ? output.null : number
        }
    }

    /// Computes the expressions, each in its register; the loads are there already.
    @inline(__always)
    func run(_ registers: UnsafeMutablePointer<CellNumber>) {
        for instruction in instructions { registers[Int(instruction.target)] = instruction.value(registers) }
    }
}

/// A value in a register: null, or what fits into 64 bits.
package struct CellNumber: Sendable {
    enum Kind: UInt8, Sendable { case null, bool, integer, real, timestamp }

    var kind: Kind
    var bits: Int64

    @inline(__always)
    init(_ kind: Kind, _ bits: Int64) {
        self.kind = kind
        self.bits = bits
    }

    @inline(__always)
    init(_ real: Double) { self.init(.real, Int64(bitPattern: real.bitPattern)) }

    @inline(__always)
    init(_ bool: Bool) { self.init(.bool, bool ? 1 : 0) }

    static let null = CellNumber(.null, 0)

    @inline(__always)
    var real: Double { Double(bitPattern: UInt64(bitPattern: bits)) }

    var isTrue: Bool { kind == .bool && bits != 0 }

    /// NaN for null and for what is no number, truth being 0 and 1.
    @inline(__always)
    var float: Float {
        switch kind {
        case .real: Float(real)
        case .integer, .bool: Float(bits)
        case .null, .timestamp: .nan
        }
    }
}

// MARK: - Columns in

extension CellNumber {
    /// A column of a query's row.
    @inline(__always)
    init(_ cell: SQLCell, _ part: CellProgram.Load.Part, at place: Int) throws(PrismaError) {
        if case .isNull = part {
            self.init(cell.kind == .null)
            return
        }
        switch (part, cell.kind) {
        case (_, .null): self = .null
        case (.real, .real): self.init(.real, cell.integer)
        case (.integer, .integer): self.init(.integer, cell.integer)
        case (.bool, .boolean): self.init(.bool, cell.integer)
        case (.timestamp, .timestamp): self.init(.timestamp, cell.integer)
        default: self = try Self.converted(cell, part, place)
        }
    }

    private static func converted(
        _ cell: SQLCell, _ part: CellProgram.Load.Part, _ place: Int
    ) throws(PrismaError) -> CellNumber {
        switch part {
        case .real: return CellNumber(try SQLRow.double(cell, at: place))
        case .integer: return CellNumber(.integer, try SQLRow.int64(cell, at: place))
        case .bool: return CellNumber(try SQLRow.bool(cell, at: place))
        case .timestamp: return CellNumber(.timestamp, try SQLRow.microseconds(cell, at: place))
        case .isNull: return CellNumber(cell.kind == .null)
        case .length:
            guard cell.kind == .text else { throw SQLRow.mismatch(cell, "text", at: place) }
            guard let start = cell.pointer else { return CellNumber(.integer, 0) }
            return CellNumber(.integer, try length(UnsafeRawBufferPointer(start: start, count: cell.count), cell, place))
        }
    }

    /// Every byte that does not go on with a character begins one.
    private static func length(_ bytes: UnsafeRawBufferPointer, _ cell: SQLCell, _ place: Int) throws(PrismaError) -> Int64 {
        var (count, isASCII): (Int64, UInt8) = (0, 0)
        for byte in bytes {
            count += byte & 0xc0 == 0x80 ? 0 : 1
            isASCII |= byte
        }
        if isASCII < 0x80 { return count }
        // What is not valid is refused, as where the text itself is read.
        return Int64(try SQLRow.string(cell, at: place).unicodeScalars.count)
    }

    /// A field of a record in hand.
    @inline(__always)
    init(_ value: SQLValue, _ part: CellProgram.Load.Part) {
        switch (part, value) {
        case (.isNull, _): self.init(value.isNull)
        case (.real, .double(let value)): self.init(value)
        case (.integer, .int(let value)): self.init(.integer, value)
        case (.bool, .bool(let value)): self.init(value)
        case (.timestamp, .timestamp(let value)): self.init(.timestamp, value)
        case (.length, .text(let text)): self.init(.integer, Int64(text.unicodeScalars.count))
        default: self = .null
        }
    }
}
