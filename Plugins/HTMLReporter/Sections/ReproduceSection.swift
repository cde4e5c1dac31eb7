import PluginAPI

/// How to get the same numbers again: the command, the plan and the hashes.
struct ReproduceSection {
    let model: ReportModel

    /// The longest plan that is printed, in characters.
    static let mostText = 60_000

    var section: PageSection? {
        PageSection(
            id: "reproduce",
            title: "How to reproduce",
            content:
                "\(command)<dl class=\"meta\">\(facts.html { "<div><dt>\($0.0)</dt><dd>\($0.1)</dd></div>" })</dl>\(plan)"
        )
    }

    private var command: HTML {
        guard let plan = model.record.plan else { return HTML() }
        let words = ["labhost", "run"] + plan.arguments + ["plan.yaml"]
        return """
            <p>With the plan below as plan.yaml:</p><pre class="command">\(words.map(Self.quoted).joined(separator: " "))</pre>
            """
    }

    /// A word as a shell takes it.
    private static func quoted(_ word: String) -> String {
        let safe = word.unicodeScalars.allSatisfy {
            $0.isASCII && ($0.properties.isAlphabetic || "0123456789-_=./,:@".unicodeScalars.contains($0))
        }
        return safe && !word.isEmpty ? word : "'" + word.replacing("'", with: "'\\''") + "'"
    }

    private var facts: [(String, String)] {
        let record = model.record
        var facts = [("Experiment", record.experiment.rawValue), ("LabHost", record.labhostVersion)]
        if let plan = record.plan {
            facts.append(("Plan's hash", plan.hash))
            facts.append(("Plan's file", plan.file))
            if let seed = plan.seed { facts.append(("Seed of the order", String(seed))) }
        }
        if let image = record.image { facts.append(("Image", "\(image.name) (\(image.id))")) }
        facts += record.plugins.sorted { $0.key < $1.key }.map { ($0.key.capitalizedFirst, $0.value) }
        let keys = Set(record.cells.map(\.cell.key).filter { !$0.isEmpty })
        if !keys.isEmpty { facts.append(("Different cells", Figures.grouped(keys.count))) }
        return facts
    }

    private var plan: HTML {
        guard let plan = model.record.plan else {
            return "<p class=\"note\">The frozen plan is not there any more.</p>"
        }
        let text = String(plan.text.prefix(Self.mostText))
        let cut: HTML = text.count < plan.text.count ? "<p class=\"note\">The rest of the plan was cut.</p>" : HTML()
        return "<details class=\"plan\"><summary>The plan</summary><pre>\(text)</pre>\(cut)</details>"
    }
}

extension String {
    fileprivate var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
