import Prisma
import ShopClient
import Testing

@Suite struct DynamicWriteTests {
    /// Requests in order, each seeing what those before it did.
    @Test(arguments: Shop.dialects) func answersWrites(dialect: SQLDialect) async throws {
        let shop = try await Shop.make(dialect)
        for row in Self.rows { await row.check(shop.dynamic) }
    }

    static let rows: [DynamicRow] = [
        DynamicRow(
            "create", "User",
            #"{"data": {"email": "ann@x", "plan": "PRO", "credits": "9007199254740993", "balance": "12.34", "avatar": "AAH/", "settings": {"theme": "dark"}, "lastLoginAt": "2024-02-29T12:30:00.5Z"}}"#,
            #"""
            {"avatar": "AAH/", "balance": "12.34", "createdAt": "2023-11-14T22:13:20.000Z", "credits": "9007199254740993", "email": "ann@x",
             "id": 1, "isActive": true, "isChurned": null, "lastLoginAt": "2024-02-29T12:30:00.500Z", "name": null, "plan": "PRO",
             "referrerId": null, "settings": {"theme": "dark"}, "totalSpent": 0.0, "updatedAt": "2023-11-14T22:13:20.000Z", "visits": 0}
            """#),
        DynamicRow(
            "create", "User",
            #"""
            {"data": {"email": "bob@x", "referrer": {"connect": {"email": "ann@x"}}, "profile": {"create": {"bio": "b"}},
                      "orders": {"create": [{"total": 10, "items": {"createMany": {"data": [{"position": 1, "sku": "A", "price": 4}, {"position": 2, "sku": "B", "price": 6}]}}}, {"total": 20}]}},
             "select": {"id": true, "referrer": {"select": {"id": true}}, "profile": {"select": {"bio": true}}, "_count": true,
                        "orders": {"orderBy": {"id": "asc"}, "select": {"id": true, "items": {"select": {"sku": true}}}}}}
            """#,
            #"""
            {"id": 2, "referrer": {"id": 1}, "profile": {"bio": "b"}, "_count": {"orders": 2, "referrals": 0},
             "orders": [{"id": 1, "items": [{"sku": "A"}, {"sku": "B"}]}, {"id": 2, "items": []}]}
            """#),
        DynamicRow("createMany", "User", #"{"data": [{"email": "c@x"}, {"email": "d@x", "visits": 4}]}"#, #"{"count": 2}"#),
        DynamicRow("createMany", "User", #"{"data": [{"email": "c@x"}, {"email": "e@x"}], "skipDuplicates": true}"#, #"{"count": 1}"#),
        DynamicRow(
            "createManyAndReturn", "Tag", #"{"data": [{"default": "a"}, {"default": "b"}], "select": {"default": true}}"#,
            #"[{"default": "a"}, {"default": "b"}]"#),
        DynamicRow(
            "createManyAndReturn", "Order",
            #"{"data": {"total": 1, "userId": 1}, "select": {"total": true, "user": {"select": {"email": true}}}}"#,
            #"[{"total": 1.0, "user": {"email": "ann@x"}}]"#),
        DynamicRow(
            "update", "User",
            #"{"where": {"email": "d@x"}, "data": {"visits": {"increment": 3}, "credits": {"set": 5}, "totalSpent": {"decrement": 1.5}, "name": "Dee"}, "select": {"visits": true, "credits": true, "totalSpent": true, "name": true}}"#,
            #"{"visits": 7, "credits": "5", "totalSpent": -1.5, "name": "Dee"}"#),
        DynamicRow(
            "update", "User",
            #"{"where": {"email": "d@x"}, "data": {"visits": {"multiply": 4}, "credits": {"divide": 2}, "name": null}, "select": {"visits": true, "credits": true, "name": true}}"#,
            #"{"visits": 28, "credits": "2", "name": null}"#),
        DynamicRow(
            "update", "User", #"{"where": {"id": 1}, "data": {"settings": {"$special": "JsonNull"}}, "select": {"settings": true}}"#,
            #"{"settings": null}"#),
        DynamicRow("count", "User", #"{"where": {"settings": {"equals": {"$special": "JsonNull"}}}}"#, "1"),
        DynamicRow("count", "User", #"{"where": {"settings": {"equals": {"$special": "DbNull"}}}}"#, "4"),
        DynamicRow("count", "User", #"{"where": {"settings": {"equals": {"$special": "AnyNull"}}}}"#, "5"),
        DynamicRow(
            "update", "User",
            #"""
            {"where": {"id": 2},
             "data": {"orders": {"delete": {"id": 2}, "update": {"where": {"id": 1}, "data": {"total": {"increment": 5}, "items": {"deleteMany": {"price": {"gt": 5}}}}},
                                 "upsert": {"where": {"id": 99}, "create": {"total": 7}, "update": {}}, "updateMany": {"where": {"total": {"lt": 10}}, "data": {"note": "low"}}},
                      "profile": {"update": {"bio": "c"}}, "referrer": {"disconnect": true}, "referrals": {"set": [{"id": 1}]}},
             "include": {"orders": {"orderBy": {"id": "asc"}, "select": {"total": true, "note": true, "items": {"select": {"sku": true}}}}, "profile": {"select": {"bio": true}}, "referrals": {"select": {"id": true}}},
             "omit": {"avatar": true, "balance": true, "createdAt": true, "credits": true, "isActive": true, "isChurned": true, "lastLoginAt": true, "name": true, "plan": true, "settings": true, "totalSpent": true, "updatedAt": true, "visits": true}}
            """#,
            #"""
            {"id": 2, "email": "bob@x", "referrerId": null, "profile": {"bio": "c"}, "referrals": [{"id": 1}],
             "orders": [{"total": 15.0, "note": null, "items": [{"sku": "A"}]}, {"total": 7.0, "note": null, "items": []}]}
            """#),
        DynamicRow("updateMany", "User", #"{"where": {"email": {"endsWith": "@x"}}, "data": {"isActive": false}}"#, #"{"count": 5}"#),
        DynamicRow(
            "updateManyAndReturn", "User", #"{"where": {"id": 1}, "data": {"isActive": true}, "select": {"isActive": true}}"#,
            #"[{"isActive": true}]"#),
        DynamicRow(
            "upsert", "Tag",
            #"{"where": {"default": "z"}, "create": {"default": "z"}, "update": {"default": "y"}, "select": {"default": true}}"#,
            #"{"default": "z"}"#),
        DynamicRow(
            "upsert", "Tag",
            #"{"where": {"default": "z"}, "create": {"default": "z"}, "update": {"default": "y"}, "select": {"default": true}}"#,
            #"{"default": "y"}"#),
        DynamicRow(
            "create", "Post",
            #"{"data": {"id": "p", "title": "t", "tags": {"connect": [{"default": "a"}], "connectOrCreate": {"where": {"default": "n"}, "create": {"default": "n"}}}}, "include": {"tags": {"orderBy": {"default": "asc"}, "select": {"default": true}}}}"#,
            #"{"id": "p", "title": "t", "tags": [{"default": "a"}, {"default": "n"}]}"#),
        DynamicRow(
            "update", "Post",
            #"{"where": {"id": "p"}, "data": {"tags": {"set": [{"default": "b"}], "create": {"default": "m"}}}, "select": {"tags": {"orderBy": {"default": "asc"}, "select": {"default": true}}}}"#,
            #"{"tags": [{"default": "b"}, {"default": "m"}]}"#),
        DynamicRow(
            "delete", "Post", #"{"where": {"id": "p"}, "select": {"title": true, "_count": true}}"#,
            #"{"title": "t", "_count": {"tags": 2}}"#),
        DynamicRow("delete", "User", #"{"where": {"id": 2}, "select": {"email": true}}"#, #"{"email": "bob@x"}"#),
        DynamicRow("deleteMany", "User", #"{"where": {"email": {"in": ["c@x", "d@x"]}}}"#, #"{"count": 2}"#),
        DynamicRow(
            "$queryRaw", "User", #"{"query": "SELECT email, visits FROM users WHERE email = $1", "parameters": ["ann@x"]}"#,
            #"[{"email": "ann@x", "visits": 0}]"#),
        DynamicRow("$executeRaw", "User", #"{"query": "DELETE FROM users"}"#, "2"),
    ]

    @Test(arguments: Shop.dialects) func refuses(dialect: SQLDialect) async throws {
        let shop = try await Shop.make(dialect)
        try await shop.seed()
        let rows: [(String, String, String, String, [String])] = [
            ("create", "User", #"{"data": {"email": "ann@example.com"}}"#, "P2002", ["email"]),
            ("create", "User", #"{"data": {}}"#, "P2012", ["email"]),
            ("create", "User", #"{"data": {"emial": "x"}}"#, "P2009", []),
            ("create", "Order", #"{"data": {"total": 1}}"#, "P2012", ["userId"]),
            ("create", "Order", #"{"data": {"total": 1, "userId": 99}}"#, "P2003", []),
            ("create", "Order", #"{"data": {"total": 1, "user": {"connect": {"id": 99}}}}"#, "P2025", ["user"]),
            ("create", "Order", #"{"data": {"total": 1, "user": {"update": {}}}}"#, "P2009", []),
            ("create", "Order", #"{"data": {"total": 1, "userId": 1, "user": {"connect": {"id": 2}}}}"#, "P2009", ["userId"]),
            ("update", "User", #"{"where": {"id": 99}, "data": {}}"#, "P2025", []),
            ("update", "User", #"{"where": {"id": 1}, "data": {"orders": {"connect": {"id": 99}}}}"#, "P2018", ["orders"]),
            ("update", "User", #"{"where": {"id": 1}, "data": {"orders": {"disconnect": {"id": 1}}}}"#, "P2014", ["orders"]),
            ("update", "User", #"{"where": {"id": 1}, "data": {"orders": {"delete": {"id": 3}}}}"#, "P2017", ["orders"]),
            ("update", "Order", #"{"where": {"id": 1}, "data": {"user": {"disconnect": true}}}"#, "P2009", []),
            ("update", "User", #"{"where": {"id": 1}, "data": {"visits": {"add": 1}}}"#, "P2009", []),
            ("updateMany", "User", #"{"data": {"orders": {"deleteMany": {}}}}"#, "P2009", []),
            ("createMany", "User", #"{"data": [{"email": "x", "orders": {"create": {"total": 1}}}]}"#, "P2009", []),
            ("delete", "User", #"{"where": {"id": 99}}"#, "P2025", []),
            ("delete", "User", #"{"where": {"visits": 1}}"#, "P2009", []),
        ]
        for (action, model, arguments, code, fields) in rows {
            await #expect("\(arguments)") {
                try await shop.dynamic.run(action, on: model, try JSON(parsing: arguments))
            } throws: { error in
                let error = error as? PrismaError
                let isRight = error?.code.rawValue == code && (fields.isEmpty || error?.fields == fields)
                if !isRight { Issue.record("\(arguments): \(String(describing: error))") }
                return isRight
            }
        }
        #expect(try await shop.prisma.user.count() == 3)
    }
}
