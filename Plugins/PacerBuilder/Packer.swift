import AWS
import PluginAPI
import SystemPackage

/// The packer program, in one working directory.
struct Packer: Sendable {
    let context: PluginContext
    let directory: FilePath
    let log: BuildLog

    private static let binary = "packer"

    /// Runs its arguments, and goes on reading what they print when nobody else does: packer dies of a line that it cannot
    /// print, and would leave its instance, where it is to end it because LabHost is gone. An interrupt is for packer alone.
    private static let steadyReader = """
        trap : INT
        exec 3>&1
        status=$({ { trap : INT; "$@" 3>&- 4>&-; echo $? >&4; } |
            { trap '' INT PIPE; cat >&3 2>/dev/null || cat >/dev/null; } 4>&-; } 4>&1)
        exit "$status"
        """

    /// Its version.
    ///
    /// - Throws: ``LabError`` with code `preflight` when there is none, or one that is too old.
    func version() async throws -> PackerVersion {
        let install = "install packer 1.6 or newer: https://developer.hashicorp.com/packer/install"
        let lines = Lines()
        let result: ProcessResult
        do {
            let invocation = ProcessInvocation(Self.binary, ["version"], environment: quiet)
            result = try await context.processes.run(invocation) { await lines.append($0) }
        } catch let error as LabError {
            throw LabError(.preflight, "packer cannot be run", cause: error.cause ?? error.message, hint: install)
        }
        guard result.status == 0, let version = PackerVersion(await lines.all.joined(separator: "\n")) else {
            throw LabError(
                .preflight,
                "packer does not say which version it is",
                cause: result.standardError,
                hint: install
            )
        }
        guard version >= .oldest else {
            throw LabError(.preflight, "packer \(version) is too old; 1.6 is needed", hint: install)
        }
        return version
    }

    /// Installs the plugins that versions from 1.7 on need.
    ///
    /// - Throws: ``LabError`` with code `preflight`.
    func initialise() async throws {
        let (status, words) = try await run(["init", "."]) { _ in }
        guard status == 0 else {
            throw LabError(
                .preflight,
                "packer could not install the plugin for AWS",
                cause: words,
                hint:
                    "check the way to github.com, or install it with: packer plugins install github.com/hashicorp/amazon"
            )
        }
    }

    /// Builds the image.
    ///
    /// - Parameter onLine: Called for each line that matters.
    /// - Throws: ``LabError`` when packer fails; it has deleted what it made then, as far as it could.
    func build(onLine: @escaping @Sendable (PackerLine) async throws -> Void) async throws {
        let failures = Lines()
        let arguments = ["build", "-machine-readable", "-var-file=image.pkrvars.json", "."]
        let (status, words) = try await run(arguments) { line in
            guard let line = PackerLine(line) else { return }
            if case .failed(let text) = line { await failures.append(text) }
            try await onLine(line)
        }
        guard status != 0 else { return }
        let said = await failures.all.filter { !$0.hasPrefix("Some builds didn't complete") }
        throw LabError(
            .failed,
            "packer could not build the image",
            cause: said.isEmpty ? words : said.suffix(4).joined(separator: "\n"),
            hint: "the whole log is \(log.path)"
        )
    }

    private func run(
        _ arguments: [String],
        onLine: @escaping @Sendable (String) async throws -> Void
    ) async throws -> (status: Int32, errors: String) {
        log.write("$ packer \(arguments.joined(separator: " "))")
        let invocation = ProcessInvocation(
            "sh",
            ["-c", Self.steadyReader, "sh", Self.binary] + arguments,
            workingDirectory: directory,
            environment: environment(try await context.credentials.credentials()),
            // Interrupted, it terminates the instance and deletes a half image, and waits for that.
            gracePeriod: .seconds(180)
        )
        let result = try await context.processes.run(invocation) { line in
            let line = log.mask.hide(line)
            log.write(line)
            try await onLine(line)
        }
        let errors = log.mask.hide(result.standardError)
        if !errors.isEmpty { log.write(errors) }
        return (result.status, errors)
    }

    private var quiet: [String: String?] { ["CHECKPOINT_DISABLE": "1", "PACKER_NO_COLOR": "1"] }

    /// What packer sees beside the host's own environment: credentials travel here alone, because a command line shows in
    /// the process list, and a file stays.
    private func environment(_ credentials: AWSCredentials) -> [String: String?] {
        var environment = quiet
        environment["AWS_ACCESS_KEY_ID"] = credentials.accessKeyID
        environment["AWS_SECRET_ACCESS_KEY"] = credentials.secretAccessKey
        environment.updateValue(credentials.sessionToken, forKey: "AWS_SESSION_TOKEN")
        environment["AWS_REGION"] = context.cloud.region
        environment.updateValue(context.cloud.endpoint, forKey: "AWS_ENDPOINT_URL")
        // By default packer asks every 15 seconds, and gives up on a large image.
        environment["AWS_POLL_DELAY_SECONDS"] = context.environment["AWS_POLL_DELAY_SECONDS"] ?? "5"
        environment["AWS_MAX_ATTEMPTS"] = context.environment["AWS_MAX_ATTEMPTS"] ?? "1000"
        let overriding = context.environment.keys.filter { $0.hasPrefix("PKR_VAR_") }
        for name in ["AWS_PROFILE", "AWS_DEFAULT_PROFILE"] + overriding { environment.updateValue(nil, forKey: name) }
        return environment
    }
}

/// A version of packer.
struct PackerVersion: Comparable, CustomStringConvertible {
    var major: Int
    var minor: Int

    /// The oldest that reads HCL and tells a provisioner the instance's id.
    static let oldest = PackerVersion(major: 1, minor: 6)
    /// From here on packer must be told which plugins it needs, and does not read a file without it.
    static let withPlugins = PackerVersion(major: 1, minor: 7)

    init(major: Int, minor: Int) {
        self.major = major
        self.minor = minor
    }

    /// Reads what `packer version` prints: `Packer v1.6.6`, and more lines when there is a newer one.
    init?(_ text: String) {
        guard let word = text.split(whereSeparator: \.isWhitespace).first(where: { $0.first == "v" }) else {
            return nil
        }
        let parts = word.dropFirst().split(separator: ".")
        guard parts.count >= 2, let major = Int(parts[0]), let minor = Int(parts[1]) else { return nil }
        self.init(major: major, minor: minor)
    }

    var description: String { "\(major).\(minor)" }

    static func < (left: Self, right: Self) -> Bool { (left.major, left.minor) < (right.major, right.minor) }
}

/// Lines as they come.
private actor Lines {
    private(set) var all: [String] = []
    func append(_ line: String) { all.append(line) }
}
