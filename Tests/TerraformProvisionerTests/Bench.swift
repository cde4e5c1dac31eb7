import Foundation
import PluginAPI
import PluginTestKit
import SystemPackage

@testable import TerraformProvisioner

/// A provisioner in a folder of its own, with a terraform that answers from recordings.
final class Bench: Sendable {
    let folder: String
    let recorder = EventRecorder()
    let processes: FakeProcesses
    let http: FakeHTTP
    let cloud: CloudSettings

    /// What the stand-in for terraform answers to a command, by its first argument.
    typealias Answer = @Sendable ([String]) throws -> (lines: [String], result: ProcessResult)?

    init(cloud: CloudSettings = CloudSettings(region: "us-west-2"), answer: @escaping Answer = { _ in nil }) throws {
        let folder = NSTemporaryDirectory() + "labhost-terraform-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        self.folder = folder
        self.cloud = cloud
        processes = FakeProcesses { invocation in
            if let answered = try answer(invocation.arguments) { return answered }
            return try Bench.usual(invocation.arguments, in: folder)
        }
        http = FakeHTTP { request in
            let body = String(decoding: request.body, as: UTF8.self)
            guard body.contains("GetCallerIdentity") else {
                return HTTPResponse(status: 200, body: Array("<Response/>".utf8))
            }
            let xml = """
                <GetCallerIdentityResponse><GetCallerIdentityResult><Account>123456789012</Account>
                <Arn>arn:aws:iam::123456789012:user/lab</Arn></GetCallerIdentityResult></GetCallerIdentityResponse>
                """
            return HTTPResponse(status: 200, body: Array(xml.utf8))
        }
    }

    /// A terraform whose first apply fails with a diagnostic; nothing is wrong with those after it.
    convenience init(refusingFirstApply diagnostic: String) throws {
        let attempts = Locked(0)
        try self.init { arguments in
            guard arguments.first == "apply" else { return nil }
            let isFirst = attempts.withLock { count in
                count += 1
                return count == 1
            }
            return isFirst ? ([diagnostic], ProcessResult(status: 1)) : nil
        }
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    /// What terraform does when nothing is wrong.
    static func usual(_ arguments: [String], in folder: String) throws -> ([String], ProcessResult) {
        let files = FileManager.default
        switch arguments.first {
        case "version": return (["{\"terraform_version\": \"1.11.4\"}"], ProcessResult(status: 0))
        case "init":
            let providers = "\(folder)/.terraform/providers"
            try files.createDirectory(atPath: providers, withIntermediateDirectories: true)
            return (["Initializing the backend..."], ProcessResult(status: 0))
        case "plan":
            _ = files.createFile(atPath: "\(folder)/labhost.tfplan", contents: nil)
            return (try recording("plan"), ProcessResult(status: 0))
        case "apply":
            _ = files.createFile(atPath: "\(folder)/terraform.tfstate", contents: Data("{}".utf8))
            return (try recording("apply"), ProcessResult(status: 0))
        case "destroy": return (try recording("destroy"), ProcessResult(status: 0))
        default: throw UnfakedSeam("terraform \(arguments)")
        }
    }

    /// What a real terraform printed, line by line.
    static func recording(_ name: String) throws -> [String] {
        guard let url = Bundle.module.url(forResource: "Recordings/\(name)", withExtension: "jsonl") else {
            throw UnfakedSeam("a recording named \(name)")
        }
        return try String(contentsOf: url, encoding: .utf8).split(separator: "\n").map(String.init)
    }

    /// An error as terraform prints it.
    static func diagnostic(_ summary: String, address: String? = nil) -> String {
        let place = address.map { #","address":\#(quoted($0))"# } ?? ""
        return """
            {"@level":"error","type":"diagnostic","diagnostic":{"severity":"error","summary":\(quoted(summary)),\
            "detail":""\(place)}}
            """
    }

    private static func quoted(_ text: String) -> String {
        "\"" + text.replacingOccurrences(of: "\\", with: "\\\\").replacingOccurrences(of: "\"", with: "\\\"") + "\""
    }

    func provisioner(_ options: TerraformOptions = TerraformOptions()) throws -> TerraformProvisioner {
        let secret = AWSCredentials(
            accessKeyID: "AKIDEXAMPLE",
            secretAccessKey: "a-secret-that-must-never-show",
            sessionToken: "a-token-that-must-never-show"
        )
        let context = PluginContext.fake(
            directory: FilePath(folder),
            cloud: cloud,
            events: recorder,
            http: http,
            processes: processes,
            credentials: FixedCredentials(secret),
            environment: ["TF_VAR_region": "elsewhere", "TF_PLUGIN_CACHE_DIR": "/cache"]
        )
        return try TerraformProvisioner(options: options, context: context)
    }

    /// The cluster that was recorded.
    static func request(zookeeperType: String = "t3.micro", spot: SpotRequest? = nil) -> ProvisionRequest {
        let counts = [("zookeeper", 3), ("bookkeeper", 3), ("broker", 2), ("client", 1)]
        let hosts = counts.enumerated().flatMap { place, entry in
            (0..<entry.1).map { index in
                HostSpec(
                    name: "\(entry.0)-\(index + 1)",
                    component: entry.0,
                    instanceType: entry.0 == "zookeeper" ? zookeeperType : "t3.small",
                    privateAddress: "10.0.1.\(4 + 4 * index + place)",
                    userData: "#!/bin/bash\necho \"${HOME}\" %{ if } \"quoted\"\n",
                    dataVolume: entry.0 == "bookkeeper" ? VolumeSpec(type: "gp3", sizeGB: 50, iops: 3_000) : nil
                )
            }
        }
        return ProvisionRequest(
            hosts: hosts,
            network: NetworkSpec(vpcCIDR: "10.0.0.0/16", subnetCIDR: "10.0.1.0/24"),
            spot: spot,
            image: MachineImage(id: "ami-1", name: "pulsar"),
            expiry: Date(timeIntervalSince1970: 1_900_000_000)
        )
    }

    /// The commands so far, by their first words.
    var commands: [String] { processes.invocations.compactMap(\.arguments.first) }

    func read(_ path: String) -> String? { try? String(contentsOfFile: "\(folder)/\(path)", encoding: .utf8) }

    func write(_ path: String, _ text: String) throws {
        let url = URL(fileURLWithPath: "\(folder)/\(path)")
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: url)
    }
}
