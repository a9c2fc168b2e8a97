/// Finds the least value of a smooth convex function: L-BFGS, with steps that are halved until they go down.
struct Minimiser {
    /// It has arrived when no slope is steeper.
    var tolerance = 1e-8
    var iterations: Int
    private let memory = 12

    init(iterations: Int) {
        self.iterations = iterations
    }

    /// Gives the place, and whether it arrived; `step` is told the value after each step and may throw to stop.
    func minimum(
        from start: [Double], of function: (_ place: [Double], _ gradient: inout [Double]) -> Double, step: (Int, Double) throws -> Void
    ) rethrows -> (place: [Double], hasArrived: Bool) {
        var place = start
        var gradient = [Double](repeating: 0, count: start.count)
        var value = function(place, &gradient)
        var history: [(move: [Double], bend: [Double], scale: Double)] = []
        for iteration in 1...max(iterations, 1) {
            guard gradient.contains(where: { $0.magnitude > tolerance }) else { return (place, true) }
            var direction = Self.direction(gradient, history)
            var slope = Self.dot(direction, gradient)
            if !(slope < 0) {
                history = []
                direction = gradient.map { -$0 }
                slope = Self.dot(direction, gradient)
            }
            var length = history.isEmpty ? min(1, 1 / (-slope).squareRoot()) : 1
            var next = place
            var nextGradient = gradient
            var nextValue = Double.infinity
            for _ in 0..<60 {
                for index in place.indices { next[index] = place[index] + length * direction[index] }
                nextValue = function(next, &nextGradient)
                if nextValue <= value + 1e-4 * length * slope { break }
                length /= 2
            }
            // Where no step goes down any more, the value is as low as its last bits can tell.
            guard nextValue < value else { return (place, true) }
            let move = zip(next, place).map { $0 - $1 }
            let bend = zip(nextGradient, gradient).map { $0 - $1 }
            let curvature = Self.dot(move, bend)
            if curvature > 1e-12 * Self.dot(bend, bend) {
                if history.count == memory { history.removeFirst() }
                history.append((move, bend, 1 / curvature))
            }
            (place, gradient, value) = (next, nextGradient, nextValue)
            try step(iteration, value)
        }
        return (place, false)
    }

    /// Downhill, bent by what the last steps told about the curvature.
    private static func direction(_ gradient: [Double], _ history: [(move: [Double], bend: [Double], scale: Double)]) -> [Double] {
        var direction = gradient.map { -$0 }
        var shares: [Double] = []
        for past in history.reversed() {
            let share = past.scale * dot(past.move, direction)
            shares.append(share)
            for index in direction.indices { direction[index] -= share * past.bend[index] }
        }
        if let last = history.last {
            let factor = 1 / (last.scale * dot(last.bend, last.bend))
            for index in direction.indices { direction[index] *= factor }
        }
        for (past, share) in zip(history, shares.reversed()) {
            let back = past.scale * dot(past.bend, direction)
            for index in direction.indices { direction[index] += (share - back) * past.move[index] }
        }
        return direction
    }

    private static func dot(_ first: [Double], _ second: [Double]) -> Double {
        var sum = 0.0
        for index in first.indices { sum += first[index] * second[index] }
        return sum
    }
}
