import PrisML
import Prisma

/// Which parcels arrive late.
public let late = Predictor("late", on: Parcel.self, predicting: \.isLate) { parcel in
    Feature("carrier", parcel.carrier)
    Feature("weight", parcel.weight)
    Feature("distance", parcel.distance)
    Feature("hub", parcel.hub.map { $0.city }, .oneHot(top: 10))
}
.algorithm(.gradientBoostedTrees(rounds: 100, depth: 4))
.gate(.rocAUC, atLeast: 0.7)
