/// A fixed block of memory that begins on a cache line.
///
/// It is written while it is made and only read afterwards, which is why it can be shared between tasks.
final class AlignedBuffer<Element: BitwiseCopyable>: @unchecked Sendable {
    let pointer: UnsafeMutablePointer<Element>
    let count: Int
    private let raw: UnsafeMutableRawPointer

    /// A block in which every element is `value`.
    init(repeating value: Element, count: Int) {
        raw = .allocate(byteCount: max(count, 1) * MemoryLayout<Element>.stride, alignment: 64)
        pointer = raw.bindMemory(to: Element.self, capacity: max(count, 1))
        pointer.initialize(repeating: value, count: max(count, 1))
        self.count = count
    }

    convenience init(_ elements: some Collection<Element>, filler: Element) {
        self.init(repeating: filler, count: elements.count)
        for (index, element) in elements.enumerated() { pointer[index] = element }
    }

    deinit {
        raw.deallocate()
    }
}
