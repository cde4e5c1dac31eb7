/// Where a value is written: a file and the range of characters that the value takes up.
///
/// Lines and columns count from 1, columns in Unicode scalars; the end is the first character after the value.
public struct SourceMark: Sendable, Hashable {
    /// The file as the user named it, or another origin such as `command line`.
    public var file: String
    private var packed: SIMD4<UInt32>

    /// Makes a mark; without an end it is empty.
    public init(file: String, line: Int, column: Int, endLine: Int? = nil, endColumn: Int? = nil) {
        self.file = file
        self.packed = SIMD4(
            UInt32(clamping: line),
            UInt32(clamping: column),
            UInt32(clamping: endLine ?? line),
            UInt32(clamping: endColumn ?? column)
        )
    }

    /// A mark for a value that is not written in a file: on the command line, or by default.
    public init(origin: String) { self.init(file: origin, line: 0, column: 0) }

    /// The line of the first character; 0 when the value is not in a file.
    public var line: Int { Int(packed[0]) }

    /// The column of the first character; 0 when the value is not in a file.
    public var column: Int { Int(packed[1]) }

    /// The line of the end.
    public var endLine: Int { Int(packed[2]) }

    /// The column of the end.
    public var endColumn: Int { Int(packed[3]) }

    /// Whether the value is in a file, so that its line can be shown.
    public var isInFile: Bool { line > 0 }
}

extension SourceMark: CustomStringConvertible {
    /// The mark as a compiler writes it: `plan.yaml:3:7`.
    public var description: String { isInFile ? "\(file):\(line):\(column)" : file }
}
