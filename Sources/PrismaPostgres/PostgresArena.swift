/// Memory for values that are computed from what the server sent; they live until the next row.
final class PostgresArena {
    private static let blockSize = 4096
    private var blocks: [UnsafeMutableRawBufferPointer] = []
    private var current = 0
    private var used = 0

    deinit {
        for block in blocks { block.deallocate() }
    }

    /// Makes the memory of the row before available again.
    func reset() {
        current = 0
        used = 0
    }

    /// Uninitialised memory, aligned for anything.
    func allocate(_ count: Int) -> UnsafeMutableRawBufferPointer {
        let size = (max(count, 1) + 15) & ~15
        while current < blocks.count, used + size > blocks[current].count {
            current += 1
            used = 0
        }
        if current == blocks.count {
            blocks.append(.allocate(byteCount: max(size, Self.blockSize), alignment: 16))
            used = 0
        }
        let start = used
        used += size
        return UnsafeMutableRawBufferPointer(rebasing: blocks[current][start..<start + max(count, 1)])
    }
}
