/// One training: what to learn, how, from which rows.
package struct TrainingRequest: Sendable {
    package var task: LearningTask
    package var algorithm: TrainingAlgorithm
    package var training: LabelledRows
    /// Rows that decide when to stop, and never what is fitted.
    package var validation: LabelledRows?
    /// Rows to score with the trained model, by the trainer's own means: parity and metrics come from them.
    package var scoring: FeatureMatrix?

    package init(
        _ task: LearningTask, by algorithm: TrainingAlgorithm, on training: LabelledRows, validation: LabelledRows? = nil,
        scoring: FeatureMatrix? = nil
    ) {
        self.task = task
        self.algorithm = algorithm
        self.training = training
        self.validation = validation
        self.scoring = scoring
    }
}

/// An algorithm with its parameters.
package enum TrainingAlgorithm: Sendable, Hashable, Codable {
    case trees(TreeParameters)
    case linear(LinearParameters)
    /// What another language trains.
    case python(PythonAlgorithm)
}

extension TrainingRequest {
    /// Trains in this process, on this thread; `progress` is called between rounds and may throw to stop.
    package func run(progress: (TrainingProgress) throws -> Void = { _ in }) throws -> TrainingResult {
        switch algorithm {
        case .trees(let parameters):
            try TreeTrainer(task, parameters).train(on: training, validation: validation, scoring: scoring, progress: progress)
        case .linear(let parameters):
            try LinearTrainer(task, parameters).train(on: training, scoring: scoring, progress: progress)
        case .python:
            throw TrainingError(
                .trainerMissing, "the algorithm is one of Python's, which no trainer here can train", at: "algorithm",
                suggestion: "use --trainer python or docker")
        }
    }
}

/// What a training gives.
package struct TrainingResult: Sendable, Hashable {
    package var model: TrainedModel
    /// The trainer's own scores for the rows that were to be scored, `task.scoreCount` for each row.
    package var scores: [Float]
    /// The loss on the validation rows after each round, if there were any.
    package var losses: [Double]
    /// Whether the scores come from the trainer; false where it gave none, and they are the exported model's own.
    package var scoresAreTrainers = true

    package init(model: TrainedModel, scores: [Float], losses: [Double], scoresAreTrainers: Bool = true) {
        self.model = model
        self.scores = scores
        self.losses = losses
        self.scoresAreTrainers = scoresAreTrainers
    }
}

/// How far a training is.
package struct TrainingProgress: Sendable, Hashable, Codable {
    /// The rounds that are done.
    package var round: Int
    package var rounds: Int
    /// The loss on the validation rows.
    package var loss: Double?
}
