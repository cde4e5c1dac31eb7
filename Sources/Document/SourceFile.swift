import SystemPackage

/// A file's content under the name that messages use for it.
public struct SourceFile: Sendable, Hashable {
    /// The name as the user gave it.
    public var name: String
    /// The content.
    public var bytes: [UInt8]

    /// Wraps content that is in memory already.
    public init(name: String, bytes: some Sequence<UInt8>) {
        self.name = name
        self.bytes = Array(bytes)
    }

    /// Reads a file, and no more of it than the limit allows.
    ///
    /// - Parameters:
    ///   - path: The file, which messages name as it is given here.
    ///   - limit: The most bytes to accept.
    /// - Returns: The file.
    /// - Throws: ``DocumentError`` when the file is missing, not a file, not readable or too large.
    public static func read(_ path: String, limit: Int) throws(DocumentError) -> SourceFile {
        let nowhere = SourceMark(origin: path)
        guard !path.isEmpty, !path.utf8.contains(0) else { throw DocumentError("not a file name", at: nowhere) }
        do {
            let descriptor = try FileDescriptor.open(FilePath(path), .readOnly, options: [.closeOnExec])
            return try descriptor.closeAfter { try read(descriptor, named: path, limit: limit) }
        } catch let error as DocumentError {
            throw error
        } catch let error as Errno {
            throw DocumentError(explanation(of: error), at: nowhere)
        } catch {
            throw DocumentError("cannot be read: \(error)", at: nowhere)
        }
    }

    /// The lines without their ends; what is not UTF-8 in them is replaced by U+FFFD.
    public var lines: [String] {
        let text = bytes.starts(with: UTF8Text.byteOrderMark) ? bytes[3...] : bytes[...]
        return text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map { line in
            String(decoding: line.last == UInt8(ascii: "\r") ? line.dropLast() : line, as: UTF8.self)
        }
    }

    private static func read(_ descriptor: FileDescriptor, named name: String, limit: Int) throws -> SourceFile {
        let status = try descriptor.stat()
        if status.type == .directory { throw Errno.isDirectory }
        if status.type == .regular, status.size > limit { throw tooLarge(name, limit: limit) }
        // A pipe or a device has no size: reading stops one byte past the limit.
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while bytes.count <= limit {
            let count = try unsafe buffer.withUnsafeMutableBytes { try unsafe descriptor.read(into: $0) }
            if count == 0 { return SourceFile(name: name, bytes: bytes) }
            bytes += buffer[..<count]
        }
        throw tooLarge(name, limit: limit)
    }

    private static func tooLarge(_ name: String, limit: Int) -> DocumentError {
        DocumentError("larger than the \(ByteCount.text(limit)) that are accepted", at: SourceMark(origin: name))
    }

    private static func explanation(of error: Errno) -> String {
        switch error {
        case .noSuchFileOrDirectory: "no such file"
        case .isDirectory: "is a directory, not a file"
        case .permissionDenied, .notPermitted: "cannot be read: permission denied"
        default: "cannot be read: \(error)"
        }
    }
}

/// Sizes for people.
enum ByteCount {
    /// `1 MB` for 1,048,576, `300 bytes` for 300.
    static func text(_ count: Int) -> String {
        count >= 1 << 20 && count % (1 << 20) == 0 ? "\(count >> 20) MB" : "\(count) bytes"
    }
}
