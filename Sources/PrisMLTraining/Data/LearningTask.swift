/// What a model answers.
package enum LearningTask: Sendable, Hashable, Codable {
    /// One of two classes; labels are 0 and 1, and a row's score is the probability of 1.
    case binary
    /// One of several classes; labels count from 0, and a row's scores are the probability of each.
    case classes(Int)
    /// A number.
    case regression

    /// How many scores a row has.
    package var scoreCount: Int {
        if case .classes(let count) = self { count } else { 1 }
    }

    /// How many classes there are; 0 for a regression.
    package var classCount: Int {
        switch self {
        case .binary: 2
        case .classes(let count): count
        case .regression: 0
        }
    }
}
