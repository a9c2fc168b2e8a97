import PrisMLTraining
import Synchronization

/// Shows how far one training is: rows as they are read, the split, rounds with their loss.
final class TrainingView: Sendable {
    private let context: CommandContext
    private let state: Mutex<State>

    private struct State {
        var line: ProgressLine?
        var isFolding = false
        var stage = Stage.reading
        /// When the stage began.
        var start: Duration
        var seconds: [Stage: Double] = [:]
    }

    /// What a training spends its time on.
    enum Stage: String, CaseIterable {
        case reading, training, evaluating
    }

    init(_ context: CommandContext) {
        self.context = context
        state = Mutex(State(start: context.environment.elapsed()))
    }

    /// How long each stage took, for those that were reached.
    var seconds: [Stage: Double] { state.withLock { $0.seconds } }

    func show(_ stage: TrainingRun.TrainingStage) {
        state.withLock { state in
            switch stage {
            case .warning(let text): context.errors.warning(text)
            case .extracting(let rows, let total):
                let line = state.line ?? ProgressLine("reading", unit: "rows", total: total, context: context)
                state.line = line
                line.advance(to: rows)
            case .split(let training, let validation, let holdout):
                end(&state, next: .training)
                let tuned = validation > 0 ? ", \(validation) to stop by" : ""
                context.errors.print("split: \(Count.text(training, "row")) to train on\(tuned), \(holdout) held out")
            case .preparing(let what):
                context.errors.print(what)
            case .crossValidating(let fold, let folds):
                let line = state.line ?? ProgressLine("cross-validating", unit: "folds", total: folds, context: context)
                line.advance(to: fold)
                state.line = line
                state.isFolding = fold < folds
                if fold == folds {
                    line.finish()
                    state.line = nil
                }
            case .training(let progress):
                // The models of folds are not shown one by one.
                if state.isFolding { return }
                let line = state.line ?? ProgressLine("training", unit: "rounds", total: progress.rounds, context: context)
                state.line = line
                line.advance(to: progress.round, note: progress.loss.map { "loss \(Figures.short($0))" })
            case .evaluating:
                end(&state, next: .evaluating)
            }
        }
    }

    /// Ends the last stage; a training that was stopped leaves no half line.
    func end(completed: Bool) {
        state.withLock { state in
            if completed { end(&state, next: .evaluating) } else { state.line?.abandon() }
            state.line = nil
        }
    }

    private func end(_ state: inout State, next: Stage) {
        state.line?.finish()
        state.line = nil
        let now = context.environment.elapsed()
        let parts = (now - state.start).components
        state.seconds[state.stage, default: 0] += Double(parts.seconds) + Double(parts.attoseconds) * 1e-18
        state.stage = next
        state.start = now
    }
}
