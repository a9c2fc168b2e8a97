/// A row to be made, with what goes with it: what typed and dynamic calls both end in.
package struct CreatePlan: Sendable {
    package var model: String
    /// Values by field.
    package var values: CreateValues
    package var relations: [RelationWrite] { values.relations }

    package init(model: String, values: CreateValues = CreateValues()) {
        self.model = model
        self.values = values
    }
}

/// What becomes of a row and of what it is related to.
package struct UpdatePlan: Sendable {
    package var model: String
    package var assignments: [FieldAssignment] = []
    package var relations: [RelationWrite] = []

    package init(model: String) {
        self.model = model
    }
}

package struct FieldAssignment: Sendable {
    package var field: String
    package var value: ExpressionNode

    package init(_ field: String, _ value: ExpressionNode) {
        self.field = field
        self.value = value
    }
}

/// What is done to the rows at the other end of a relation, in order.
package struct RelationWrite: Sendable {
    package var field: String
    package var operations: [NestedWrite]

    package init(_ field: String, _ operations: [NestedWrite]) {
        self.field = field
        self.operations = operations
    }
}

/// One operation inside another, with Prisma's names. Conditions speak of the other end's row as that of a query of its own.
package indirect enum NestedWrite: Sendable {
    case create(CreatePlan)
    case createMany([CreatePlan], skipDuplicates: Bool)
    case connect(ExpressionNode)
    case connectOrCreate(ExpressionNode, CreatePlan)
    /// The row that this create is nested in.
    case parent
    case disconnect(ExpressionNode?)
    case set([ExpressionNode])
    case update(ExpressionNode?, UpdatePlan)
    case updateMany(ExpressionNode?, UpdatePlan)
    case upsert(ExpressionNode?, create: CreatePlan, update: UpdatePlan)
    case delete(ExpressionNode?)
    case deleteMany(ExpressionNode?)
}

/// A row by field, between the statements of a nested write.
typealias WrittenRow = [String: SQLValue]
