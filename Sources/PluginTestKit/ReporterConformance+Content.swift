import Foundation
import PluginAPI

/// What a file must be, by the end of its name. Of other kinds only that they are not empty is known.
extension ReporterConformance {
    static func content(of file: ReportFile, _ sample: SampleExperiment, isSimulated: Bool) throws {
        let place = "\(sample): \(file.name)"
        try expect(!file.content.isEmpty, "\(place) is empty")
        let kind = file.name.split(separator: ".").last ?? ""
        guard ["html", "json", "csv", "md", "xml"].contains(kind) else { return }
        guard let text = String(validating: file.content, as: UTF8.self) else {
            throw Violation(description: "\(place) is not UTF-8")
        }
        if isSimulated {
            try expect(text.lowercased().contains("simulated"), "\(place) does not say that its numbers are made up")
        }
        let controls = file.content.first { $0 < 0x20 && ![0x09, 0x0a, 0x0d].contains($0) }
        switch kind {
        case "html", "xml", "md":
            try expect(!text.contains("<img"), "\(place): a text has become markup")
            try expect(controls == nil, "\(place): a control character was let through")
        case "csv": try csv(text, place)
        default:
            do { _ = try JSONSerialization.jsonObject(with: Data(file.content)) } catch {
                throw Violation(description: "\(place) is not JSON: \(error)")
            }
        }
        if kind == "md" { try expect(!text.contains("](javascript:"), "\(place): a text has become a link") }
    }

    /// Every row is as long as the first, and no field is a formula.
    private static func csv(_ text: String, _ place: String) throws {
        let rows = fields(of: text)
        let columns = rows.first?.count ?? 0
        for (index, row) in rows.enumerated() {
            try expect(row.count == columns, "\(place): row \(index + 1) has \(row.count) fields of \(columns)")
            for field in row {
                let isNumber = Double(field) != nil
                let isFormula = field.utf8.first.map { Array("=+-@\t\r".utf8).contains($0) } ?? false
                try expect(isNumber || !isFormula, "\(place): a spreadsheet would run \(field.prefix(40))")
            }
        }
    }

    /// The fields of RFC 4180's format.
    private static func fields(of text: String) -> [[String]] {
        var (rows, row, field) = ([[String]](), [String](), [UInt8]())
        var isQuoted = false
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""):
                // The second of two within quotes stands for one; it opens the quotes again.
                if !isQuoted, !field.isEmpty { field.append(byte) }
                isQuoted.toggle()
            case UInt8(ascii: ",") where !isQuoted:
                row.append(String(decoding: field, as: UTF8.self))
                field = []
            case UInt8(ascii: "\r") where !isQuoted: continue
            case UInt8(ascii: "\n") where !isQuoted:
                rows.append(row + [String(decoding: field, as: UTF8.self)])
                (row, field) = ([], [])
            default: field.append(byte)
            }
        }
        return rows
    }
}
