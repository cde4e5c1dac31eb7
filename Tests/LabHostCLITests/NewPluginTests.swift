import LabHost
import PluginAPI
import SystemPackage
import Testing

@testable import LabHostCLI

@Suite struct NewPluginTests {
    @Test func `a name becomes a type`() throws {
        let name = try PluginName("slack-summary", phase: .report, catalog: .standard)
        #expect(name.type == "SlackSummaryReporter")
    }

    @Test(arguments: [
        "", "a", "Slack", "slack summary", "../slack", "slack\"", "slack\\", "slack\n", "-slack", "slack-", "a--b",
        "1st",
        "släck", String(repeating: "a", count: 41), "x;rm", "$(id)", "a.b",
    ])
    func `a name that could break out of anything is refused`(text: String) {
        #expect(throws: LabError.self) { try PluginName(text, phase: .report, catalog: .standard) }
    }

    @Test(arguments: ["html", "json", "csv", "tabular", "cost"])
    func `a name that LabHost uses is refused`(text: String) {
        #expect(throws: LabError.self) { try PluginName(text, phase: .report, catalog: .standard) }
    }

    @Test func `a path stays inside its literal`() {
        let literal = LabHostSource.literal("/a\"), .package(url: \"x\\(1)\n")
        #expect(literal == #""/a\"), .package(url: \"x\\(1)\u{a}""#)
    }

    @Test func `a checkout is found from the binary in it, and nothing else passes for one`() throws {
        let root = FilePath(#filePath).removingLastComponent().removingLastComponent().removingLastComponent()
        let binary = root.appending(".build/debug/labhost")
        #expect(try LabHostSource(nil, binary: binary, directory: "/") == .checkout(root))
        #expect(try LabHostSource(".", binary: "/bin/labhost", directory: root) == .checkout(root))
        #expect(throws: LabError.self) { try LabHostSource(nil, binary: "/bin/labhost", directory: "/") }
        #expect(throws: LabError.self) { try LabHostSource("/", binary: binary, directory: "/") }
        #expect(throws: LabError.self) { try LabHostSource("https://x/\"+evil", binary: binary, directory: "/") }
    }

    @Test func `a repository is depended on by its URL`() throws {
        let source = try LabHostSource("https://example.org/team/labhost.git", binary: "/bin/labhost", directory: "/")
        #expect(source.dependency == #".package(url: "https://example.org/team/labhost.git", branch: "main")"#)
        #expect(source.package == "labhost")
    }

    @Test func `a main program is three lines`() throws {
        let name = try PluginName("slack", phase: .report, catalog: .standard)
        let files = ReporterPackage(name: name, source: .checkout("/labhost")).files
        let main = try #require(files["Sources/labhost/main.swift"])
        #expect(
            main == "import LabHostCLI\nimport SlackReporter\n\nawait LabHostTool.main(adding: [SlackReporter.self])\n"
        )
    }
}
