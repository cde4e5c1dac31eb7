import Foundation
import LabHost
import PluginAPI
import SystemPackage
import Testing

@testable import LabHostCLI

@Suite struct ReferenceTests {
    @Test func `the reference page is what the commands say`() throws {
        let path = FilePath(#filePath).removingLastComponent().removingLastComponent().removingLastComponent()
            .appending("docs/cli-reference.md")
        let text = try String(contentsOfFile: path.string, encoding: .utf8)
        #expect(try text == CommandPage.markdown(of: .labhost()), "run: labhost reference > docs/cli-reference.md")
    }

    @Test func `the README names every plugin`() throws {
        let path = FilePath(#filePath).removingLastComponent().removingLastComponent().removingLastComponent()
            .appending("README.md")
        let text = try String(contentsOfFile: path.string, encoding: .utf8)
        let start = try #require(text.range(of: "## Plugins")), end = try #require(text.range(of: "## Commands"))
        let table = text[start.upperBound..<end.lowerBound]
        for id in try Set(Catalog.standard.entries.map(\.descriptor.id)) { #expect(table.contains("`\(id)`"), "\(id)") }
    }

    @Test func `every command has a summary and ends its help with an example`() throws {
        for command in try CommandOutline.labhost().all {
            #expect(command.abstract?.isEmpty == false, "\(command.call)")
            #expect(command.discussion?.contains("Example: ") == true, "\(command.call)")
        }
    }

    @Test func `text in a manual page is neither a request nor an escape`() throws {
        var outline = try CommandOutline.labhost()
        outline.discussion = ".so /etc/passwd\n'br\n\\n(.z --all"
        let page = ManualPage.roff(of: outline, build: BuildFacts(version: "1.0.0"))
        let lines = page.split(separator: "\n")
        #expect(lines.contains("\\&.so /etc/passwd"))
        #expect(lines.contains("\\&'br"))
        #expect(lines.contains("\\en(.z \\-\\-all"))
    }

    @Test func `a bar in an explanation does not end a cell`() throws {
        var outline = try CommandOutline.labhost()
        outline.subcommands = []
        outline.arguments = [
            .init(
                kind: "flag",
                shouldDisplay: true,
                isOptional: true,
                isRepeating: false,
                names: [.init(kind: "long", name: "all")],
                preferredName: .init(kind: "long", name: "all"),
                abstract: "one | two <three>"
            )
        ]
        #expect(CommandPage.markdown(of: outline).contains("| `--all` | one \\| two \\<three> |"))
    }
}
