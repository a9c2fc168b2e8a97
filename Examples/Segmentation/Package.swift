// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "segmentation",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(name: "prisml", path: "../..")
    ],
    targets: [
        // The database client that `prisml generate` writes, and the predictors: all that an application links.
        .target(
            name: "Shoppers",
            dependencies: [
                .product(name: "PrisML", package: "prisml"),
                .product(name: "Prisma", package: "prisml"),
                .product(name: "PrismaSchema", package: "prisml"),
                .product(name: "PrismaSQLite", package: "prisml"),
            ]),
        // `swift run ml train`: the commands, with this project's predictors.
        .executableTarget(name: "ml", dependencies: ["Shoppers", .product(name: "PrisMLCommands", package: "prisml")]),
        // `swift run seed`: shoppers and purchases to play with.
        .executableTarget(name: "seed", dependencies: ["Shoppers"]),
        // `swift run app`: writes the segment of each shopper into its row, batch by batch.
        .executableTarget(name: "app", dependencies: ["Shoppers"]),
        .testTarget(name: "ShoppersTests", dependencies: ["Shoppers", .product(name: "PrisMLCommands", package: "prisml")]),
    ]
)
