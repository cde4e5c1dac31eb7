import LabHost
import PacerBuilder

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Images as a table.
enum ImageTable {
    private static let titles = ["IMAGE", "NAME", "PULSAR", "KEY", "AGE", "SIZE", "REGIONS", "IN USE BY"]

    /// The table, ending in a newline.
    static func render(_ images: [LabImage], at now: Date) -> String {
        guard !images.isEmpty else { return "no images; labhost image build makes one\n" }
        let copies = Dictionary(grouping: images.filter { $0.key != nil }) { $0.key ?? "" }
        let rows = images.map { image in
            let others = copies[image.key ?? ""]?.map(\.region).filter { $0 != image.region } ?? []
            return [
                image.id,
                name(image),
                image.pulsarVersion,
                image.key.map { String($0.prefix(12)) } ?? "-",
                image.createdAt.map { age(now.timeIntervalSince($0)) } ?? "-",
                image.sizeGB.map { "\($0) GiB" } ?? "-",
                ([image.region] + Set(others).sorted().map { "+\($0)" }).joined(separator: " "),
                uses(image.uses),
            ].map(Printable.line)
        }
        let widths = titles.indices.map { column in ([titles] + rows).map { $0[column].count }.max() ?? 0 }
        return ([titles] + rows).map { row in
            let cells = zip(row, widths).map { text, width in text + spaces(width - text.count) }
            return cells.joined(separator: "  ").trimmingSuffix(while: { $0 == " " }) + "\n"
        }.joined()
    }

    private static func name(_ image: LabImage) -> String {
        if image.isLeftover { return "\(image.name) (left by a killed build)" }
        return image.state == "available" ? image.name : "\(image.name) (\(image.state))"
    }

    private static func uses(_ uses: [String]?) -> String {
        guard let uses else { return "?" }
        guard let first = uses.first else { return "-" }
        return uses.count == 1 ? first : "\(first) and \(uses.count - 1) more"
    }

    /// `42 min`, `7 h`, `12 d`.
    private static func age(_ seconds: Double) -> String {
        switch seconds {
        case ..<0: "-"
        case ..<7200: "\(Int(seconds / 60)) min"
        case ..<172_800: "\(Int(seconds / 3600)) h"
        default: "\(Int(seconds / 86_400)) d"
        }
    }

    private static func spaces(_ count: Int) -> String { String(repeating: " ", count: max(0, count)) }
}

extension String {
    fileprivate func trimmingSuffix(while predicate: (Character) -> Bool) -> String {
        var text = self[...]
        while let last = text.last, predicate(last) { text.removeLast() }
        return String(text)
    }
}
