import Document
import SystemPackage
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite("SourceFile")
struct SourceFileTests {
    private func fault(_ path: String) -> String {
        do throws(DocumentError) {
            return "no error: \(try SourceFile.read(path, limit: 1 << 20).bytes.count) bytes"
        } catch { return error.description }
    }

    /// Lends the path of a new file with some content.
    private func withFile(size: Int64, _ body: (String) throws -> Void) throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "document-\(UUID().uuidString)").path
        let file = try FileDescriptor.open(
            FilePath(path),
            .writeOnly,
            options: [.create, .exclusiveCreate],
            permissions: [.ownerReadWrite]
        )
        defer { try? FileManager.default.removeItem(atPath: path) }
        try file.closeAfter { try file.resize(to: size) }
        try body(path)
    }

    @Test("reads up to the limit")
    func limit() throws {
        try withFile(size: 1 << 20) { #expect(fault($0) == "no error: 1048576 bytes") }
        try withFile(size: 1 << 20 + 1) {
            #expect(fault($0) == "\($0): error: larger than the 1 MB that are accepted")
        }
    }

    @Test("refuses a file of 100 MB")
    func large() throws {
        try withFile(size: 100 << 20) { path in
            #expect(fault(path) == "\(path): error: larger than the 1 MB that are accepted")
        }
    }

    @Test(
        "says what is wrong with what is not a readable file",
        arguments: [
            ("/nonexistent/plan.yaml", "/nonexistent/plan.yaml: error: no such file"),
            ("/", "/: error: is a directory, not a file"),
            ("", ": error: not a file name"),
            ("a\u{0}b", "a\u{0}b: error: not a file name"),
            ("/dev/zero", "/dev/zero: error: larger than the 1 MB that are accepted"),
        ]
    )
    func refusals(path: String, message: String) { #expect(fault(path) == message) }

    @Test("gives lines without their ends")
    func lines() {
        let file = SourceFile(name: "f", bytes: Array("\u{FEFF}one\r\ntwo\n\nfour".utf8) + [0xFF])
        #expect(file.lines == ["one", "two", "", "four\u{FFFD}"])
        #expect(SourceFile(name: "f", bytes: []).lines == [""])
    }
}
