// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "fraud",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(name: "prisml", path: "../..")
    ],
    targets: [
        // The database client that `prisml generate` writes, and the predictors: all that an application links.
        .target(
            name: "Payments",
            dependencies: [
                .product(name: "PrisML", package: "prisml"),
                .product(name: "Prisma", package: "prisml"),
                .product(name: "PrismaSchema", package: "prisml"),
                .product(name: "PrismaSQLite", package: "prisml"),
            ]),
        // `swift run ml train`: the commands, with this project's predictors.
        .executableTarget(name: "ml", dependencies: ["Payments", .product(name: "PrisMLCommands", package: "prisml")]),
        // `swift run seed`: accounts, cards and payments to play with.
        .executableTarget(name: "seed", dependencies: ["Payments"]),
        // `swift run app`: the payments that someone should look at first.
        .executableTarget(name: "app", dependencies: ["Payments"]),
        .testTarget(name: "PaymentsTests", dependencies: ["Payments", .product(name: "PrisMLCommands", package: "prisml")]),
    ]
)
