import Foundation
import PluginAPI
import PluginTestKit
import SystemPackage
import Testing

@testable import PacerBuilder

/// A build with a packer that says what packer 1.6.6 said, and an AWS that answers what a build asks.
struct BuildTests {
    /// What AWS and packer do.
    private struct World {
        let home: TemporaryDirectory
        let http: FakeHTTP
        let processes: ScriptedPacker
        let recorder = EventRecorder()

        /// A world with a version of packer, the step whose script fails on the instance, and whether packer ends well.
        init(version: String = "1.6.6", failing: String? = nil, artifact: Bool = true) throws {
            home = try TemporaryDirectory()
            let isMade = PluginTestKit.Locked(false)
            let sent = PluginTestKit.Locked<[String]>([])
            http = FakeHTTP { request in
                let body = String(decoding: request.body, as: UTF8.self)
                let target = request.headers.first { $0.name == "x-amz-target" }?.value.split(separator: ".").last
                switch target {
                case "DescribeInstanceInformation":
                    return Self.ok(#"{"InstanceInformationList":[{"InstanceId":"i-1","PingStatus":"Online"}]}"#)
                case "SendCommand":
                    sent.withLock { $0.append(body) }
                    return Self.ok(#"{"Command":{"CommandId":"\#(sent.withLock { $0.count })"}}"#)
                case "GetCommandInvocation":
                    let last = sent.withLock { $0.last ?? "" }
                    guard let failing, last.contains("exec bash"), last.contains("\(failing).sh") else {
                        return Self.ok(#"{"Status":"Success","StatusDetails":"Success","ResponseCode":0}"#)
                    }
                    return Self.ok(
                        #"{"Status":"Failed","StatusDetails":"Failed","ResponseCode":3,"#
                            + #""StandardErrorContent":"pulsar: no such archive\nfailed to run commands: exit status 3"}"#
                    )
                default: return Self.ok(Self.query(body, isMade: isMade.withLock { $0 }))
                }
            }
            let ending =
                artifact
                ? ["1,amazon-ebs.image,artifact,0,id,us-west-2:ami-2"]
                : ["1,amazon-ebs.image,error,Script exited with non-zero exit status: 1"]
            processes = ScriptedPacker(
                version: version,
                verdict: home.path.appending("verdict"),
                waits: artifact || failing != nil,
                ending: ending,
                status: artifact ? 0 : 1
            ) { isMade.withLock { $0 = artifact } }
        }

        var context: PluginContext {
            .fake(directory: home.path, events: recorder, http: http, processes: processes)
        }

        func exists(_ name: String) -> Bool {
            FileManager.default.fileExists(atPath: home.path.appending(name).string)
        }

        private static func ok(_ body: String) -> HTTPResponse { HTTPResponse(status: 200, body: Array(body.utf8)) }

        private static func query(_ body: String, isMade: Bool) -> String {
            if body.contains("Action=DescribeImages") {
                let base = "<item><imageId>ami-1</imageId><name>al2023</name><imageState>available</imageState></item>"
                let made = """
                    <item><imageId>ami-2</imageId><name>pulsar</name><imageState>available</imageState>
                    <tagSet><item><key>PulsarVersion</key><value>3.0.0</value></item></tagSet></item>
                    """
                let isBase = body.contains("Owner.1=amazon")
                return
                    "<R><imagesSet>\(isBase ? base : isMade && body.contains("image-id") ? made : "")</imagesSet></R>"
            }
            if body.contains("Action=DescribeVpcs"), body.contains("is-default") {
                return "<R><vpcSet><item><vpcId>vpc-1</vpcId></item></vpcSet></R>"
            }
            if body.contains("Action=CreateSecurityGroup") { return "<R><groupId>sg-1</groupId></R>" }
            return "<R/>"
        }
    }

    private func build(_ world: World) async throws -> LabImage {
        let build = ImageBuild(ImageRecipe(), context: world.context)
        return try await build.run(build.blueprint(version: "3.0.0"))
    }

    @Test func `packer 1_6 is told nothing of plugins, and everything that was made is deleted`() async throws {
        let world = try World()
        #expect(try await build(world).id == "ami-2")
        #expect(world.processes.invocations.map { $0.arguments.first } == ["version", "build"])
        #expect(!world.exists("plugins.pkr.hcl"))
        #expect(world.exists("image.pkr.hcl"))
        #expect(try LocalFile.read(world.home.path.appending("verdict")) == Array("provisioned\n".utf8))
        #expect(await world.recorder.alive == [])
        let kinds = await world.recorder.events.compactMap { event in
            if case .created(let resource) = event { resource.kind } else { nil }
        }
        #expect(Set(kinds) == ["iam-role", "iam-instance-profile", "security-group", "instance"])
    }

    @Test func `packer from 1_7 on is told which plugin it needs, and fetches it`() async throws {
        let world = try World(version: "1.11.2")
        #expect(try await build(world).id == "ami-2")
        #expect(world.processes.invocations.map { $0.arguments.first } == ["version", "init", "build"])
        #expect(world.exists("plugins.pkr.hcl"))
    }

    @Test func `a packer that is too old is refused before anything is made`() async throws {
        let world = try World(version: "1.5.4")
        let error = await #expect(throws: LabError.self) { try await build(world) }
        #expect(error?.code == .preflight)
        #expect(await world.recorder.events.isEmpty)
    }

    @Test func `why a step failed is said, not that packer then failed, too`() async throws {
        let world = try World(failing: "pulsar", artifact: false)
        let error = await #expect(throws: LabError.self) { try await build(world) }
        #expect(error?.message == "the step pulsar failed on the instance (Failed, exit status 3)")
        #expect(error?.cause == "pulsar: no such archive")
        #expect(try LocalFile.read(world.home.path.appending("verdict")) == Array("failed\n".utf8))
        #expect(await world.recorder.alive == [])
    }

    @Test func `what packer says is the cause when packer fails by itself`() async throws {
        let world = try World(artifact: false)
        let error = await #expect(throws: LabError.self) { try await build(world) }
        #expect(error?.message == "packer could not build the image")
        #expect(error?.cause == "Script exited with non-zero exit status: 1")
        #expect(await world.recorder.alive == [])
    }

    @Test func `credentials are in packer's environment alone`() async throws {
        let world = try World()
        _ = try await build(world)
        let run = try #require(world.processes.invocations.last)
        #expect(run.environment["AWS_SECRET_ACCESS_KEY"] == .some("testing"))
        #expect(!run.arguments.joined().contains("testing"))
        for name in try FileManager.default.contentsOfDirectory(atPath: world.home.path.string) {
            let content = try String(contentsOfFile: world.home.path.appending(name).string, encoding: .utf8)
            #expect(!content.contains("AKIDEXAMPLE"), "\(name)")
        }
    }
}

/// A packer that hands its instance over, and then waits for the verdict as the real one's script does.
private final class ScriptedPacker: ProcessRunner {
    private let version: String
    private let verdict: FilePath
    private let waits: Bool
    private let ending: [String]
    private let status: Int32
    private let onBuild: @Sendable () -> Void
    private let seen = PluginTestKit.Locked<[ProcessInvocation]>([])

    init(
        version: String,
        verdict: FilePath,
        waits: Bool,
        ending: [String],
        status: Int32,
        onBuild: @escaping @Sendable () -> Void
    ) {
        self.version = version
        self.verdict = verdict
        self.waits = waits
        self.ending = ending
        self.status = status
        self.onBuild = onBuild
    }

    func waitForHolder(of file: FilePath) async throws {}

    var invocations: [ProcessInvocation] { seen.withLock { $0 } }

    func run(
        _ invocation: ProcessInvocation,
        onLine: @escaping @Sendable (String) async throws -> Void
    ) async throws -> ProcessResult {
        var invocation = invocation
        if invocation.executable == "sh" {
            invocation.executable = invocation.arguments[3]
            invocation.arguments.removeFirst(4)
        }
        seen.withLock { $0.append(invocation) }
        switch invocation.arguments.first {
        case "version":
            try await onLine("Packer v\(version)")
            return ProcessResult(status: 0)
        case "init": return ProcessResult(status: 0)
        default:
            onBuild()
            try await onLine("1,,ui,message,    amazon-ebs.image: Instance ID: i-1")
            if waits {
                try await onLine("1,,ui,message,    amazon-ebs.image: labhost-instance i-1")
                while try LocalFile.read(verdict) == nil { await Task.yield() }
            }
            for line in ending { try await onLine(line) }
            return ProcessResult(status: status)
        }
    }
}
