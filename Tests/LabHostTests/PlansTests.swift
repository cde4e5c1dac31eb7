import Document
import LabHost
import PluginAPI
import Pulsar
import SystemPackage
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite("The plans that LabHost comes with")
struct PlansTests {
    private static let folder = FilePath(#filePath).removingLastComponent().removingLastComponent()
        .removingLastComponent().appending("plans")
    static let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.string))?.sorted() ?? []

    private func load(_ name: String) throws -> (plan: Plan, source: [UInt8]) {
        try PlanLoader.load(path: Self.folder.appending(name).string, system: PulsarSystem()).get()
    }

    @Test func areThere() {
        #expect(
            Set(Self.names).isSuperset(of: ["poc.yaml", "baseline.yaml", "broker-sizing.yaml", "local-smoke.yaml"])
        )
    }

    @Test(arguments: names)
    func haveNothingToComplainAboutAndSayWhatTheyAskTakeAndCost(name: String) throws {
        let (plan, source) = try load(name)
        #expect(plan.warnings == [])
        #expect(plan.description != nil)
        #expect("\(plan.name).yaml" == name)
        let head = String(decoding: source, as: UTF8.self).split(separator: "\n").prefix { $0.hasPrefix("#") }
        #expect(head.first?.hasSuffix("?") == true, "the first line is the question")
        #expect(head.contains { $0.contains("minute") || $0.contains("hour") })
        #expect(try !Scheduler.schedule(plan).cells.isEmpty)
    }
}

@Suite("The plan reference in the documentation")
struct PlanReferenceTests {
    @Test func isWhatTheSchemaSays() throws {
        let page = FilePath(#filePath).removingLastComponent().removingLastComponent().removingLastComponent()
            .appending("docs/plan-reference.md")
        let text = String(decoding: try LocalFile.read(page) ?? [], as: UTF8.self)
        #expect(text == SchemaPage.markdown, "run: labhost schema --format markdown > docs/plan-reference.md")
    }

    @Test func theSchemaItselfIsJSON() throws {
        let root = try JSON.parse(Array(SchemaDocument.json.utf8), file: "schema")
        #expect(root["$schema"]?.text == "https://json-schema.org/draft/2020-12/schema")
        #expect(root["properties"]?["matrix"] != nil)
    }
}
