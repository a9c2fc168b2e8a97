import ONNX
import PrisML
import PrisMLTraining
import Prisma
import PrismaSchema

extension Output {
    /// Says what went wrong; the error types of the libraries below are told apart here and nowhere else.
    func report(_ error: any Error) -> ExitCode {
        switch error {
        case let error as CommandError where error.code != .defect:
            self.error(error.message, next: error.next)
            return error.exitCode
        case is CancellationError:
            // The shell's prompt shall not continue a line that was being redrawn.
            if canRedraw { print() }
            return .interrupted
        case let error as SchemaError:
            Problems(.failure(error)).print(on: self)
            return .input
        case var error as PrismaError:
            let next = error.help
            error.help = nil
            self.error(error.description, next: next, code: error.code.rawValue)
            return .input
        case let error as PredictorError:
            self.error("\(error.code): predictor \(error.predictor): \(error.message)", next: error.help, code: error.code.rawValue)
            return .input
        case let error as TrainingError:
            let place = error.location.map { "\($0): " } ?? ""
            self.error("\(error.code.rawValue): \(place)\(error.message)", next: error.suggestion, code: error.code.rawValue)
            return .input
        case let error as ONNXError:
            let place = error.location.map { "\($0): " } ?? ""
            self.error("\(error.code.rawValue): \(place)\(error.message)", next: error.suggestion, code: error.code.rawValue)
            return .input
        default:
            let message = (error as? CommandError)?.message ?? "\(error)"
            self.error("a defect of prisml: \(message)", next: "please report it with the command line and '\(Version.line)'")
            return .defect
        }
    }
}
