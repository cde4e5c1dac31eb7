import Document
import PluginAPI

/// The plan format for people: the reference page in the documentation.
public enum SchemaPage {
    /// The page as Markdown.
    public static var markdown: String {
        var page = Page()
        page.describe(PlanSchema.keys, named: "")
        return """
            # Plan reference

            Every key of a plan, as `labhost validate` checks it. This page is made from the schema:
            `labhost schema --format markdown > docs/plan-reference.md`. For editors there is `labhost schema`.

            \(page.sections.joined(separator: "\n\n"))

            """
    }

    private struct Page {
        private(set) var sections: [String] = []
        /// Where keys are described that come again in other places.
        private var places: [[Schema.Key]: String] = [:]

        mutating func describe(_ keys: [Schema.Key], named name: String) {
            let place = sections.count
            sections.append("")
            var rows: [String] = []
            for key in keys {
                let path = name.isEmpty ? key.name : "\(name).\(key.name)"
                let links = key.schema.objects.map { object in
                    link(to: object.keys, as: object.word.map { "\(path): type \($0)" } ?? path, word: object.word)
                }
                let value = links.isEmpty ? key.schema.expectation : links.joined(separator: ", ")
                let standard = key.isRequired ? "required" : key.defaultText.map { $0 == "{}" ? "" : "`\($0)`" } ?? ""
                var summary = key.summary
                if let unsupported = key.unsupported { summary += " (\(unsupported))" }
                for (old, message) in key.deprecated.sorted(by: { $0.key < $1.key }) {
                    summary += " `\(old)`: \(message)."
                }
                rows.append("| `\(key.name)` | \(cell(value)) | \(cell(standard)) | \(cell(summary)) |")
            }
            let title = name.isEmpty ? "## The plan" : "## `\(name)`"
            let head = [title, "", "| key | value | default | |", "| --- | --- | --- | --- |"]
            sections[place] = (head + rows).joined(separator: "\n")
        }

        /// A link to where a mapping's keys are described, which they are the first time.
        private mutating func link(to keys: [Schema.Key], as path: String, word: String?) -> String {
            let isNew = places[keys] == nil
            let place = places[keys] ?? path
            places[keys] = place
            if isNew { describe(keys, named: path) }
            return "[\(word ?? "see below")](#\(SchemaPage.anchor(of: place)))"
        }
    }

    /// A heading's anchor as GitHub makes it.
    private static func anchor(of path: String) -> String {
        path.lowercased().filter { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "-" }
    }

    private static func cell(_ text: String) -> String {
        text.replacing("|", with: "\\|").replacing("\n", with: " ").replacing("<", with: "&lt;")
    }
}

extension Schema {
    /// The mappings with known keys that a value may be, each with the word that chooses it, if any.
    fileprivate var objects: [(word: String?, keys: [Key])] {
        switch self {
        case .object(let keys): [(nil, keys)]
        case .list(let schema, _): schema.objects
        case .either(let shapes):
            shapes.flatMap(\.objects).map { object in
                let type = object.keys.first { $0.name == "type" }?.schema
                guard shapes.count > 2, case .oneOf(let words) = type, words.count == 1 else { return object }
                return (words[0], object.keys)
            }
        default: []
        }
    }
}
