import Foundation
import PluginTestKit
import Subprocess
import SystemPackage
import Testing

/// The published schema, held against an independent validator.
@Suite struct SchemaTests {
    private static let validator = """
        import json, sys, yaml
        from jsonschema import Draft202012Validator
        schema = json.load(open(sys.argv[1]))
        Draft202012Validator.check_schema(schema)
        validator = Draft202012Validator(schema)
        for path in sys.argv[2:]:
            fits = validator.is_valid(yaml.safe_load(open(path)))
            print("valid" if fits else "invalid", path.rsplit("/", 1)[-1])
        """

    @Test func `every plan that ships fits the schema, and broken ones fit neither it nor labhost`() async throws {
        let labhost = try LabHost()
        let folder = try TemporaryDirectory()
        let schema = folder.path.appending("schema.json")
        try await labhost("schema").output.write(toFile: schema.string, atomically: true, encoding: .utf8)
        let plans = Repository.root.appending("plans")
        var files = try FileManager.default.contentsOfDirectory(atPath: plans.string).sorted()
            .map { plans.appending($0).string }
        let good = files.count
        let broken = [
            "name: x\n", "name: x\ntest_runs: []\n", "name: x\ntest_runs: [{name: a, type: max}]\n",
            "name: x\ntest_runs: [{name: a, type: max_rate}]\nclutser: {}\n",
            "name: x\ntest_runs: [{name: a, type: max_rate}]\nlimits: {max_duration: long}\n",
            "name: x\ntest_runs: [{name: a, type: max_rate}]\nrepetitions: 0\n",
            "name: x\ntest_runs: [{name: a, type: fixed_rate}]\n",
        ]
        for (index, text) in broken.enumerated() {
            let path = folder.path.appending("broken-\(index).yaml").string
            try text.write(toFile: path, atomically: true, encoding: .utf8)
            #expect(try await labhost("validate", path).status == 65)
            files.append(path)
        }
        let script = folder.path.appending("validate.py").string
        try Self.validator.write(toFile: script, atomically: true, encoding: .utf8)
        let result = try await Subprocess.run(
            .path(Repository.root.appending("Tests/AWSSandbox/python")),
            arguments: Arguments([script, schema.string] + files),
            output: .string(limit: 1 << 16),
            error: .string(limit: 1 << 16)
        )
        let lines = result.standardOutput.split(separator: "\n")
        #expect(lines.count == files.count, "\(result.standardError)")
        #expect(lines.prefix(good).allSatisfy { $0.hasPrefix("valid") }, "\(lines)")
        #expect(lines.dropFirst(good).allSatisfy { $0.hasPrefix("invalid") }, "\(lines)")
    }
}
