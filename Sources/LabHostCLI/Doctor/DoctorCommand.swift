import AWS
import ArgumentParser
import LabHost
import PluginAPI

/// `labhost doctor`: what a run would lack.
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract:
            "Check what a run needs: credentials, clock, permissions, quotas, image, tools, disk. Changes nothing.",
        discussion: """
            With a plan it checks what that plan needs, and no tool or permission besides; without one, what every run on AWS \
            needs. What nobody may ask is unknown, which is neither well nor a failure. It exits with 10 when a run would fail.

            Example: labhost doctor plans/poc.yaml
            """
    )

    @Argument(help: "The plan, a YAML file.", completion: .plans) var plan: String?
    @Option(help: "How the cluster is created.", completion: .plugins(.provision)) var provisioner: String?
    @Option(help: "How commands reach the hosts.", completion: .plugins(.execute)) var executor: String?
    @Option(help: "The AWS region.") var region: String?
    @Option(help: "The profile of the shared AWS files.") var profile: String?
    @Option(
        name: .customLong("set"),
        help: ArgumentHelp("A value in place of the plan's own, as YAML; may be repeated.", valueName: "path=value")
    )
    var values: [String] = []
    @Flag(help: "Print JSON.") var json = false

    func validate() throws {
        guard plan == nil, provisioner != nil || executor != nil || !values.isEmpty else { return }
        throw ValidationError("--provisioner, --executor and --set go with a plan")
    }

    func run() async throws {
        let environment = Environment.all
        let server = ServerClock(try CurlTransport(.init(environment: environment)))
        let seams = Seams(http: server, environment: environment)
        let home = try ExperimentStore(environment: environment).home
        let findings: [Finding]
        if let plan {
            let maker = ExperimentMaker(options: try PlanOptions.parse(flags + ["--", plan]))
            findings = try await maker.withSubject(seams: seams) { subject, cloud in
                await Doctor(cloud: cloud, seams: seams, server: server, home: home).findings(for: subject)
            }
        } else {
            var cloud = CloudSettings(profile: profile)
            cloud.region = try AWSRegion.resolve(plan: region, profile: profile, environment: environment)
            findings = await Doctor(cloud: cloud, seams: seams, server: server, home: home).findings(for: nil)
        }
        let report = DoctorReport(findings)
        if json {
            print(String(decoding: try JSONCoding.encode(report, pretty: true), as: UTF8.self), terminator: "")
        } else {
            print(report.text, terminator: "")
        }
        if !report.isWell { throw ExitCode(LabError.Code.preflight.exitCode) }
    }

    private var flags: [String] {
        let options = [
            ("provisioner", provisioner), ("executor", executor), ("region", region), ("profile", profile),
        ]
        return options.flatMap { name, value in value.map { ["--\(name)=\($0)"] } ?? [] } + values.map { "--set=\($0)" }
    }
}

/// All findings, as they are printed.
struct DoctorReport: Encodable {
    /// The name of the format.
    let schema = "labhost.doctor/1"
    /// Whether nothing failed.
    let isWell: Bool
    /// What was found.
    let findings: [Finding]

    /// Makes it.
    init(_ findings: [Finding]) {
        self.findings = findings
        isWell = !findings.contains { $0.status == .failed }
    }

    /// For people: each finding, and what it comes to.
    var text: String {
        let failed = findings.count { $0.status == .failed }
        let unknown = findings.count { $0.status == .unknown }
        var end =
            failed == 0
            ? "nothing that would keep a run from succeeding" : "\(failed) of \(findings.count) checks failed"
        if unknown > 0 { end += "; of \(unknown) nobody could say" }
        return findings.map(\.rendered).joined() + end + "\n"
    }
}
