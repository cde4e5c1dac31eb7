import Document
import Foundation
import PluginAPI
import Testing

@testable import TerraformProvisioner

@Suite("What terraform prints and reads") struct ReadingTests {
    @Test(arguments: [
        ("aws_instance", "instance"), ("aws_vpc", "vpc"), ("aws_internet_gateway", "internet-gateway"),
        ("aws_iam_instance_profile", "iam-instance-profile"), ("aws_eip", "elastic-ip"), ("aws_ebs_volume", "volume"),
        ("aws_route_table_association", nil), ("aws_iam_role_policy_attachment", nil), ("aws_route", nil),
        ("aws_vpc_security_group_ingress_rule", nil), ("aws_default_route_table", nil), ("random_id", nil),
    ]) func kinds(type: String, kind: String?) { #expect(ResourceKinds.kind(of: type) == kind) }

    @Test(arguments: ["", "{", "[]", "null", "{\"type\": 3}", "{\"type\":\"apply_complete\"}", "\u{1B}[0mError"])
    func linesThatSayNothing(line: String) { #expect(TerraformEvent(line) == nil) }

    @Test func dataSourcesCreateNothing() throws {
        let line = """
            {"type":"apply_complete","hook":{"resource":{"addr":"module.iam.data.aws_partition.current",\
            "resource_type":"aws_partition"},"action":"read","id_value":"aws"}}
            """
        #expect(TerraformEvent(line) == nil)
    }

    @Test func awsSpeaksThroughTheProvider() {
        let diagnostic = TerraformDiagnostic(
            summary: "creating EC2 VPC: StatusCode: 400, RequestID: x, api error VpcLimitExceeded: The maximum: 5\nmore"
        )
        #expect(diagnostic.awsCode == "VpcLimitExceeded")
        #expect(diagnostic.awsMessage == "The maximum: 5")
        #expect(TerraformDiagnostic(summary: "no").awsCode == nil)
        // The SDK has a type for this one, and words of its own for what never reached AWS.
        let typed = TerraformDiagnostic(summary: "StatusCode: 409, RequestID: x, EntityAlreadyExists: Role with name r")
        #expect(typed.awsCode == "EntityAlreadyExists" && typed.awsMessage == "Role with name r")
        let unsent = "StatusCode: 0, RequestID: , request send failed, Post \"http://127.0.0.1:1/\": refused"
        #expect(TerraformDiagnostic(summary: unsent).awsCode == nil)
    }

    @Test func theModuleIsCarriedWhole() throws {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../Plugins/TerraformProvisioner/Resources").standardized.path
        let files = try FileManager.default.subpathsOfDirectory(atPath: folder).filter { $0.hasSuffix(".tf") }
        let carried = Dictionary(uniqueKeysWithValues: ModuleFiles.embedded.map { ($0.path, $0.content) })
        #expect(Set(files) == Set(carried.keys))
        for file in files {
            #expect(carried[file] == FileManager.default.contents(atPath: "\(folder)/\(file)").map { Array($0) })
        }
    }

    @Test func valuesReachTerraformAsTheyAre() throws {
        let bench = try Bench(cloud: CloudSettings(region: "us-west-2", endpoint: "http://127.0.0.1:1"))
        var context = try bench.provisioner().context
        context.tags["odd"] = "${file(\"/etc/passwd\")} %{ for } \"\n\\"
        let variables = try TerraformVariables(Bench.request(), context: context)
        let tree = try JSON.parse(try variables.encoded(), file: "tfvars")
        #expect(tree["tags"]?["odd"]?.text == context.tags["odd"])
        #expect(tree["hosts"]?["broker-1"]?["user_data"]?.text == Bench.request().hosts[6].userData)
        #expect(tree["emulated"]?.text == "true")
        #expect(tree["name"]?.text == context.experiment.rawValue)
        #expect(try variables.encoded() == (try TerraformVariables(Bench.request(), context: context).encoded()))
    }

    @Test func aStateFileNamesItsIds() {
        let text = """
            {"version": 4, "resources": [
              {"mode": "managed", "instances": [{"attributes": {"id": "i-1"}}, {"attributes": {"id": "i-2"}}]},
              {"mode": "data", "instances": [{"attributes": {"id": "aws"}}]}]}
            """
        #expect(TerraformState(Array(text.utf8)).ids == ["i-1", "i-2"])
        #expect(TerraformState([]).ids == [])
    }
}
