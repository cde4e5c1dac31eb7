internal import CYAML

/// One step through a YAML text.
enum YAMLEvent {
    case scalar(Scalar, anchor: String?)
    case alias(String)
    case sequenceStart(anchor: String?)
    case mappingStart(anchor: String?)
    case collectionEnd
    case documentStart
    case streamEnd
}

/// The events of libyaml's parser.
///
/// It owns the parser; the input belongs to the caller and must outlive it. Not to be shared between threads.
@safe
struct YAMLEvents: ~Copyable {
    private let parser: UnsafeMutablePointer<yaml_parser_t>
    private let file: String

    /// Starts a parser on the input, which must stay where it is for as long as the parser lives.
    @unsafe
    init(input: UnsafeBufferPointer<UInt8>, file: String) throws(DocumentError) {
        unsafe parser = .allocate(capacity: 1)
        self.file = file
        guard unsafe yaml_parser_initialize(parser) == 1 else {
            unsafe parser.deallocate()
            throw DocumentError("out of memory", at: SourceMark(origin: file))
        }
        unsafe yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        unsafe yaml_parser_set_input_string(parser, input.baseAddress, input.count)
    }

    deinit {
        unsafe yaml_parser_delete(parser)
        unsafe parser.deallocate()
    }

    /// The next event that matters to a tree, and its place.
    mutating func next() throws(DocumentError) -> (YAMLEvent, SourceMark) {
        while true {
            var raw = unsafe yaml_event_t()
            guard unsafe yaml_parser_parse(parser, &raw) == 1 else { throw failure() }
            defer { unsafe yaml_event_delete(&raw) }
            let mark = unsafe SourceMark(file: file, from: raw.start_mark, to: raw.end_mark)
            if let event = try unsafe Self.event(raw, at: mark) { return (event, mark) }
        }
    }

    /// The event in Swift's terms; nil for those that carry nothing.
    private static func event(_ raw: yaml_event_t, at mark: SourceMark) throws(DocumentError) -> YAMLEvent? {
        switch unsafe raw.type {
        case YAML_SCALAR_EVENT:
            let scalar = unsafe raw.data.scalar
            let text = unsafe String(
                decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length),
                as: UTF8.self
            )
            let style: Scalar.Style = unsafe scalar.style == YAML_PLAIN_SCALAR_STYLE ? .plain : .quoted
            let tag = try unsafe scalarTag(string(scalar.tag), at: mark)
            return .scalar(Scalar(text, style: style, tag: tag), anchor: unsafe string(scalar.anchor))
        case YAML_SEQUENCE_START_EVENT:
            try checkTag(unsafe string(raw.data.sequence_start.tag), isOf: "seq", at: mark)
            return .sequenceStart(anchor: unsafe string(raw.data.sequence_start.anchor))
        case YAML_MAPPING_START_EVENT:
            try checkTag(unsafe string(raw.data.mapping_start.tag), isOf: "map", at: mark)
            return .mappingStart(anchor: unsafe string(raw.data.mapping_start.anchor))
        case YAML_ALIAS_EVENT: return .alias(unsafe string(raw.data.alias.anchor) ?? "")
        case YAML_SEQUENCE_END_EVENT, YAML_MAPPING_END_EVENT: return .collectionEnd
        case YAML_DOCUMENT_START_EVENT: return .documentStart
        case YAML_STREAM_END_EVENT: return .streamEnd
        default: return nil
        }
    }

    private static let coreTags = "tag:yaml.org,2002:"

    private static func scalarTag(_ tag: String?, at mark: SourceMark) throws(DocumentError) -> Scalar.Tag? {
        guard let tag else { return nil }
        if tag == "!" { return .str }
        if tag.hasPrefix(coreTags), let known = Scalar.Tag(rawValue: String(tag.dropFirst(coreTags.count))) {
            return known
        }
        throw unknownTag(tag, at: mark)
    }

    private static func checkTag(_ tag: String?, isOf kind: String, at mark: SourceMark) throws(DocumentError) {
        guard let tag, tag != "!", tag != coreTags + kind else { return }
        throw unknownTag(tag, at: mark)
    }

    private static func unknownTag(_ tag: String, at mark: SourceMark) -> DocumentError {
        let short = tag.hasPrefix(coreTags) ? "!!" + tag.dropFirst(coreTags.count) : tag
        return DocumentError("the tag \(short) is not one that is understood here", at: mark)
    }

    private static func string(_ text: UnsafeMutablePointer<yaml_char_t>?) -> String? {
        unsafe text.map { unsafe String(cString: $0) }
    }

    /// The parser's error in our words.
    private func failure() -> DocumentError {
        let state = unsafe parser.pointee
        let problem = unsafe state.problem.map { unsafe String(cString: $0) } ?? "unknown error"
        switch unsafe state.error {
        case YAML_MEMORY_ERROR: return DocumentError("out of memory", at: SourceMark(origin: file))
        case YAML_READER_ERROR:
            // The reader is ahead of the scanner, so that the line is not known; the code point is.
            let value = unsafe String(
                UInt32(bitPattern: Int32(clamping: state.problem_value)),
                radix: 16,
                uppercase: true
            )
            let mark = unsafe SourceMark(file: file, from: state.mark, to: state.mark)
            return DocumentError("not valid YAML: \(problem) (U+\(value)), here or just after", at: mark)
        default:
            var message = "not valid YAML: \(problem)"
            if let context = unsafe state.context.map({ unsafe String(cString: $0) }) {
                message += ", \(context)"
                let start = unsafe state.context_mark.line + 1
                if unsafe state.context_mark.line != state.problem_mark.line {
                    message += " that starts at line \(start)"
                }
            }
            let mark = unsafe SourceMark(file: file, from: state.problem_mark, to: state.problem_mark)
            return DocumentError(message, at: mark)
        }
    }
}

extension SourceMark {
    fileprivate init(file: String, from start: yaml_mark_t, to end: yaml_mark_t) {
        self.init(
            file: file,
            line: start.line + 1,
            column: start.column + 1,
            endLine: end.line + 1,
            endColumn: end.column + 1
        )
    }
}
