// swift-tools-version: 6.2
import PackageDescription

/// What every Swift target is compiled with. Warnings are errors here; a package that depends on this one is not held to that.
let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
]

/// What a release build says about itself: `PRISML_COMMIT=$(git rev-parse --short HEAD) swift build -c release`.
let commit = (Context.environment["PRISML_COMMIT"] ?? "").filter { $0.isLetter || $0.isNumber }

let package = Package(
    name: "prisml",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "PrismaSchema", targets: ["PrismaSchema"]),
        .library(name: "ONNX", targets: ["ONNX"]),
        .library(name: "Prisma", targets: ["Prisma"]),
        .library(name: "PrismaSQLite", targets: ["PrismaSQLite"]),
        .library(name: "PrismaPostgres", targets: ["PrismaPostgres"]),
        .library(name: "PrisML", targets: ["PrisML"]),
        .library(name: "PrisMLTraining", targets: ["PrisMLTraining"]),
        .library(name: "PrismaMigrate", targets: ["PrismaMigrate"]),
        .library(name: "PrismaGenerator", targets: ["PrismaGenerator"]),
        .library(name: "PrisMLCommands", targets: ["PrisMLCommands"]),
        .executable(name: "prisml", targets: ["prisml"]),
    ],
    targets: [
        // Floor 0: C libraries, a module map and a shim each.
        .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"]), .brew(["sqlite"])]),
        .systemLibrary(name: "CPostgres", pkgConfig: "libpq", providers: [.apt(["libpq-dev"]), .brew(["libpq"])]),
        .systemLibrary(name: "CXGBoost", pkgConfig: "xgboost", providers: [.apt(["libxgboost-dev"]), .brew(["xgboost"])]),
        .target(name: "CPrismlBuild", cSettings: [.define("PRISML_COMMIT", to: "\"\(commit)\"")]),

        // Floor 1: no database, no C.
        .target(name: "PrismaSchema"),
        .target(name: "CONNXKernels", exclude: ["walk.inc", "rank.inc"]),
        .target(name: "ONNX", dependencies: ["CONNXKernels"]),

        // Floor 2: the client's machinery.
        .target(name: "CSHA256"),
        .target(name: "Prisma", dependencies: ["PrismaSchema", "CSHA256"]),
        .target(name: "PrismaGenerator", dependencies: ["PrismaSchema"]),

        // Floor 3: one driver each, the only importers of their C library.
        .target(name: "PrismaSQLite", dependencies: ["Prisma", "CSQLite"]),
        .target(name: "PrismaPostgres", dependencies: ["Prisma", "CPostgres"]),
        // What a schema makes of a database.
        .target(name: "PrismaMigrate", dependencies: ["Prisma", "PrismaSchema"]),

        // Floor 4: the only place where rows and ONNX meet.
        .target(name: "PrisML", dependencies: ["Prisma", "PrismaSchema", "ONNX"]),

        // Floor 5: training.
        .target(
            name: "PrisMLTraining", dependencies: ["PrisML", "Prisma", "PrismaSchema", "ONNX", "CXGBoost"],
            resources: [.embedInCode("Python/train.py"), .embedInCode("Python/Dockerfile")]),

        // Floor 6: the command line. The executable calls one function of the library, as a project's own executable can.
        .target(
            name: "PrisMLCommands",
            dependencies: [
                "PrismaSchema", "PrismaGenerator", "Prisma", "PrismaSQLite", "PrismaPostgres", "PrismaMigrate", "PrisML", "PrisMLTraining",
                "CPrismlBuild",
            ]),
        .executableTarget(name: "prisml", dependencies: ["PrisMLCommands"]),

        // What tests share: temporary folders and a private PostgreSQL.
        .target(name: "TestSupport", path: "Tests/TestSupport"),
        // A process that the driver tests may kill, and whose memory they measure.
        .executableTarget(name: "DriverProbe", dependencies: ["Prisma", "PrismaSQLite", "PrismaPostgres"], path: "Tests/DriverProbe"),
        // An application that uses SQLite alone.
        .executableTarget(name: "SQLiteProbe", dependencies: ["Prisma", "PrismaSQLite"], path: "Tests/SQLiteProbe"),

        // The client of the schema that the tests share, as `prisml generate` writes it.
        .target(
            name: "ShopClient", dependencies: ["Prisma", "PrismaSQLite", "PrismaPostgres", "PrismaMigrate", "PrismaSchema", "TestSupport"],
            path: "Tests/ShopClient", exclude: ["schema.prisma"]),

        .testTarget(name: "PrismaSchemaTests", dependencies: ["PrismaSchema"], exclude: ["Fixtures"]),
        .executableTarget(
            name: "TrainingProgram", dependencies: ["PrisMLCommands", "PrisML", "Prisma", "ShopClient"], path: "Tests/TrainingProgram"),
        .testTarget(
            name: "PrisMLTrainingTests", dependencies: ["PrisMLTraining", "PrisML", "ONNX", "TrainingProgram", "TestSupport"],
            exclude: ["Fixtures"]),
        .testTarget(name: "ONNXTests", dependencies: ["ONNX"], exclude: ["Fixtures"]),
        .testTarget(
            name: "PrismaTests", dependencies: ["Prisma", "PrismaSchema", "PrismaSQLite", "PrismaPostgres", "ShopClient", "TestSupport"],
            exclude: ["Expression/canonical-forms.txt"]),
        .testTarget(
            name: "PrisMLTests",
            dependencies: [
                "PrisML", "PrisMLTraining", "ONNX", "Prisma", "PrismaSchema", "PrismaMigrate", "PrismaSQLite", "PrismaPostgres",
                "ShopClient",
                "TestSupport",
            ], exclude: ["Fixtures"]),
        // Each code of docs/errors.md, provoked.
        .testTarget(
            name: "ErrorTests",
            dependencies: [
                "prisml", "PrisML", "PrisMLTraining", "ONNX", "Prisma", "PrismaMigrate", "PrismaSQLite", "PrismaPostgres", "ShopClient",
                "TestSupport",
            ]),
        .testTarget(name: "PrismaGeneratorTests", dependencies: ["PrismaGenerator", "PrismaSchema"]),
        .testTarget(
            name: "DriverTests", dependencies: ["Prisma", "PrismaSQLite", "PrismaPostgres", "TestSupport", "DriverProbe", "SQLiteProbe"]),
        .testTarget(
            name: "PrismaMigrateTests",
            dependencies: ["PrismaMigrate", "Prisma", "PrismaSchema", "PrismaSQLite", "PrismaPostgres", "TestSupport"]),
        .testTarget(
            name: "PrisMLCommandsTests",
            dependencies: ["PrisMLCommands", "prisml", "TrainingProgram", "PrisML", "Prisma", "ShopClient", "TestSupport"]),
    ]
)

for target in package.targets where target.type != .system {
    target.swiftSettings = (target.swiftSettings ?? []) + strict
}
