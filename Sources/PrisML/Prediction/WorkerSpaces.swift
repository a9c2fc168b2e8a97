internal import Synchronization

#if canImport(Darwin)
internal import Darwin
#elseif canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

/// What workers compute in, lent to one of them at a time.
///
/// A thread finds again what it gave back: each has a slot of its own, on a cache line of its own, so that threads which take and give back
/// a million times a second do not wait for each other. A space that is taken is in no slot; one that finds no free slot is let go of.
struct WorkerSpaces<Space: AnyObject>: Sendable {
    // Slots hold plain objects: a generic type's metadata would be looked up in each call.
    private let slots = WorkerSlots()

    /// A space that nobody else has; nil if there is none near.
    @inline(__always)
    func take() -> Space? { slots.take().map { unsafeDowncast($0, to: Space.self) } }

    @inline(__always)
    func giveBack(_ space: Space) { slots.giveBack(space) }

    /// Lets go of the spaces that nobody has.
    func clear() { slots.clear() }
}

/// The slots of some threads.
///
/// Sendable because a slot is exchanged as a whole: whoever got the space out of it is the only one who has it.
private final class WorkerSlots: @unchecked Sendable {
    /// Two cache lines: processors fetch them in pairs.
    private struct Slot: ~Copyable {
        let space = Atomic<UnsafeRawPointer?>(nil)
        let padding: (Int, Int, Int, Int, Int, Int, Int) = (0, 0, 0, 0, 0, 0, 0)
        let more: (Int, Int, Int, Int, Int, Int, Int, Int) = (0, 0, 0, 0, 0, 0, 0, 0)
    }

    private static let slotCount = 32
    /// How many slots a thread looks into.
    private static let tries = 4
    private let slots: UnsafeMutablePointer<Slot>

    init() {
        slots = UnsafeMutableRawPointer.allocate(byteCount: Self.slotCount * MemoryLayout<Slot>.stride, alignment: 128)
            .bindMemory(to: Slot.self, capacity: Self.slotCount)
        for index in 0..<Self.slotCount { (slots + index).initialize(to: Slot()) }
    }

    func clear() {
        for index in 0..<Self.slotCount {
            if let space = slots[index].space.exchange(nil, ordering: .acquiring) { Unmanaged<AnyObject>.fromOpaque(space).release() }
        }
    }

    deinit {
        clear()
        slots.deinitialize(count: Self.slotCount)
        slots.deallocate()
    }

    func take() -> AnyObject? {
        let home = Self.home
        for step in 0..<Self.tries {
            guard let space = slots[(home &+ step) & (Self.slotCount - 1)].space.exchange(nil, ordering: .acquiring) else { continue }
            return Unmanaged<AnyObject>.fromOpaque(space).takeRetainedValue()
        }
        return nil
    }

    func giveBack(_ space: AnyObject) {
        let home = Self.home
        let space = Unmanaged.passRetained(space)
        for step in 0..<Self.tries {
            let slot = (home &+ step) & (Self.slotCount - 1)
            let (isStored, _) = slots[slot].space.compareExchange(
                expected: nil, desired: UnsafeRawPointer(space.toOpaque()), ordering: .releasing)
            if isStored { return }
        }
        space.release()
    }

    /// The slot of the thread that asks.
    @inline(__always)
    private static var home: Int {
        #if canImport(Glibc)
        let thread = UInt64(pthread_self())
        #else
        let thread = UInt64(UInt(bitPattern: pthread_self()))
        #endif
        // Threads' addresses differ in the middle; the product brings that to the top.
        return Int((thread >> 6) &* 0x9e37_79b9_7f4a_7c15 >> 59)
    }
}
