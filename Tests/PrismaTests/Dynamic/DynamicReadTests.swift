import Foundation
import Prisma
import ShopClient
import Testing

@Suite struct DynamicReadTests {
    @Test(arguments: Shop.dialects) func answersReads(dialect: SQLDialect) async throws {
        let shop = try await Shop.make(dialect)
        try await shop.seed()
        for row in Self.finds + Self.filters + Self.aggregates { await row.check(shop.dynamic) }
    }

    /// The filters that find the users with these ids.
    static let filters: [DynamicRow] = [
        (#"{}"#, "[1,2,3]"),
        (#"{"plan": "PRO"}"#, "[1]"),
        (#"{"plan": {"in": ["FREE", "ENTERPRISE"]}}"#, "[2,3]"),
        (#"{"plan": {"notIn": ["FREE"]}}"#, "[1,3]"),
        (#"{"plan": {"not": "FREE"}}"#, "[1,3]"),
        (#"{"name": null}"#, "[2]"),
        (#"{"name": {"equals": null}}"#, "[2]"),
        (#"{"name": {"not": null}}"#, "[1,3]"),
        (#"{"name": {"not": "Ann"}}"#, "[3]"),
        (#"{"NOT": {"name": "Ann"}}"#, "[3]"),
        (#"{"name": {"not": {"startsWith": "A"}}}"#, "[3]"),
        (#"{"id": {"in": []}}"#, "[]"),
        (#"{"id": {"notIn": []}}"#, "[1,2,3]"),
        (#"{"visits": {"gt": 0, "lte": 3}}"#, "[2]"),
        (#"{"visits": {"gte": 3, "lt": 10}}"#, "[2]"),
        (#"{"credits": {"gte": "0"}}"#, "[1,2,3]"),
        (#"{"balance": {"equals": "0"}}"#, "[1,2,3]"),
        (#"{"totalSpent": 20.5}"#, "[2]"),
        (#"{"email": {"contains": "EXAMPLE", "mode": "insensitive", "endsWith": ".COM"}}"#, "[1,3]"),
        (#"{"email": {"in": ["ANN@example.com"], "mode": "insensitive"}}"#, "[1]"),
        (#"{"email": {"startsWith": "bob"}}"#, "[2]"),
        (#"{"isChurned": true}"#, "[2]"),
        (#"{"isChurned": null}"#, "[3]"),
        (#"{"lastLoginAt": {"lt": "2023-10-15T00:00:00.000Z"}}"#, "[2]"),
        (#"{"AND": [{"visits": {"gt": 0}}, {"plan": "FREE"}]}"#, "[2]"),
        (#"{"AND": {"visits": 10}}"#, "[1]"),
        (#"{"AND": []}"#, "[1,2,3]"),
        (#"{"OR": [{"visits": 10}, {"visits": 3}]}"#, "[1,2]"),
        (#"{"OR": []}"#, "[]"),
        (#"{"OR": [{}]}"#, "[1,2,3]"),
        (#"{"NOT": [{"visits": 10}, {"visits": 3}]}"#, "[3]"),
        (#"{"NOT": []}"#, "[1,2,3]"),
        (#"{"orders": {"some": {"total": {"gt": 30}}}}"#, "[1]"),
        (#"{"orders": {"some": {}}}"#, "[1,2]"),
        (#"{"orders": {"every": {"total": {"gt": 30}}}}"#, "[1,3]"),
        (#"{"orders": {"every": {}}}"#, "[1,2,3]"),
        (#"{"orders": {"none": {}}}"#, "[3]"),
        (#"{"orders": {"none": {"total": {"gt": 30}}}}"#, "[2,3]"),
        (#"{"orders": {"some": {"items": {"some": {"sku": "B", "notes": {"some": {"text": "fragile"}}}}}}}"#, "[1]"),
        (#"{"profile": null}"#, "[2,3]"),
        (#"{"profile": {"is": null}}"#, "[2,3]"),
        (#"{"profile": {"isNot": null}}"#, "[1]"),
        (#"{"profile": {"bio": {"contains": "trees"}}}"#, "[1]"),
        (#"{"profile": {"is": {"bio": {"contains": "trees"}}}}"#, "[1]"),
        (#"{"profile": {"isNot": {"bio": {"contains": "trees"}}}}"#, "[2,3]"),
        (#"{"referrer": {"referrals": {"some": {"id": 2}}}}"#, "[2]"),
        (#"{"visits": {"gte": {"_ref": "id", "_container": "User"}}}"#, "[1,2]"),
        (#"{"orders": {"some": {"userId": {"equals": {"_ref": "quantity"}}}}}"#, "[1]"),
    ].map {
        DynamicRow(
            "findMany", "User", #"{"where": \#($0.0), "orderBy": {"id": "asc"}, "select": {"id": true}}"#,
            (try? JSON(parsing: $0.1))?.array.map { JSON.array($0.map { ["id": $0] }).text } ?? "")
    }

    static let finds: [DynamicRow] = [
        DynamicRow(
            "findUnique", "User", #"{"where": {"email": "ann@example.com"}}"#,
            #"""
            {"avatar": null, "balance": "0", "createdAt": "2023-11-14T22:13:20.000Z", "credits": "0", "email": "ann@example.com", "id": 1,
             "isActive": true, "isChurned": false, "lastLoginAt": "2023-11-12T22:13:20.000Z", "name": "Ann", "plan": "PRO",
             "referrerId": null, "settings": null, "totalSpent": 150.0, "updatedAt": "2023-11-14T22:13:20.000Z", "visits": 10}
            """#),
        DynamicRow("findUnique", "user", #"{"where": {"id": 9}}"#, "null"),
        DynamicRow("findUniqueOrThrow", "User", #"{"where": {"id": 3}, "select": {"plan": true}}"#, #"{"plan": "ENTERPRISE"}"#),
        DynamicRow(
            "findUnique", "Item", #"{"where": {"orderId_position": {"orderId": 1, "position": 2}}}"#,
            #"{"orderId": 1, "position": 2, "sku": "B", "price": 40.0}"#),
        DynamicRow(
            "findMany", "User",
            #"""
            {"orderBy": [{"orders": {"_count": "desc"}}, {"id": "asc"}],
             "select": {"id": true, "_count": {"select": {"orders": {"where": {"total": {"gt": 60}}}, "referrals": true}},
                        "orders": {"orderBy": {"total": "desc"}, "take": 1, "select": {"total": true, "items": {"select": {"sku": true}}}},
                        "profile": {"select": {"bio": true}}, "referrer": {"select": {"email": true}}}}
            """#,
            #"""
            [{"id": 1, "_count": {"orders": 1, "referrals": 1}, "orders": [{"total": 100.0, "items": [{"sku": "A"}, {"sku": "B"}]}],
              "profile": {"bio": "likes trees"}, "referrer": null},
             {"id": 2, "_count": {"orders": 0, "referrals": 0}, "orders": [{"total": 20.5, "items": []}], "profile": null,
              "referrer": {"email": "ann@example.com"}},
             {"id": 3, "_count": {"orders": 0, "referrals": 0}, "orders": [], "profile": null, "referrer": null}]
            """#),
        DynamicRow(
            "findMany", "Order",
            #"{"include": {"items": {"include": {"notes": true}}, "_count": true}, "omit": {"createdAt": true}, "take": 1}"#,
            #"""
            [{"id": 1, "total": 100.0, "discount": 5.0, "quantity": 2, "note": null, "userId": 1, "_count": {"items": 2},
              "items": [{"orderId": 1, "position": 1, "sku": "A", "price": 60.0, "notes": []},
                        {"orderId": 1, "position": 2, "sku": "B", "price": 40.0,
                         "notes": [{"id": 1, "text": "fragile", "orderId": 1, "position": 2}]}]}]
            """#),
        DynamicRow(
            "findMany", "Order", #"{"orderBy": [{"user": {"email": "desc"}}, {"id": "desc"}], "select": {"id": true}}"#,
            #"[{"id": 3}, {"id": 2}, {"id": 1}]"#),
        DynamicRow(
            "findMany", "User", #"{"orderBy": {"name": {"sort": "asc", "nulls": "first"}}, "take": 2, "select": {"id": true}}"#,
            #"[{"id": 2}, {"id": 1}]"#),
        DynamicRow(
            "findMany", "User", #"{"orderBy": {"name": {"sort": "desc", "nulls": "last"}}, "select": {"id": true}}"#,
            #"[{"id": 3}, {"id": 1}, {"id": 2}]"#),
        DynamicRow(
            "findMany", "Order", #"{"orderBy": {"total": "desc"}, "distinct": "userId", "select": {"id": true}}"#,
            #"[{"id": 1}, {"id": 3}]"#),
        DynamicRow(
            "findMany", "Order", #"{"cursor": {"id": 2}, "skip": 1, "take": 5, "select": {"id": true}}"#, #"[{"id": 3}]"#),
        DynamicRow("findMany", "Order", #"{"cursor": {"id": 2}, "take": -2, "select": {"id": true}}"#, #"[{"id": 1}, {"id": 2}]"#),
        DynamicRow("findFirst", "Order", #"{"orderBy": {"id": "asc"}, "take": -1, "select": {"id": true}}"#, #"{"id": 3}"#),
        DynamicRow("findFirstOrThrow", "Order", #"{"skip": 1, "select": {"id": true}}"#, #"{"id": 2}"#),
        DynamicRow(
            "findMany", "User",
            #"{"where": {"id": 1}, "select": {"orders": {"cursor": {"id": 2}, "orderBy": {"id": "desc"}, "select": {"id": true}}}}"#,
            #"[{"orders": [{"id": 2}, {"id": 1}]}]"#),
        DynamicRow(
            "findMany", "Order",
            #"{"where": {"id": {"lt": 3}}, "select": {"items": {"distinct": ["sku"], "take": -1, "select": {"position": true}}}}"#,
            #"[{"items": [{"position": 2}]}, {"items": [{"position": 1}]}]"#),
    ]

    static let aggregates: [DynamicRow] = [
        DynamicRow("count", "User", "{}", "3"),
        DynamicRow("count", "User", #"{"where": {"plan": "PRO"}}"#, "1"),
        DynamicRow("count", "User", #"{"take": 2}"#, "2"),
        DynamicRow("count", "User", #"{"cursor": {"id": 2}, "orderBy": {"id": "asc"}}"#, "2"),
        DynamicRow("count", "User", #"{"select": {"_all": true, "name": true}}"#, #"{"_all": 3, "name": 2}"#),
        DynamicRow(
            "aggregate", "Order",
            #"{"_count": true, "_sum": {"total": true, "quantity": true}, "_avg": {"quantity": true}, "_min": {"note": true}, "_max": {"createdAt": true}}"#,
            #"{"_count": 3, "_sum": {"total": 170.5, "quantity": 4}, "_avg": {"quantity": 1.3333333333333333}, "_min": {"note": "gift"}, "_max": {"createdAt": "2023-11-04T22:13:20.000Z"}}"#
        ),
        DynamicRow(
            "aggregate", "Order", #"{"orderBy": {"total": "desc"}, "take": 2, "_sum": {"total": true}}"#, #"{"_sum": {"total": 150.0}}"#),
        DynamicRow(
            "aggregate", "Order", #"{"where": {"id": 9}, "_sum": {"total": true}, "_count": {"_all": true}}"#,
            #"{"_sum": {"total": null}, "_count": {"_all": 0}}"#),
        DynamicRow("aggregate", "User", #"{"_sum": {"balance": true, "credits": true}}"#, #"{"_sum": {"balance": "0", "credits": "0"}}"#),
        DynamicRow(
            "groupBy", "Order", #"{"by": ["userId"], "_sum": {"total": true}, "_count": true, "orderBy": {"_sum": {"total": "desc"}}}"#,
            #"[{"userId": 1, "_sum": {"total": 150.0}, "_count": 2}, {"userId": 2, "_sum": {"total": 20.5}, "_count": 1}]"#),
        DynamicRow(
            "groupBy", "Order", #"{"by": "userId", "having": {"id": {"_count": {"gt": 1}}, "userId": {"lt": 5}}}"#, #"[{"userId": 1}]"#),
        DynamicRow(
            "groupBy", "Order",
            #"{"by": "userId", "having": {"OR": [{"total": {"_avg": {"gt": 70.5}}}, {"total": {"_max": {"lt": 21}}}]}, "orderBy": {"userId": "desc"}}"#,
            #"[{"userId": 2}, {"userId": 1}]"#),
        DynamicRow("groupBy", "Order", #"{"by": "userId", "take": -1, "orderBy": {"userId": "asc"}}"#, #"[{"userId": 2}]"#),
        DynamicRow(
            "groupBy", "User", #"{"by": ["plan"], "where": {"visits": 3}, "_min": {"plan": true}}"#,
            #"[{"plan": "FREE", "_min": {"plan": "FREE"}}]"#),
    ]

    @Test func refusesWithThePlace() async throws {
        let shop = try await Shop.make(.sqlite)
        let rows: [(String, String, String, String)] = [
            ("findMany", "User", #"{"where": {"emial": "x"}}"#, "`where.emial` is unknown; did you mean `email`?"),
            ("findMany", "User", #"{"wher": {}}"#, "`wher` is unknown; did you mean `where`?"),
            (
                "findMany", "User", #"{"where": {"orders": {"some": {"totl": 1}}}}"#,
                "`where.orders.some.totl` is unknown; did you mean `total`?"
            ),
            ("findMany", "User", #"{"where": {"email": {"contain": "x"}}}"#, "`where.email.contain` is unknown; did you mean `contains`?"),
            ("findMany", "User", #"{"where": {"email": 3}}"#, "`where.email`: this should be a string, not a number."),
            (
                "findMany", "User", #"{"where": {"AND": [{"visits": {"gt": "many"}}]}}"#,
                "`where.AND[0].visits.gt`: this should be a whole number, not a string."
            ),
            (
                "findMany", "User", #"{"where": {"plan": "PROO"}}"#,
                "`where.plan`: the enum Plan has no value of this name; did you mean `PRO`?"
            ),
            ("findMany", "User", #"{"where": {"plan": {"contains": "P"}}}"#, "`where.plan.contains` is unknown."),
            ("findMany", "User", #"{"orderBy": {"emial": "asc"}}"#, "`orderBy.emial` is unknown; did you mean `email`?"),
            ("findMany", "User", #"{"orderBy": {"email": "up"}}"#, #"`orderBy.email`: this should be "asc" or "desc"."#),
            ("findMany", "User", #"{"include": {"order": true}}"#, "`include.order` is unknown; did you mean `orders`?"),
            ("findMany", "User", #"{"include": {"email": true}}"#, "`include.email` is unknown."),
            (
                "findMany", "User", #"{"select": {"id": true}, "include": {"orders": true}}"#,
                "`select`: `select` and `include` cannot both be given."
            ),
            ("findMany", "User", #"{"select": {}}"#, "`select`: nothing is selected."),
            ("findMany", "User", #"{"take": "ten"}"#, "`take`: this should be a whole number, not a string."),
            ("findMany", "User", #"{"skip": -1}"#, "`skip`: this cannot be negative."),
            ("findUnique", "User", #"{"where": {"visits": 1}}"#, "`where`: this does not name one row: it gives no unique key a value."),
            ("findUnique", "User", "{}", "`where` is missing."),
            (
                "findUnique", "Item", #"{"where": {"orderId_position": {"orderId": 1}}}"#,
                "`where.orderId_position`: `position` is missing: the key has several fields."
            ),
            ("findMany", "Usr", "{}", "The schema has no model Usr; did you mean User?"),
            ("findAll", "User", "{}", "There is no action findAll."),
            ("findmany", "User", "{}", "There is no action findmany; did you mean findMany?"),
            ("groupBy", "Order", #"{"by": []}"#, "`by`: this should name at least one field, and each only once."),
            (
                "groupBy", "Order", #"{"by": "userId", "having": {"total": 3}}"#,
                "`having.total`: a field that is not in `by` has no one value in a group."
            ),
            ("aggregate", "Order", "{}", "nothing is asked for."),
            ("aggregate", "Order", #"{"_sum": {"note": true}}"#, "`_sum.note` is unknown."),
        ]
        for (action, model, arguments, message) in rows {
            await #expect("\(arguments)") {
                try await shop.dynamic.run(action, on: model, try JSON(parsing: arguments))
            } throws: { error in
                let error = error as? PrismaError
                if error?.message != message { Issue.record("\(error?.message ?? "no error") instead of \(message)") }
                return error?.code == .validationFailed
            }
        }
    }
}
