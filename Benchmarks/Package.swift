// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "benchmarks",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "prisml", path: "..")],
    targets: [
        // The trainer's peer: the same library, called as its documentation has it.
        .systemLibrary(name: "CXGBoostPeer", pkgConfig: "xgboost", providers: [.apt(["libxgboost-dev"]), .brew(["xgboost"])]),
        // The drivers' peers, in C over the same libraries.
        .target(
            name: "CDatabasePeers",
            linkerSettings: [.linkedLibrary("sqlite3"), .linkedLibrary("pq")]),
        // The tree evaluators' peers: libraries of Python packages, opened at run time.
        .target(name: "CTreePeers"),
        // The tests' own: it starts a private PostgreSQL.
        .target(name: "TestSupport"),
        // What `prisml generate` makes of its schema.
        .target(
            name: "BenchmarkClient",
            dependencies: [
                .product(name: "Prisma", package: "prisml"), .product(name: "PrismaSchema", package: "prisml"),
                .product(name: "PrismaSQLite", package: "prisml"),
            ],
            exclude: ["schema.prisma"]),
        .executableTarget(
            name: "benchmarks",
            dependencies: [
                .product(name: "PrismaSchema", package: "prisml"), .product(name: "PrisMLTraining", package: "prisml"), "CXGBoostPeer",
                .product(name: "PrisML", package: "prisml"), .product(name: "PrismaMigrate", package: "prisml"),
                .product(name: "PrismaGenerator", package: "prisml"),
                .product(name: "Prisma", package: "prisml"), .product(name: "PrismaSQLite", package: "prisml"),
                .product(name: "PrismaPostgres", package: "prisml"), "CDatabasePeers", "BenchmarkClient", "TestSupport",
                .product(name: "ONNX", package: "prisml"), "CTreePeers",
            ],
            swiftSettings: [.enableUpcomingFeature("ExistentialAny"), .treatAllWarnings(as: .error)]),
    ]
)
