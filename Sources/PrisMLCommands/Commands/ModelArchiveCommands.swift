import PrisML
import PrisMLTraining
import Prisma

extension Command {
    private static let model = Parameter<String>.argument("NAME[@VERSION]", "The predictor, and the version if not the newest")
    private static let target = Parameter<String>.argument("FILE", "The file to write")
    private static let source = Parameter<String>.argument("FILE", "A file that 'prisml models export' wrote")

    static let modelsExport = Command(
        "export",
        summary: "Put a trained model into one file",
        discussion: """
            The file is a tar archive with the model's folder in it, checked against its manifest before. It is the same bytes \
            whenever and wherever it is written.
            """,
        examples: [
            Example(line: "prisml models export churn churn.tar", meaning: "Export the newest version"),
            Example(line: "prisml models export churn@2 churn-2.tar", meaning: "Export the version 0002-…"),
        ],
        parameters: [modelsFolder, modelsJSON, model, target]
    ) { context in
        let words = try context[model].split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let name = words.first ?? ""
        let store = try modelsStore(of: name, in: context)
        let version = try chosenVersion(words.count > 1 ? words[1] : nil, of: name, in: store)
        let bytes = try store.exported(name, version: version)
        let file = try context[target]
        try TextFile.replace(context.absolutePath(file), named: file, with: bytes)
        if try context[modelsJSON] {
            let answer: JSON = [
                "predictor": .string(name), "version": .string(version), "file": .string(file), "bytes": .int(Int64(bytes.count)),
            ]
            context.output.send(answer.prettyText)
        } else {
            context.output.tick("\(name) \(version) is in \(file) (\(bytes.count) bytes)")
        }
        return .success
    }

    static let modelsImport = Command(
        "import",
        summary: "Put an exported model beside the others",
        discussion: """
            Each byte is checked: a file that was changed is refused, and nothing is written. A version that is here already is not \
            written again; one whose number another version has takes the next number. It is placed whole or not at all. Of a \
            predictor that the project's registry knows it does not answer before it is activated.
            """,
        examples: [Example(line: "prisml models import churn.tar", meaning: "Import a model that another machine trained")],
        parameters: [modelsFolder, modelsJSON, source]
    ) { context in
        let file = try context[source]
        let bytes = try TextFile.read(context.absolutePath(file), named: file)
        let (artifact, isNew) = try importStore(of: bytes, in: context).importing(bytes, from: file)
        if try context[modelsJSON] {
            let answer: JSON = ["predictor": .string(artifact.name), "version": .string(artifact.version), "isNew": .bool(isNew)]
            context.output.send(answer.prettyText)
        } else {
            context.output.tick("\(artifact.name) \(artifact.version) " + (isNew ? "is imported" : "is here already"))
        }
        return .success
    }

    /// Where the project keeps the artifacts of the predictor that an archive is of.
    private static func importStore(of bytes: [UInt8], in context: CommandContext) throws -> ArtifactStore {
        if try context[modelsFolder] == nil, let name = ArtifactStore.nameOfExported(bytes),
            let predictor = context.project?.predictors.first(where: { $0.definition.name == name })
        {
            return predictor.store
        }
        return try modelsStores(in: context)[0]
    }
}
