internal import CJansson

/// JSON as a tree with source positions: for what other programs write.
public enum JSON {
    /// Reads one JSON text. It keeps no state and may be called from any thread.
    ///
    /// Numbers keep their text; strings become quoted scalars, so that a text `"3"` is not a number.
    ///
    /// - Parameters:
    ///   - bytes: The text in UTF-8.
    ///   - file: The name to use in positions.
    ///   - limits: How much the text may ask of us.
    /// - Returns: The root.
    /// - Throws: ``DocumentError`` at the first fault, a duplicate key among them.
    public static func parse(
        _ bytes: [UInt8],
        file: String,
        limits: DocumentLimits = .result
    ) throws(DocumentError) -> Node {
        let text = try UTF8Text.check(bytes, file: file, limits: limits)
        try refuseNul(in: text, file: file)
        let document = try JanssonDocument(text, file: file)
        var placer = JSONPlacer(text: text, file: file, limits: limits)
        return try unsafe document.withRoot { (root) throws(DocumentError) in
            try unsafe placer.node(for: root, depth: 1)
        }
    }

    /// RFC 8259 has no place for a bare NUL; jansson reads over one.
    private static func refuseNul(in text: ArraySlice<UInt8>, file: String) throws(DocumentError) {
        guard let nul = text.firstIndex(of: 0) else { return }
        var cursor = JSONCursor(text: text)
        for _ in text.startIndex..<nul { cursor.advance() }
        let mark = SourceMark(file: file, line: cursor.place.line, column: cursor.place.column)
        throw DocumentError("not valid JSON: the control character U+0000", at: mark)
    }

    /// Reads a file that is in memory.
    public static func parse(_ file: SourceFile, limits: DocumentLimits = .result) throws(DocumentError) -> Node {
        try parse(file.bytes, file: file.name, limits: limits)
    }
}

/// A parsed text as jansson keeps it, owned by this value.
@safe
private struct JanssonDocument: ~Copyable {
    private let root: UnsafeMutablePointer<json_t>

    init(_ text: ArraySlice<UInt8>, file: String) throws(DocumentError) {
        var error = json_error_t()
        let flags = JSON_REJECT_DUPLICATES | JSON_DECODE_ANY | JSON_ALLOW_NUL
        let parsed = unsafe text.withUnsafeBytes { input in
            unsafe json_loadb(input.baseAddress, input.count, Int(flags), &error)
        }
        guard let root = unsafe parsed else { throw Self.failure(error, file: file) }
        unsafe self.root = root
    }

    deinit { unsafe json_decref(root) }

    /// Lends the root; it must not leave the closure.
    borrowing func withRoot<Result>(
        _ body: (UnsafeMutablePointer<json_t>) throws(DocumentError) -> Result
    ) throws(DocumentError) -> Result {
        try unsafe body(root)
    }

    private static func failure(_ error: json_error_t, file: String) -> DocumentError {
        let text = unsafe withUnsafeBytes(of: error.text) {
            unsafe String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
        }
        let mark = SourceMark(file: file, line: Int(error.line), column: max(1, Int(error.column)))
        return DocumentError("not valid JSON: \(text)", at: mark)
    }
}

/// Turns jansson's values into nodes.
///
/// jansson decides what is valid and decodes strings, but forgets where a value stood and how a number was written. The
/// cursor walks the same text, known to be valid, in step with the values, and remembers.
private struct JSONPlacer {
    private let file: String
    private let limits: DocumentLimits
    private var cursor: JSONCursor
    private var total = 0

    init(text: ArraySlice<UInt8>, file: String, limits: DocumentLimits) {
        self.file = file
        self.limits = limits
        self.cursor = JSONCursor(text: text)
    }

    @unsafe
    mutating func node(for value: UnsafeMutablePointer<json_t>, depth: Int) throws(DocumentError) -> Node {
        cursor.skipSpace()
        let start = cursor.place
        total += 1
        guard depth <= limits.depth else {
            throw DocumentError("nested more than \(limits.depth) levels deep", at: mark(from: start))
        }
        guard total <= limits.nodes else {
            throw DocumentError("more than \(limits.nodes) values", at: mark(from: start))
        }
        let content: Node.Content
        switch unsafe value.pointee.type {
        case JSON_OBJECT: content = .mapping(try unsafe mapping(of: value, depth: depth))
        case JSON_ARRAY: content = .sequence(try unsafe elements(of: value, depth: depth))
        case JSON_STRING:
            cursor.skipString()
            let text = unsafe Self.text(json_string_value(value), count: json_string_length(value))
            content = .scalar(Scalar(text, style: .quoted))
        default: content = .scalar(Scalar(cursor.takeWord()))
        }
        return Node(content, at: mark(from: start))
    }

    private mutating func elements(
        of array: UnsafeMutablePointer<json_t>,
        depth: Int
    ) throws(DocumentError) -> [Node] {
        let count = unsafe json_array_size(array)
        var elements: [Node] = []
        elements.reserveCapacity(count)
        cursor.advance()
        for index in 0..<count {
            guard let element = unsafe json_array_get(array, index) else { continue }
            elements.append(try unsafe node(for: element, depth: depth + 1))
            cursor.skipSeparator()
        }
        if count == 0 { cursor.skipSeparator() }
        return elements
    }

    private mutating func mapping(
        of object: UnsafeMutablePointer<json_t>,
        depth: Int
    ) throws(DocumentError) -> Mapping {
        var entries: [Mapping.Entry] = []
        unsafe entries.reserveCapacity(json_object_size(object))
        cursor.advance()
        // jansson iterates in the order of the text.
        var iterator = unsafe json_object_iter(object)
        while let entry = unsafe iterator {
            cursor.skipSpace()
            let start = cursor.place
            cursor.skipString()
            let keyMark = mark(from: start)
            let key = unsafe Self.text(json_object_iter_key(entry), count: json_object_iter_key_len(entry))
            cursor.skipSeparator()
            if let value = unsafe json_object_iter_value(entry) {
                let value = try unsafe node(for: value, depth: depth + 1)
                entries.append(Mapping.Entry(key: key, keyMark: keyMark, value: value))
            }
            cursor.skipSeparator()
            unsafe iterator = json_object_iter_next(object, entry)
        }
        if entries.isEmpty { cursor.skipSeparator() }
        return Mapping(distinct: entries)
    }

    private static func text(_ start: UnsafePointer<CChar>?, count: Int) -> String {
        unsafe String(decoding: UnsafeRawBufferPointer(start: start, count: count), as: UTF8.self)
    }

    private func mark(from start: JSONCursor.Place) -> SourceMark {
        SourceMark(
            file: file,
            line: start.line,
            column: start.column,
            endLine: cursor.place.line,
            endColumn: cursor.place.column
        )
    }
}
