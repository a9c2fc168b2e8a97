import Foundation
import TestSupport
import Testing

@testable import PrisMLCommands

@Suite struct TextFileTests {
    @Test func `A file is replaced as a whole, and keeps its permissions`() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("old", to: "schema.prisma")
        try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: path)
        try TextFile.replace(path, named: "schema.prisma", with: Array("new".utf8))
        #expect(try folder.read("schema.prisma") == "new")
        #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o640)
        #expect(try folder.names == ["schema.prisma"])
    }

    @Test func `A link stays a link; what it leads to is replaced`() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("old", to: "real.prisma")
        let link = folder.path + "/link.prisma"
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: path)
        try TextFile.replace(link, named: "link.prisma", with: Array("new".utf8))
        #expect(try folder.read("real.prisma") == "new")
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == path)
    }

    @Test func `A new file can be written`() throws {
        let folder = try TemporaryFolder()
        try TextFile.replace(folder.path + "/new", named: "new", with: [1, 2])
        #expect(try folder.names == ["new"])
    }

    @Test func `Where nothing can be written, nothing is left behind`() throws {
        let folder = try TemporaryFolder()
        #expect(throws: CommandError(.file, "there is no file 'gone/new'")) {
            try TextFile.replace(folder.path + "/gone/new", named: "gone/new", with: [1])
        }
        #expect(try folder.names.isEmpty)
    }

    @Test func `What is at a path is told apart`() throws {
        let folder = try TemporaryFolder()
        try folder.write("x", to: "file")
        #expect(TextFile.kind(of: folder.path) == .folder)
        #expect(TextFile.kind(of: folder.path + "/file") == .file)
        #expect(TextFile.kind(of: folder.path + "/nothing") == nil)
    }

    @Test func `What cannot be read says why`() throws {
        let folder = try TemporaryFolder()
        #expect(throws: CommandError(.file, "'here' is a folder")) { try TextFile.read(folder.path, named: "here") }
        #expect(throws: CommandError(.file, "there is no file 'gone'")) { try TextFile.read(folder.path + "/gone", named: "gone") }
        let looping = folder.path + "/loop"
        try FileManager.default.createSymbolicLink(atPath: looping, withDestinationPath: looping)
        let error = #expect(throws: CommandError.self) { try TextFile.read(looping, named: "loop") }
        #expect(error?.message.hasPrefix("cannot read 'loop': ") == true)
        #expect(error?.exitCode == .input)
    }
}
