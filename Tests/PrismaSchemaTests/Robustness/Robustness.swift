import Testing

/// Tests that compute for long. They run one after the other, and give way now and then: the threads that tests run on are few, and
/// tests of other parts wait there for answers that have a deadline.
@Suite(.serialized) enum Robustness {}
