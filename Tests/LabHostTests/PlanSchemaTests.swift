import Document
import PluginAPI
import Testing

@testable import LabHost

@Suite("The plan's schema")
struct PlanSchemaTests {
    /// Every key of a schema with its path, objects below lists, maps and alternatives included.
    private func keys(of schema: Schema, at path: String = "") -> [(path: String, key: Schema.Key)] {
        switch schema {
        case .object(let keys):
            keys.flatMap { [("\(path).\($0.name)", $0)] + self.keys(of: $0.schema, at: "\(path).\($0.name)") }
        case .list(let schema, _): keys(of: schema, at: "\(path)[]")
        case .map(let schema, _): keys(of: schema, at: "\(path).*")
        case .either(let schemas): schemas.flatMap { keys(of: $0, at: path) }
        default: []
        }
    }

    @Test("has only defaults that it accepts itself")
    func defaults() throws {
        let keys = keys(of: PlanSchema.schema)
        #expect(keys.count > 100)
        for (path, key) in keys where key.defaultText != nil {
            let node = try #require(key.defaultNode, "\(path)")
            var validator = SchemaValidator()
            validator.check(key.schema.completed(node), against: key.schema)
            #expect(validator.diagnostics.isEmpty, "\(path)")
            #expect(key.unsupported == nil, "\(path): a default that is refused would be no default")
        }
    }

    @Test("has patterns that compile, and names in snake case that are unique where they stand")
    func wellFormed() {
        func check(_ schema: Schema, at path: String) {
            switch schema {
            case .string(let pattern?, _): #expect((try? Regex(pattern)) != nil, "\(path)")
            case .map(let schema, let pattern):
                if let pattern { #expect((try? Regex(pattern)) != nil, "\(path)") }
                check(schema, at: path)
            case .list(let schema, _): check(schema, at: path)
            case .either(let schemas): for schema in schemas { check(schema, at: path) }
            case .object(let keys):
                #expect(Set(keys.map(\.name)).count == keys.count, "\(path)")
                for key in keys {
                    #expect(key.name.allSatisfy { $0.isLowercase || $0.isNumber || $0 == "_" }, "\(path).\(key.name)")
                    #expect(key.summary.hasSuffix("."), "\(path).\(key.name)")
                    check(key.schema, at: "\(path).\(key.name)")
                }
            default: break
            }
        }
        check(PlanSchema.schema, at: "")
    }

    @Test("marks what is not supported with words that say so")
    func unsupported() {
        for (path, key) in keys(of: PlanSchema.schema) {
            if let text = key.unsupported { #expect(text.contains("not supported yet"), "\(path)") }
        }
    }

    @Test("knows every key of a workload that a run may override")
    func overrides() {
        #expect(
            PlanSchema.workloadKeys.filter { $0.unsupported == nil }.count == WorkloadValues.CodingKeys.allCases.count
        )
    }
}

@Suite("Schemas")
struct SchemaTests {
    private func check(_ text: String, _ schema: Schema) throws -> [String] {
        var validator = SchemaValidator()
        validator.check(try YAML.parse(Array(text.utf8), file: "f"), against: schema)
        return validator.diagnostics.map { "\($0.line ?? 0):\($0.column ?? 0) \($0.path): \($0.message)" }
    }

    private let renamed = Schema.object([
        Schema.Key("rate", .integer(1...9), "R.", required: true, deprecated: ["speed": "use \"rate\""]),
        Schema.Key("size", .integer(1...9), "S.", default: "3"),
    ])

    @Test("accept another spelling with a warning, and complete to the present one")
    func deprecated() throws {
        #expect(try check("speed: 2", renamed) == ["1:1 speed: use \"rate\""])
        let node = renamed.completed(try YAML.parse(Array("speed: 2".utf8), file: "f"))
        #expect(node["rate"]?.text == "2")
        #expect(node["size"]?.text == "3")
        #expect(node["speed"] == nil)
        #expect(try check("{speed: 2, rate: 3}", renamed) == ["1:2 speed: says the same as \"rate\"; keep one"])
    }

    @Test(
        "say what they expect",
        arguments: [
            (.integer(Int.min...Int.max), "a whole number"), (.integer(1...Int.max), "a whole number of at least 1"),
            (.integer(Int.min...5), "a whole number of at most 5"), (.integer(1...1), "a whole number, 1"),
            (.number(0...100), "a number from 0 to 100"), (.number(0.5...2.5), "a number from 0.5 to 2.5"),
            (.either([.boolean, .object([])]), "true or false or a mapping"), (.oneOf(["a", "b"]), "one of a, b"),
            (.string(pattern: "x+"), "text that matches x+"),
        ] as [(Schema, String)]
    )
    func expectations(schema: Schema, text: String) { #expect(schema.expectation == text) }

    @Test("explain a value that fits no alternative against the closest")
    func either() throws {
        let schema = Schema.either([.boolean, .object([Schema.Key("price", .number(0...1), "P.")])])
        #expect(try check("maybe", schema) == ["1:1 : expected true or false, found \"maybe\""])
        #expect(try check("{price: 7}", schema) == ["1:9 price: expected a number from 0 to 1, found 7"])
        #expect(try check("[1]", schema) == ["1:1 : expected true or false or a mapping, found a list"])
        #expect(try check("true", schema).isEmpty)
    }

    @Test("match the whole text, by code point")
    func patterns() throws {
        let schema = Schema.string(pattern: "[a-z]+")
        #expect(try check("abc", schema).isEmpty)
        #expect(try check("\"abc\\n\"", schema).count == 1)
        #expect(try check("\"e\\u0301\"", schema).count == 1)
    }

    @Test("report a pattern of a plugin's that is none")
    func brokenPattern() throws {
        #expect(try check("a", .string(pattern: "(")) == ["1:1 : the schema's own pattern ( is not valid"])
    }
}
