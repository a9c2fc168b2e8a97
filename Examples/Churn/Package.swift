// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "churn",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(name: "prisml", path: "../..")
    ],
    targets: [
        // The database client that `prisml generate` writes, and the predictors: all that an application links.
        .target(
            name: "Shop",
            dependencies: [
                .product(name: "PrisML", package: "prisml"),
                .product(name: "Prisma", package: "prisml"),
                .product(name: "PrismaSchema", package: "prisml"),
                .product(name: "PrismaSQLite", package: "prisml"),
            ]),
        // `swift run ml train`: the commands, with this project's predictors.
        .executableTarget(name: "ml", dependencies: ["Shop", .product(name: "PrisMLCommands", package: "prisml")]),
        // `swift run seed`: customers and orders to play with.
        .executableTarget(name: "seed", dependencies: ["Shop"]),
        // `swift run app`: questions to the database that include predictions.
        .executableTarget(name: "app", dependencies: ["Shop"]),
        .testTarget(name: "ShopTests", dependencies: ["Shop", .product(name: "PrisMLCommands", package: "prisml")]),
    ]
)
