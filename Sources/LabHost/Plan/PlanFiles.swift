import Document
import SystemPackage

/// Reads a plan's file with those that it extends, and lays them over each other.
///
/// Mappings are merged key by key; a list takes the place of the other. Every value keeps its own position, so that
/// messages point into the file that is at fault.
struct PlanFiles {
    /// The files so far, the plan itself first.
    private(set) var sources: [SourceFile] = []
    private var chain: [String] = []
    private static let longestChain = 16

    /// Reads a file, and what it extends.
    ///
    /// - Throws: ``DocumentError`` at the first fault that keeps the files from being read.
    mutating func read(_ file: SourceFile) throws(DocumentError) -> Node {
        let name = FilePath(file.name).lexicallyNormalized().string
        chain.append(name)
        defer { chain.removeLast() }
        sources.append(file)
        let root = try YAML.parse(file)
        guard let extends = root["extends"], !extends.isNull else { return root }
        var base: Node?
        for element in extends.sequence ?? [extends] {
            let other = try read(element, nextTo: FilePath(file.name))
            base = base?.merged(with: other) ?? other
        }
        let own = Node(.mapping(Mapping((root.mapping?.entries ?? []).filter { $0.key != "extends" })), at: root.mark)
        return base?.merged(with: own) ?? own
    }

    private mutating func read(_ element: Node, nextTo file: FilePath) throws(DocumentError) -> Node {
        guard let text = element.text, !text.isEmpty else {
            throw DocumentError("extends: expected a file's path, found \(element.briefly)", at: element.mark)
        }
        let path = file.removingLastComponent().pushing(FilePath(text)).lexicallyNormalized().string
        if let start = chain.firstIndex(of: path) {
            let circle = (chain[start...] + [path]).joined(separator: " extends ")
            throw DocumentError("extends: goes in a circle: \(circle)", at: element.mark)
        }
        guard chain.count < Self.longestChain else {
            throw DocumentError("extends: more than \(Self.longestChain) files deep", at: element.mark)
        }
        let other: SourceFile
        do throws(DocumentError) { other = try SourceFile.read(path, limit: DocumentLimits.plan.bytes) } catch {
            throw DocumentError("extends: \(path): \(error.message)", at: element.mark)
        }
        let root = try read(other)
        guard root.mapping != nil else {
            throw DocumentError("expected a mapping, found \(root.briefly)", at: root.mark)
        }
        return root
    }

    /// All of it in one file, for the experiment's own copy.
    func merged(_ root: Node, overrides: Int) -> [UInt8] {
        let names = sources.map { Printable.line($0.name) }.joined(separator: ", ")
        let values = overrides > 0 ? ", with \(overrides) values from the command line" : ""
        return Array("# Put together from \(names)\(values).\n\(YAML.block(root))".utf8)
    }
}
