#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// Files of text, read and replaced as a whole.
enum TextFile {
    enum Kind { case file, folder }

    /// What is at a path, nil if nothing is.
    static func kind(of path: String) -> Kind? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        return status.st_mode & S_IFMT == S_IFDIR ? .folder : .file
    }

    static func isLink(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK
    }

    /// - Parameter name: how the user wrote the path; errors use it.
    static func read(_ path: String, named name: String) throws(CommandError) -> [UInt8] {
        if kind(of: path) == .folder { throw SystemError.file(name, "read", EISDIR) }
        do {
            let file = try Descriptor(opening: path, flags: O_RDONLY)
            return try Descriptor.readAll(file.number)
        } catch {
            throw SystemError.file(name, "read", error.code)
        }
    }

    /// Replaces a file's content as a whole: whoever reads it, whenever this stops, sees the old bytes or the new ones.
    static func replace(_ path: String, named name: String, with bytes: [UInt8]) throws(CommandError) {
        // A link keeps pointing where it points: what it leads to is replaced.
        let target = realPath(path) ?? path
        var status = stat()
        let exists = stat(target, &status) == 0
        // Renaming would go around the permissions of the file itself.
        if exists, access(target, W_OK) != 0 { throw SystemError.file(name, "write", SystemError.current) }

        let mode = exists ? status.st_mode & 0o7777 : nil
        do throws(Descriptor.Errno) {
            let temporary = "\(target).\(UInt32.random(in: .min ... .max)).tmp"
            let file = try Descriptor(opening: temporary, flags: O_WRONLY | O_CREAT | O_EXCL, mode: mode ?? 0o666)
            do throws(Descriptor.Errno) {
                try fill(file.number, with: bytes, mode: mode)
                guard rename(temporary, target) == 0 else { throw Descriptor.Errno(code: SystemError.current) }
            } catch {
                _ = unlink(temporary)
                throw error
            }
        } catch {
            throw SystemError.file(name, "write", error.code)
        }
        synchronizeFolder(of: target)
    }

    private static func fill(_ file: Int32, with bytes: [UInt8], mode: mode_t?) throws(Descriptor.Errno) {
        let failure = Descriptor.writeAll(bytes, to: file)
        guard failure == 0 else { throw Descriptor.Errno(code: failure) }
        // Set again, since the process's mask took bits away at creation.
        if let mode, fchmod(file, mode) != 0 { throw Descriptor.Errno(code: SystemError.current) }
        guard fsync(file) == 0 else { throw Descriptor.Errno(code: SystemError.current) }
    }

    /// Makes the new name survive a power cut; file systems that cannot do it do not fail the replacement.
    private static func synchronizeFolder(of path: String) {
        let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
        if let descriptor = try? Descriptor(opening: folder, flags: O_RDONLY) { _ = fsync(descriptor.number) }
    }

    private static func realPath(_ path: String) -> String? {
        guard let resolved = realpath(path, nil) else { return nil }
        defer { free(resolved) }
        return String(cString: resolved)
    }
}
