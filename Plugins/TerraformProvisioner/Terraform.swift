import AWS
import Document
import PluginAPI
import SystemPackage

/// How a terraform command ended.
struct TerraformOutcome: Sendable {
    var status: Int32
    var diagnostics: [TerraformDiagnostic] = []
    /// The end of standard error.
    var errors = ""

    var succeeded: Bool { status == 0 }

    /// Whether an error says so in its first line.
    func says(_ words: String) -> Bool { diagnostics.contains { $0.isError && $0.summary.contains(words) } }
}

/// The terraform program, in one working directory.
///
/// Each command loads the AWS provider, which takes seconds and hundreds of megabytes: as few as possible are run.
struct Terraform: Sendable {
    let context: PluginContext
    let workspace: Workspace
    let binary: String

    /// Its version and whether it is recent enough.
    ///
    /// - Throws: ``LabError`` with code `preflight` when there is none, or one that is too old.
    func checkVersion() async throws {
        let install = "install terraform 1.5 or newer: https://developer.hashicorp.com/terraform/install"
        let lines = Lines()
        let result: ProcessResult
        do {
            let invocation = ProcessInvocation(binary, ["version", "-json"], environment: quiet)
            result = try await context.processes.run(invocation) { await lines.append($0) }
        } catch let error as LabError {
            throw LabError(.preflight, "\(binary) cannot be run", cause: error.cause ?? error.message, hint: install)
        }
        let version = TerraformVersion(json: await lines.text)
        guard result.status == 0, let version else {
            let cause = TerraformFailure.plain(result.standardError)
            throw LabError(.preflight, "\(binary) does not say which version it is", cause: cause, hint: install)
        }
        guard version >= .oldest else {
            throw LabError(.preflight, "terraform \(version) is too old; 1.5 is needed", hint: install)
        }
    }

    /// Installs the provider and the module's parts.
    ///
    /// - Throws: ``LabError`` with code `preflight`.
    func initialise() async throws {
        let arguments = ["init", "-input=false", "-no-color"]
        let outcome = try await run(arguments) { _ in }
        guard outcome.succeeded else {
            throw LabError(
                .preflight,
                "terraform could not install what the module needs",
                cause: TerraformFailure.plain(outcome.errors),
                hint: "check the way to registry.terraform.io, or name a mirror in terraform's CLI configuration"
            )
        }
    }

    /// Runs a command that prints events, and hands each on.
    func run(
        _ arguments: [String],
        onEvent: @escaping @Sendable (TerraformEvent) async throws -> Void
    ) async throws -> TerraformOutcome {
        let credentials = try await context.credentials.credentials()
        let mask = SecretMask(credentials)
        let diagnostics = Diagnostics()
        workspace.log("$ terraform \(arguments.joined(separator: " "))")
        let invocation = ProcessInvocation(
            binary,
            arguments,
            workingDirectory: workspace.directory,
            environment: environment(credentials),
            // An interrupted apply waits for the calls under way, to write down what they made.
            gracePeriod: .seconds(120),
            holding: workspace.lock
        )
        let result = try await context.processes.run(invocation) { line in
            let line = mask.hide(line)
            workspace.log(line)
            guard let event = TerraformEvent(line) else { return }
            if case .diagnostic(let diagnostic) = event { await diagnostics.append(diagnostic) }
            try await onEvent(event)
        }
        let errors = mask.hide(result.standardError)
        if !errors.isEmpty { workspace.log(errors) }
        return TerraformOutcome(status: result.status, diagnostics: await diagnostics.all, errors: errors)
    }

    /// Neither questions nor calls home.
    private var quiet: [String: String?] {
        ["TF_IN_AUTOMATION": "1", "TF_INPUT": "0", "CHECKPOINT_DISABLE": "1"]
    }

    /// What a command sees beside the host's own environment.
    ///
    /// Credentials travel here alone: a command line shows in the process list, and a file stays. What the user has set for
    /// other runs of terraform, and would move the state or change the output, is taken away; mirrors and caches stay.
    private func environment(_ credentials: AWSCredentials) -> [String: String?] {
        var environment = quiet
        environment["AWS_ACCESS_KEY_ID"] = credentials.accessKeyID
        environment["AWS_SECRET_ACCESS_KEY"] = credentials.secretAccessKey
        environment.updateValue(credentials.sessionToken, forKey: "AWS_SESSION_TOKEN")
        environment["AWS_REGION"] = context.cloud.region
        environment.updateValue(context.cloud.endpoint, forKey: "AWS_ENDPOINT_URL")
        let unwanted = ["AWS_PROFILE", "AWS_DEFAULT_PROFILE", "TF_DATA_DIR", "TF_WORKSPACE"]
        let overriding = context.environment.keys.filter { $0.hasPrefix("TF_CLI_ARGS") || $0.hasPrefix("TF_VAR_") }
        for name in unwanted + overriding { environment.updateValue(nil, forKey: name) }
        return environment
    }
}

/// A version of terraform.
struct TerraformVersion: Comparable, CustomStringConvertible {
    var major: Int
    var minor: Int
    var rest: String

    /// The oldest that reads the module and prints the events that LabHost follows.
    static let oldest = TerraformVersion(major: 1, minor: 5, rest: "0")

    init(major: Int, minor: Int, rest: String) {
        self.major = major
        self.minor = minor
        self.rest = rest
    }

    /// Reads what `terraform version -json` prints.
    init?(json: String) {
        let text = (try? JSON.parse(Array(json.utf8), file: "terraform"))?["terraform_version"]?.text
        let parts = text?.split(separator: ".", maxSplits: 2) ?? []
        guard parts.count == 3, let major = Int(parts[0]), let minor = Int(parts[1]) else { return nil }
        self.init(major: major, minor: minor, rest: String(parts[2]))
    }

    var description: String { "\(major).\(minor).\(rest)" }

    static func < (left: Self, right: Self) -> Bool { (left.major, left.minor) < (right.major, right.minor) }
}

/// Lines as they come.
private actor Lines {
    private var lines: [String] = []
    var text: String { lines.joined(separator: "\n") }
    func append(_ line: String) { lines.append(line) }
}

/// Diagnostics as they come.
private actor Diagnostics {
    private(set) var all: [TerraformDiagnostic] = []
    func append(_ diagnostic: TerraformDiagnostic) { all.append(diagnostic) }
}
