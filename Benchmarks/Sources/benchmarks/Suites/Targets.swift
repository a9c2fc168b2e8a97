/// What each suite is wanted to reach. A target that is missed stays here, and RESULTS.md says so.
extension [Target] {
    static let schema: [Target] = ["validate", "format"].flatMap { work in
        [100, 1_000, 10_000].map { count in
            .atMost(1.5, times: "\(work) 10 models", "\(work) \(count) models", "\(work): \(count) models take no more time each than 10")
        }
    }

    static let clients: [Target] =
        [
            .atMost(1.3, times: "sqlite, all rows: C", "sqlite, all rows: findMany", "10,000 rows, SQLite"),
            .atMost(1.2, times: "postgres, all rows: C", "postgres, all rows: findMany", "10,000 rows, PostgreSQL"),
            .atMost(1.3, times: "sqlite, by key: C", "sqlite, by key: findUnique", "a row by key, SQLite"),
            .atMost(1.3, times: "postgres, by key: C", "postgres, by key: findUnique", "a row by key, PostgreSQL"),
            .atMost(1.5, times: "sqlite, create: C, one transaction", "sqlite, create: createMany", "10,000 new rows, SQLite"),
            .atMost(1.5, times: "postgres, create: C, COPY", "postgres, create: createMany", "10,000 new rows, PostgreSQL"),
        ]
        + [
            ("sqlite", "SQLAlchemy", 5), ("sqlite", "Django", 5), ("postgres", "SQLAlchemy", 5), ("postgres", "Django", 5),
            ("postgres", "psycopg 3", 2), ("postgres", "asyncpg", 2),
        ].flatMap { database, peer, times in
            [("all rows", "findMany"), ("by key", "findUnique")].map { work, method in
                .atLeast(
                    times, timesAsFastAs: "\(database), \(work): \(peer)", "\(database), \(work): \(method)",
                    "\(peer), \(database), \(work)")
            }
        }

    static let training: [Target] = [
        .atMost(
            1.1, times: "trees: XGBoost's own loop, from C", "trees: native trainer, in its own process as prisml train runs it",
            "growing 200 trees on 100,000 rows of 20 columns"),
        .atMost(
            1.5, times: "sqlite, extraction: the same SQL drained in C", "sqlite, extraction: encoded columns",
            "reading a million rows for a training, SQLite"),
        .atMost(
            1.5, times: "postgres, extraction: the same SQL drained in C", "postgres, extraction: encoded columns",
            "reading a million rows for a training, PostgreSQL"),
        .atLeast(
            3, timesAsFastAs: "whole training: pandas, SQLAlchemy, XGBoost", "whole training: prisml", "a whole training of 100,000 rows"),
    ]

    static let predictions: [Target] =
        [
            .within(5e-6, "predict(row): 100 trees of depth 6", "a row in hand, features included"),
            .atLeast(
                1.8, timesAsFastAs: "predict(row): 1 task, 32,000 rows", "predict(row): 32 tasks, 32,000 rows",
                "32 tasks at once, on two cores"),
            .atMost(
                1.02, times: "predict(row), not watching for drift", "predict(row), watching for drift", "watching for drift in passing"),
            .within(0.02, "loading an artifact of 10 MB", "loading an artifact"),
        ]
        + ["sqlite", "postgres"].flatMap { database in
            [
                .atMost(
                    1.1, times: "\(database), 1,000 rows: findMany", "\(database), 1,000 rows: include, 8 scalars",
                    "1,000 rows with a prediction of 8 scalars, \(database)"),
                .atMost(
                    1.05, times: "\(database), 1,000 rows: by hand, 3 aggregates", "\(database), 1,000 rows: include, 3 aggregates",
                    "1,000 rows with a prediction of 3 aggregates, \(database)"),
                .atLeast(
                    3, timesAsFastAs: "\(database), top 20: all rows, in the application", "\(database), top 20: where, orderBy, take 20",
                    "the best 20 of a million, \(database)"),
                .atLeast(
                    10, timesAsFastAs: "\(database), top 20: Python", "\(database), top 20: where, orderBy, take 20",
                    "the best 20 of a million beside Python, \(database)"),
            ]
        }

    static let onnx: [Target] =
        [
            ("forest", ["treelite, compiled"]), ("XGBoost", ["treelite, compiled"]),
            ("LightGBM", ["treelite, compiled", "lleaves, compiled"]),
            ("pipeline", []),
        ].flatMap { title, compiled in
            ["1 row", "10000 rows"].flatMap { size in
                [
                    .atLeast(
                        6, timesAsFastAs: "\(title), \(size): ONNX Runtime", "\(title), \(size): here", "\(title), \(size), ONNX Runtime")
                ]
                    + compiled.map { peer in
                        .atLeast(1, timesAsFastAs: "\(title), \(size): \(peer)", "\(title), \(size): here", "\(title), \(size), \(peer)")
                    }
            }
        }
        + ["forest", "XGBoost", "LightGBM"].map { title in
            .atLeast(
                1.8, timesAsFastAs: "\(title), 10000 rows: here", "\(title), 10000 rows: here, two threads", "\(title), two threads")
        }
        + [
            .atLeast(
                2, timesAsFastAs: "XGBoost, 10000 rows: XGBoost in place", "XGBoost, 10000 rows: here", "XGBoost, 10000 rows, XGBoost"),
            .within(0.3, "load 3000902 nodes, reading the file", "loading 3 million nodes"),
        ]
}
