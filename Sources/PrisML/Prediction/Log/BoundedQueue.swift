/// A queue with an end: where there is no room for a new element, the oldest one goes.
struct BoundedQueue<Element> {
    /// A ring; empty places are nil.
    private var places: [Element?] = []
    private var first = 0
    private let capacity: Int
    private(set) var count = 0
    /// How many elements went because there was no room.
    private(set) var dropped = 0

    init(capacity: Int) {
        self.capacity = Swift.max(1, capacity)
    }

    var isEmpty: Bool { count == 0 }

    /// Lets all elements go, which counts as dropping them.
    mutating func dropAll() {
        dropped += count
        places = []
        (first, count) = (0, 0)
    }

    /// Counts elements that were never taken in.
    mutating func refuse(_ count: Int) { dropped += count }

    mutating func append(_ element: Element) {
        if count < capacity {
            if count == places.count { grow() }
            places[(first + count) % places.count] = element
            count += 1
        } else {
            places[first] = element
            first = (first + 1) % places.count
            dropped += 1
        }
    }

    /// The oldest elements, up to so many.
    mutating func takeFirst(_ limit: Int) -> [Element] {
        var taken: [Element] = []
        taken.reserveCapacity(Swift.min(limit, count))
        while taken.count < limit, count > 0 {
            if let element = places[first] { taken.append(element) }
            places[first] = nil
            first = (first + 1) % places.count
            count -= 1
        }
        return taken
    }

    /// Puts elements that were taken back to the front; they are the oldest, and the first to go where there is no room.
    mutating func putBack(_ elements: [Element]) {
        let kept = elements.suffix(capacity - count)
        dropped += elements.count - kept.count
        for element in kept.reversed() {
            if count == places.count { grow() }
            first = (first + places.count - 1) % places.count
            places[first] = element
            count += 1
        }
    }

    private mutating func grow() {
        let room = Swift.min(capacity, Swift.max(16, places.count * 2))
        let elements = places.indices.map { places[(first + $0) % places.count] }
        places = elements + [Element?](repeating: nil, count: room - elements.count)
        first = 0
    }
}
