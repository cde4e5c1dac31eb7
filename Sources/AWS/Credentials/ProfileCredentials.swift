import PluginAPI

/// A profile of the shared files, by whatever means it gives credentials.
struct ProfileCredentials: CredentialPlace {
    let profile: String?
    let seams: CredentialSeams

    var name: String {
        guard let files = try? SharedFiles(environment: seams.environment) else { return "the shared files" }
        return "the profile “\(files.profileName(given: profile))” in \(files.places.isEmpty ? "~/.aws" : files.places)"
    }

    func load() async throws -> AWSCredentials? {
        let files = try SharedFiles(environment: seams.environment)
        return try await load(files.profileName(given: profile), from: files, after: [])
    }

    /// A profile may point to another one, and that to the next.
    private func load(_ name: String, from files: SharedFiles, after chain: [String]) async throws -> AWSCredentials? {
        guard !chain.contains(name) else {
            let circle = (chain + [name]).joined(separator: " → ")
            throw LabError(.preflight, "the AWS profiles go in a circle: \(circle)", hint: "mend source_profile")
        }
        guard let keys = files.profile(name) else {
            // Nobody asked for `default`; whoever names another one means it.
            guard name != "default" || !chain.isEmpty else { return nil }
            throw LabError(
                .preflight,
                "there is no AWS profile “\(name)”",
                cause: "\(files.places) have: \(files.names.isEmpty ? "none" : files.names.joined(separator: ", "))",
                hint: "run `aws configure --profile \(name)`, or name another profile"
            )
        }
        if let role = keys["role_arn"] {
            return try await assume(role, name, keys, from: files, after: chain)
        }
        if keys["sso_session"] != nil || keys["sso_start_url"] != nil {
            return try await SSOCredentials(profile: name, keys: keys, files: files, seams: seams).load()
        }
        switch (keys["aws_access_key_id"], keys["aws_secret_access_key"]) {
        case (let id?, let secret?) where !id.isEmpty && !secret.isEmpty:
            return AWSCredentials(accessKeyID: id, secretAccessKey: secret, sessionToken: keys["aws_session_token"])
        case (nil, nil):
            if let command = keys["credential_process"] {
                return try await ProcessCredentials(profile: name, command: command, seams: seams).load()
            }
            guard keys["login_session"] == nil else {
                throw LabError(
                    .preflight,
                    "the AWS profile “\(name)” uses login_session, which LabHost does not know",
                    hint:
                        "eval \"$(aws configure export-credentials --profile \(name) --format env)\", then repeat the "
                        + "command without naming the profile"
                )
            }
            return nil
        default:
            throw LabError(
                .preflight,
                "the AWS profile “\(name)” has only one half of an access key",
                cause: "looked at \(files.places)",
                hint: "run `aws configure --profile \(name)`"
            )
        }
    }

    private func assume(
        _ role: String,
        _ name: String,
        _ keys: [String: String],
        from files: SharedFiles,
        after chain: [String]
    ) async throws -> AWSCredentials {
        let session = RoleSession(profile: name, role: role, keys: keys, region: keys["region"], seams: seams)
        if let file = keys["web_identity_token_file"] { return try await session.assume(withTokenIn: file) }
        if let serial = keys["mfa_serial"] {
            throw LabError(
                .preflight,
                "the AWS profile “\(name)” wants a code of \(serial), which nobody can type while an experiment runs",
                hint: "eval \"$(aws configure export-credentials --profile \(name) --format env)\", then repeat the "
                    + "command without naming the profile"
            )
        }
        return try await session.assume(with: try await source(of: name, keys, from: files, after: chain))
    }

    /// Whose credentials a role is assumed with.
    private func source(
        of name: String,
        _ keys: [String: String],
        from files: SharedFiles,
        after chain: [String]
    ) async throws -> AWSCredentials {
        var found: AWSCredentials?
        switch (keys["source_profile"], keys["credential_source"]) {
        // A profile may be its own source: then its access key is meant, and not its role.
        case (let source?, nil) where source == name:
            if let id = keys["aws_access_key_id"], let secret = keys["aws_secret_access_key"] {
                found = AWSCredentials(accessKeyID: id, secretAccessKey: secret)
            }
        case (let source?, nil): found = try await load(source, from: files, after: chain + [name])
        case (nil, "Environment"): found = try EnvironmentCredentials(environment: seams.environment).load()
        case (nil, "EcsContainer"): found = try await ContainerCredentials(seams: seams).load()
        case (nil, "Ec2InstanceMetadata"): found = try await InstanceCredentials(seams: seams).load()
        case (nil, let other?):
            let known = "Environment, EcsContainer and Ec2InstanceMetadata"
            throw LabError(.preflight, "the AWS profile “\(name)” has credential_source \(other); known are \(known)")
        case (nil, nil):
            throw LabError(
                .preflight,
                "the AWS profile “\(name)” has a role_arn and neither source_profile nor "
                    + "credential_source"
            )
        case (.some, .some):
            throw LabError(.preflight, "the AWS profile “\(name)” has both source_profile and credential_source")
        }
        guard let found else {
            let source = keys["source_profile"] ?? keys["credential_source"] ?? ""
            throw LabError(.preflight, "the AWS profile “\(name)” takes its credentials from \(source), which has none")
        }
        return found
    }
}
