/// Folds a parser's events into a tree, within limits.
struct YAMLTreeBuilder {
    /// How large a value is once every alias in it is unfolded.
    private struct Weight {
        var nodes = 1
        var height = 1
    }

    /// A collection that has not ended yet.
    private struct Frame {
        var isMapping: Bool
        var mark: SourceMark
        var anchor: String?
        var weight = Weight()
        var elements: [Node] = []
        var entries: [Mapping.Entry] = []
        var keys = KeySet()
        var pendingKey: (text: String, mark: SourceMark)?
        /// What `<<` brings in, and where it stands.
        var merge: Node?
        var isMergePending = false
    }

    private let file: String
    private let limits: DocumentLimits
    private var stack: [Frame] = []
    private var anchors: [String: (node: Node, weight: Weight)] = [:]
    private var total = 0
    private var root: Node?

    init(file: String, limits: DocumentLimits) {
        self.file = file
        self.limits = limits
    }

    /// Takes an event in; gives the root when the stream has ended.
    mutating func take(_ event: YAMLEvent, at mark: SourceMark) throws(DocumentError) -> Node? {
        switch event {
        case .scalar(let scalar, let anchor):
            try add(Node(.scalar(scalar), at: mark), weight: Weight(), anchor: anchor, at: mark)
        case .alias(let name):
            guard let (node, weight) = anchors[name] else {
                throw DocumentError("the alias *\(name) has no anchor before it", at: mark)
            }
            guard stack.count + weight.height <= limits.depth else { throw tooDeep(at: mark) }
            try add(node, weight: weight, anchor: nil, at: mark)
        case .sequenceStart(let anchor): try open(Frame(isMapping: false, mark: mark, anchor: anchor))
        case .mappingStart(let anchor): try open(Frame(isMapping: true, mark: mark, anchor: anchor))
        case .collectionEnd: try close(at: mark)
        case .documentStart:
            if root != nil {
                throw DocumentError("a second document starts here; one file holds one document", at: mark)
            }
        case .streamEnd:
            guard let root else { throw DocumentError("the file is empty", at: SourceMark(origin: file)) }
            return root
        }
        return nil
    }

    private mutating func open(_ frame: Frame) throws(DocumentError) {
        if let top = stack.last, top.isMapping, top.pendingKey == nil, !top.isMergePending {
            throw keyIsNotText(at: frame.mark)
        }
        // The collection itself and at least a scalar in it.
        guard stack.count + 1 < limits.depth else { throw tooDeep(at: frame.mark) }
        stack.append(frame)
    }

    private mutating func close(at end: SourceMark) throws(DocumentError) {
        guard let frame = stack.popLast() else { return }
        let mark = SourceMark(
            file: file,
            line: frame.mark.line,
            column: frame.mark.column,
            endLine: end.endLine,
            endColumn: end.endColumn
        )
        var entries = frame.entries
        if let merge = frame.merge { entries = try Self.merged(merge, into: entries) }
        let content: Node.Content =
            frame.isMapping ? .mapping(Mapping(distinct: entries)) : .sequence(frame.elements)
        try add(Node(content, at: mark), weight: frame.weight, anchor: frame.anchor, isCounted: true, at: frame.mark)
    }

    /// Puts a finished value where it belongs: under the open collection, or at the root.
    private mutating func add(
        _ node: Node,
        weight: Weight,
        anchor: String?,
        isCounted: Bool = false,
        at mark: SourceMark
    ) throws(DocumentError) {
        // A collection's elements were counted when they came.
        total += isCounted ? 1 : weight.nodes
        guard total <= limits.nodes else {
            throw DocumentError("more than \(limits.nodes) values, with its aliases unfolded", at: mark)
        }
        if let anchor { anchors[anchor] = (node, weight) }
        guard !stack.isEmpty else {
            root = node
            return
        }
        let top = stack.count - 1
        stack[top].weight.nodes += weight.nodes
        stack[top].weight.height = max(stack[top].weight.height, weight.height + 1)
        guard stack[top].isMapping else {
            stack[top].elements.append(node)
            return
        }
        if stack[top].isMergePending {
            stack[top].merge = node
            stack[top].isMergePending = false
        } else if let key = stack[top].pendingKey {
            stack[top].entries.append(Mapping.Entry(key: key.text, keyMark: key.mark, value: node))
            stack[top].pendingKey = nil
        } else {
            guard let scalar = node.scalar else { throw keyIsNotText(at: mark) }
            let key = scalar.text
            if key == Self.mergeKey, scalar.style == .plain {
                guard stack[top].merge == nil else { throw DocumentError("the key \"<<\" is here twice", at: mark) }
                stack[top].isMergePending = true
                return
            }
            if let first = stack[top].keys.insert(key, after: stack[top].entries) {
                throw DocumentError("the key \"\(key)\" is here twice; first at line \(first.line)", at: mark)
            }
            stack[top].pendingKey = (key, mark)
        }
    }

    /// The key of YAML's merge type, which is not in 1.2's core schema and used everywhere all the same.
    private static let mergeKey = "<<"

    /// The entries, then those of the mappings that `<<` names: a key that is there already wins, and of several
    /// mappings the earlier one. Each entry keeps the place at which it is written.
    private static func merged(_ merge: Node, into entries: [Mapping.Entry]) throws(DocumentError) -> [Mapping.Entry] {
        var entries = entries
        var keys = Set(entries.map(\.key))
        for source in merge.sequence ?? [merge] {
            guard let mapping = source.mapping else {
                throw DocumentError(
                    "\"<<\" takes a mapping or a list of mappings, found \(source.briefly)",
                    at: source.mark
                )
            }
            entries += mapping.entries.filter { keys.insert($0.key).inserted }
        }
        return entries
    }

    private func tooDeep(at mark: SourceMark) -> DocumentError {
        DocumentError("nested more than \(limits.depth) levels deep", at: mark)
    }

    private func keyIsNotText(at mark: SourceMark) -> DocumentError {
        DocumentError("a key must be a single text", at: mark)
    }
}

/// The keys of a mapping under construction: looked through while they are few, hashed when they are many.
private struct KeySet {
    private var places: [String: SourceMark] = [:]

    /// Adds a key; gives the place of the one that was there before, if any.
    mutating func insert(_ key: String, after entries: [Mapping.Entry]) -> SourceMark? {
        if entries.count < 12 { return entries.first { $0.key == key }?.keyMark }
        if places.count < entries.count {
            for entry in entries[places.count...] { places[entry.key] = entry.keyMark }
        }
        return places[key]
    }
}
