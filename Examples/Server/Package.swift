// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "server",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(name: "prisml", path: "../..")
    ],
    targets: [
        // The database client that `prisml generate` writes, the predictors, and what is answered to a request.
        .target(
            name: "Parcels",
            dependencies: [
                "HTTP",
                .product(name: "PrisML", package: "prisml"),
                .product(name: "Prisma", package: "prisml"),
                .product(name: "PrismaSchema", package: "prisml"),
                .product(name: "PrismaSQLite", package: "prisml"),
            ]),
        // A plain HTTP/1.1 server. Take the framework of your choice in its place: only `Service` knows it.
        .target(name: "HTTP"),
        // `swift run ml train`: the commands, with this project's predictors.
        .executableTarget(name: "ml", dependencies: ["Parcels", .product(name: "PrisMLCommands", package: "prisml")]),
        // `swift run seed`: hubs and parcels to play with.
        .executableTarget(name: "seed", dependencies: ["Parcels"]),
        // `swift run server`: answers with predictions.
        .executableTarget(name: "server", dependencies: ["Parcels", "HTTP"]),
        .testTarget(name: "ParcelsTests", dependencies: ["Parcels", "HTTP", .product(name: "PrisMLCommands", package: "prisml")]),
    ]
)
