import PluginAPI
import SystemPackage

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Prints a page with the Chromium of this machine.
struct PDFPrinter {
    let context: PluginContext

    /// The names under which Chromium is known, the usual one first.
    static let programs = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"]

    /// The page on paper.
    ///
    /// - Throws: ``LabError`` when there is no Chromium, or when it does not print.
    func print(_ page: [UInt8]) async throws -> ReportFile {
        let folder = context.directory.appending("pdf-\(UUID().uuidString)")
        try LocalFile.makeDirectory(folder)
        defer { try? FileManager.default.removeItem(atPath: folder.string) }
        let (source, target) = (folder.appending("index.html"), folder.appending("report.pdf"))
        try LocalFile.write(page, to: source)
        let arguments = [
            "--headless", "--no-sandbox", "--disable-gpu", "--disable-extensions", "--no-first-run",
            "--user-data-dir=\(folder.appending("profile"))", "--no-pdf-header-footer", "--print-to-pdf=\(target)",
            "file://\(source)",
        ]
        let result = try await run(arguments)
        guard result.status == 0, let content = try LocalFile.read(target), content.starts(with: "%PDF".utf8) else {
            throw LabError(
                .reporting,
                "Chromium did not print the report",
                cause: result.standardError.split(separator: "\n").suffix(3).joined(separator: "\n"),
                hint: "print index.html from a browser"
            )
        }
        return ReportFile(name: "report.pdf", content: content)
    }

    private func run(_ arguments: [String]) async throws -> ProcessResult {
        for program in Self.programs {
            do {
                return try await context.processes.run(ProcessInvocation(program, arguments)) { _ in }
            } catch let error as LabError where error.code == .preflight {
                continue
            }
        }
        throw LabError(
            .reporting,
            "there is no Chromium in PATH to print report.pdf with",
            cause: "looked for: \(Self.programs.joined(separator: ", "))",
            hint: "install the package chromium, or print index.html from a browser"
        )
    }
}
