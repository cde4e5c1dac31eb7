public import Document
import PluginAPI

/// The way from a plan's root to a value: `test_runs[0].producer_rate`.
public struct PlanPath: Sendable, Hashable, CustomStringConvertible {
    /// One step.
    public enum Step: Sendable, Hashable {
        /// To the value of a key.
        case key(String)
        /// To an element, counted from 0.
        case index(Int)
    }

    /// The steps from the root.
    public var steps: [Step]

    /// Makes a path of steps.
    public init(_ steps: [Step] = []) { self.steps = steps }

    /// Reads `a.b[0].c`; nil when the text is not of that form. A key that contains dots cannot be written this way.
    public init?(_ text: String) {
        steps = []
        for part in text.split(separator: ".", omittingEmptySubsequences: false) {
            let pieces = part.split(separator: "[", omittingEmptySubsequences: false)
            guard let key = pieces.first, !key.isEmpty else { return nil }
            steps.append(.key(String(key)))
            for piece in pieces.dropFirst() {
                guard piece.hasSuffix("]"), let index = Int(piece.dropLast()), index >= 0 else { return nil }
                steps.append(.index(index))
            }
        }
    }

    /// The path as written in messages; empty for the root.
    public var description: String {
        steps.reduce(into: "") { text, step in
            switch step {
            case .key(let key): text += text.isEmpty ? key : ".\(key)"
            case .index(let index): text += "[\(index)]"
            }
        }
    }

    /// The path to the value of a key below this one.
    public static func / (path: PlanPath, key: String) -> PlanPath { PlanPath(path.steps + [.key(key)]) }

    /// The path to an element below this one.
    public static func / (path: PlanPath, index: Int) -> PlanPath { PlanPath(path.steps + [.index(index)]) }
}

extension Node {
    /// The node at the end of a path; nil when there is none.
    public func descendant(at path: PlanPath) -> Node? { nodes(along: path).exact }

    /// Where to point for a path: at its value, or at the nearest value above it that somebody wrote.
    public func mark(for path: PlanPath) -> SourceMark {
        let nodes = nodes(along: path).visited
        return (nodes.last { $0.mark != Schema.defaultMark } ?? self).mark
    }

    private func nodes(along path: PlanPath) -> (visited: [Node], exact: Node?) {
        var visited = [self]
        for step in path.steps {
            let next: Node? =
                switch step {
                case .key(let key): visited.last?[key]
                case .index(let index):
                    visited.last?.sequence.flatMap { $0.indices.contains(index) ? $0[index] : nil }
                }
            guard let next else { return (visited, nil) }
            visited.append(next)
        }
        return (visited, visited.last)
    }
}
