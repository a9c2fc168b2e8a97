import HTTP
import PrisML
import Prisma

/// What is answered to a request: rows and predictions as JSON.
public struct Service: Sendable {
    private let prisma: PrismaClient
    private let late: Predictor<Parcel, Bool>
    private let ready: ReadyPredictor<Parcel, Bool>

    /// Loads the predictor, so that a server without one does not begin to answer.
    public init(_ prisma: PrismaClient, late: Predictor<Parcel, Bool> = Parcels.late) async throws {
        self.prisma = prisma
        self.late = late
        ready = try await late.load(with: prisma)
    }

    public func answer(_ request: HTTPRequest) async -> HTTPResponse {
        do {
            return try await route(request)
        } catch let error as PredictorError where error.code == .invalidFeatures {
            return Self.problem(422, error.message)
        } catch let error as JSON.ParseError {
            return Self.problem(400, "The body is no JSON: \(error.message) at byte \(error.offset).")
        } catch {
            // What the error says is for those who run the server.
            print("\(request.method) \(request.path): \(error)")
            return Self.problem(500, "The request failed; the server's log says why.")
        }
    }

    private func route(_ request: HTTPRequest) async throws -> HTTPResponse {
        let parts = request.path.split(separator: "/")
        switch (request.method, parts.first, parts.count) {
        case ("GET", "health", 1):
            return .json(JSON.object(["status": "ok", "version": .string(ready.version)]).text)
        case ("GET", "parcels", 1):
            guard let top = Int(request.query["top"] ?? "10"), (1...1_000).contains(top) else {
                return Self.problem(400, "top is a number from 1 to 1000.")
            }
            let rows = try await prisma.parcel.findMany(
                where: { $0.isLate == nil }, orderBy: { late($0).probability.descending }, take: top, include: late)
            return .json(JSON.array(rows.map(Self.json)).text)
        case ("GET", "parcels", 2):
            guard let id = Int(parts[1]) else { return Self.problem(400, "A parcel's id is a number.") }
            guard let row = try await prisma.parcel.findUnique(where: { $0.id == id }, include: late) else {
                return Self.problem(404, "There is no parcel \(id).")
            }
            return .json(Self.json(row).text)
        case ("POST", "predict", 1):
            guard case .object(let features) = try JSON(parsing: request.text) else {
                return Self.problem(400, "The body is an object with the features by their names.")
            }
            return .json(Self.json(try ready.predict(features: features)).text)
        case (_, "health", 1), (_, "parcels", 1...2), (_, "predict", 1):
            return Self.problem(405, "\(request.method) is not for \(request.path).")
        default:
            return Self.problem(404, "There is nothing at \(request.path).")
        }
    }

    private static func json(_ row: (Parcel, Prediction<Bool>)) -> JSON {
        let (parcel, prediction) = row
        return [
            "id": .int(Int64(parcel.id)), "carrier": .string(parcel.carrier.rawValue), "weight": .double(parcel.weight),
            "distance": .double(parcel.distance), "late": json(prediction),
        ]
    }

    private static func json(_ prediction: Prediction<Bool>) -> JSON {
        ["label": .bool(prediction.label), "probability": .double(prediction.probability), "version": .string(prediction.version)]
    }

    private static func problem(_ status: Int, _ message: String) -> HTTPResponse {
        .json(JSON.object(["error": .string(message)]).text, status: status)
    }
}
