import Document
import LabHost
import PluginAPI
import PluginTestKit
import Pulsar
import SystemPackage
import Testing

@Suite("Plans of several files")
struct PlanFilesTests {
    private let folder: TemporaryDirectory

    init() throws { folder = try TemporaryDirectory() }

    private func write(_ name: String, _ text: String) throws {
        let path = folder.path.appending(name)
        try LocalFile.makeDirectory(path.removingLastComponent())
        try LocalFile.write(text.utf8, to: path)
    }

    private func load(_ name: String = "plan.yaml", _ values: String...) throws -> Result<
        (plan: Plan, source: [UInt8]), PlanFaults
    > {
        PlanLoader.load(
            path: folder.path.appending(name).string,
            overrides: try values.map { try PlanOverride(parsing: $0) },
            system: PulsarSystem()
        )
    }

    private func messages(_ name: String = "plan.yaml", _ values: String...) throws -> [String] {
        let result = PlanLoader.load(
            path: folder.path.appending(name).string,
            overrides: try values.map { try PlanOverride(parsing: $0) },
            system: PulsarSystem()
        )
        guard case .failure(let faults) = result else { return [] }
        return faults.diagnostics.map {
            "\($0.file.replacing("\(folder.path)/", with: "")):\($0.line ?? 0): \($0.path): \($0.message)"
        }
    }

    @Test("are laid over each other: mappings merged, lists replaced, the nearer file last")
    func merges() throws {
        try write(
            "base/base.yaml",
            "name: base\ncluster: {broker: {count: 5, heap: 2G}}\ntest_runs: [{name: a, type: max_rate}]\n"
        )
        try write("base/more.yaml", "extends: base.yaml\ncluster: {broker: {count: 4}}\ntags: {a: b}\n")
        try write("plan.yaml", "extends: base/more.yaml\nname: mine\ncluster: {bookkeeper: {count: 4}}\n")
        let (plan, source) = try load().get()
        #expect(plan.name == "mine")
        #expect(plan.spec.components["broker"]?.count == 4)
        #expect(plan.spec.components["broker"]?.heap == "2G")
        #expect(plan.spec.components["bookkeeper"]?.count == 4)
        #expect(plan.tags == ["a": "b"])
        // What is kept with the experiment says all of it by itself.
        try write("kept.yaml", String(decoding: source, as: UTF8.self))
        let again = try load("kept.yaml").get()
        #expect(again.plan.specs == plan.specs)
        #expect(again.plan.runs.map(\.variants) == plan.runs.map(\.variants))
        #expect(again.source == source)
    }

    @Test("may be several at once, the later one over the earlier one")
    func list() throws {
        try write("one.yaml", "name: one\ntags: {a: one, b: one}\ntest_runs: [{name: a, type: max_rate}]\n")
        try write("two.yaml", "name: two\ntags: {b: two}\n")
        try write("plan.yaml", "extends: [one.yaml, two.yaml]\n")
        let plan = try load().get().plan
        #expect(plan.name == "two")
        #expect(plan.tags == ["a": "one", "b": "two"])
    }

    @Test("have their faults in the file that is at fault")
    func positions() throws {
        try write(
            "base.yaml",
            "name: base\ntest_runs: [{name: a, type: max_rate}]\n\ncluster: {broker: {count: lots}}\n"
        )
        try write("plan.yaml", "extends: base.yaml\ntopics: 3\n")
        #expect(
            try messages() == [
                "plan.yaml:2: : unknown key \"topics\"",
                "base.yaml:4: cluster.broker.count: expected a whole number from 1 to 200, found \"lots\"",
            ]
        )
    }

    @Test("that go in a circle, or are not there, are refused where they are named")
    func circles() throws {
        try write("plan.yaml", "extends: other.yaml\n")
        try write("other.yaml", "# a\nextends: ./plan.yaml\n")
        let circle = try messages()
        #expect(circle.count == 1)
        #expect(circle.first?.hasPrefix("other.yaml:2: : extends: goes in a circle: ") == true)
        try write("lost.yaml", "extends: nowhere.yaml\n")
        #expect(try messages("lost.yaml").first?.contains("nowhere.yaml: no such file") == true)
        try write("own.yaml", "extends: own.yaml\n")
        #expect(try messages("own.yaml").first?.contains("circle") == true)
        try write("list.yaml", "- 1\n")
        try write("bad.yaml", "extends: list.yaml\n")
        #expect(try messages("bad.yaml") == ["list.yaml:1: : expected a mapping, found a list"])
    }

    @Test("take values from the command line, typed and checked like their own")
    func values() throws {
        try write("plan.yaml", "name: x\ntest_runs: [{name: a, type: fixed_rate, producer_rate: 5}]\n")
        let (plan, source) = try load(
            "plan.yaml",
            "cluster.broker.count=3",
            "test_runs[0].producer_rate=77",
            "pulsar.broker.some.key=7",
            "tags.a.b=c",
            "cluster.bookkeeper.storage={size_gb: 9}",
            "matrix.workload.message_size=[1, 2]",
            "driver.producer.batchingMaxBytes=5"
        ).get()
        #expect(plan.spec.components["broker"]?.count == 3)
        #expect(plan.runs.first?.variants.map(\.workload.producerRate) == [77, 77])
        #expect(plan.runs.first?.variants.map(\.workload.messageSizeBytes) == [1, 2])
        #expect(plan.spec.settings["broker"] == ["some.key": "7"])
        #expect(plan.tags == ["a.b": "c"])
        #expect(plan.spec.components["bookkeeper"]?.storage?.sizeGB == 9)
        #expect(plan.driver == .keys(#"{"producer": {"batchingMaxBytes": 5}}"#))
        #expect(String(decoding: source, as: UTF8.self).hasPrefix("# Put together from "))

        #expect(
            try messages("plan.yaml", "cluster.broker.cuont=3", "repetitions=often", "test_runs[0].producer_rate=0")
                == [
                    "command line:0: test_runs[0].producer_rate: expected a whole number from 1 to 1000000000, found 0",
                    "command line:0: cluster.broker: unknown key \"cuont\"; did you mean \"count\"?",
                    "command line:0: repetitions: expected a whole number from 1 to 100, found \"often\"",
                ]
        )
        #expect(
            try messages("plan.yaml", "test_runs[3].name=a") == [
                "command line:0: : test_runs[3].name: there is no such place in the plan"
            ]
        )
    }

    @Test("refuse values that are no YAML or go nowhere", arguments: ["a", "=3", "a=[", ".a=3", "a..b=3"])
    func badValues(text: String) {
        #expect(throws: DocumentError.self) { try PlanOverride(parsing: text) }
    }
}
