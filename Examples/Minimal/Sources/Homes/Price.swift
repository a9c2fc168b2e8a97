import PrisML
import Prisma

/// What a home would sell for.
public let price = Predictor("price", on: Home.self, predicting: \.price) { home in
    Feature("area", home.area)
    Feature("rooms", home.rooms)
    Feature("builtIn", home.builtIn)
    Feature("heating", home.heating)
}
.gate(.r2, atLeast: 0.7)
