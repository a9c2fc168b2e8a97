// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "benchmarks",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "prisml", path: "..")],
    targets: [
        // The trainer's peer: the same library, called as its documentation has it.
        .systemLibrary(name: "CXGBoostPeer", pkgConfig: "xgboost", providers: [.apt(["libxgboost-dev"]), .brew(["xgboost"])]),
        .executableTarget(
            name: "benchmarks",
            dependencies: [
                .product(name: "PrismaSchema", package: "prisml"), .product(name: "PrisMLTraining", package: "prisml"), "CXGBoostPeer",
            ],
            swiftSettings: [.enableUpcomingFeature("ExistentialAny"), .treatAllWarnings(as: .error)]),
    ]
)
