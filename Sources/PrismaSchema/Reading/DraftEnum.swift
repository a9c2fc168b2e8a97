struct DraftEnum {
    let name: Named
    let place: Place
    let documentation: String?
    let isDamaged: Bool
    var values: [DraftEnumValue] = []
    var valueNames: Set<String> = []
    var map: Named?
    var schema: Named?

    var databaseName: String { map?.text ?? name.text }
}

struct DraftEnumValue {
    let name: Named
    let documentation: String?
    var map: Named?

    var databaseName: String { map?.text ?? name.text }
}
