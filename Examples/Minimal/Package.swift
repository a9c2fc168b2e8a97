// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "minimal",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(name: "prisml", path: "../..")
    ],
    targets: [
        // The database client that `prisml generate` writes, and the predictors: all that an application links.
        .target(
            name: "Homes",
            dependencies: [
                .product(name: "PrisML", package: "prisml"),
                .product(name: "Prisma", package: "prisml"),
                .product(name: "PrismaSchema", package: "prisml"),
                .product(name: "PrismaSQLite", package: "prisml"),
            ]),
        // `swift run ml train`: the commands, with this project's predictors.
        .executableTarget(name: "ml", dependencies: ["Homes", .product(name: "PrisMLCommands", package: "prisml")]),
        // `swift run app`: homes, and what they are worth.
        .executableTarget(name: "app", dependencies: ["Homes"]),
        .testTarget(name: "HomesTests", dependencies: ["Homes", .product(name: "PrisMLCommands", package: "prisml")]),
    ]
)
