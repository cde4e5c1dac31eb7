import PluginAPI

/// What terraform's failures mean to the person who has to act on them.
enum TerraformFailure {
    static let noRegion = LabError(
        .preflight,
        "no AWS region is known",
        hint: "aws.region in the plan, or --region, or AWS_REGION"
    )

    /// What to do about the failures that AWS reports most, by its code.
    private static let hints: [String: String] = [
        "InsufficientInstanceCapacity":
            "another zone with --set aws.availability_zone=…, or another instance type",
        "SpotMaxPriceTooLow": "a higher aws.spot.max_price",
        "MaxSpotInstanceCountExceeded": "fewer hosts, or a higher quota for spot instances",
        "VcpuLimitExceeded": "fewer or smaller hosts, or a higher EC2 quota for vCPUs in this region",
        "VpcLimitExceeded": "labhost sweep for what earlier experiments left, or a higher quota for VPCs",
        "UnauthorizedOperation": "labhost policy PLAN prints the permissions that are needed",
        "AccessDenied": "labhost policy PLAN prints the permissions that are needed",
        "AuthFailure": "check the credentials, and the clock of this machine",
        "ExpiredToken": "fresh credentials, then labhost resume",
        "RequestExpired": "fresh credentials, then labhost resume",
        "InvalidAMIID.NotFound": "labhost image list shows the images of this region",
        "Unsupported": "an instance type that the zone offers, or another zone with --set aws.availability_zone=…",
        "EntityAlreadyExists": "labhost teardown removes what an earlier attempt made and did not record",
    ]

    /// The codes after which the same host may still come up on demand.
    static let spotCodes: Set<String> = [
        "InsufficientInstanceCapacity", "SpotMaxPriceTooLow", "MaxSpotInstanceCountExceeded",
    ]

    /// What AWS says when the first call of a creation, or one that completes it, is made again.
    private static let repeated: Set<String> = [
        "EntityAlreadyExists", "InvalidGroup.Duplicate", "InvalidLaunchTemplateName.AlreadyExistsException",
        "InvalidPermission.Duplicate", "InvalidPermission.NotFound", "InvalidSubnet.Conflict",
        "Resource.AlreadyAssociated", "RouteAlreadyExists",
    ]

    /// Whether every error is AWS's answer to a call that was carried out before.
    static func isOfRepeatedCalls(_ outcome: TerraformOutcome) -> Bool {
        let errors = outcome.diagnostics.filter(\.isError)
        return !errors.isEmpty
            && errors.allSatisfy { error in
                error.awsCode.map(repeated.contains) == true
                    // A profile has one role. Other limits have the same code.
                    || error.awsMessage?.contains("InstanceSessionsPerInstanceProfile") == true
            }
    }

    /// An error from a command's diagnostics, or from its standard error where it printed none.
    ///
    /// - Parameters:
    ///   - code: The kind of failure that the phase has.
    ///   - what: What could not be done: "terraform could not create the cluster".
    ///   - outcome: How the command ended.
    ///   - hosts: The hosts by name, to say what kind of machine failed.
    /// - Returns: The error: the first resource that failed, the causes, what to do.
    static func error(
        _ code: LabError.Code,
        _ what: String,
        _ outcome: TerraformOutcome,
        hosts: [String: TerraformVariables.Host] = [:]
    ) -> LabError {
        let errors = outcome.diagnostics.filter(\.isError)
        guard let first = errors.first else {
            let text = plain(outcome.errors)
            let cause = text.isEmpty ? "terraform ended with exit status \(outcome.status) and gave no reason" : text
            return LabError(code, what, cause: cause)
        }
        func name(_ error: TerraformDiagnostic) -> String? {
            guard let address = error.address else { return nil }
            return hosts.keys.first { address.hasSuffix("[\"\($0)\"]") } ?? address
        }
        var message = what
        if let name = name(first) { message += ": \(name)" + (hosts[name].map { " (\($0.instanceType))" } ?? "") }
        if let awsCode = first.awsCode { message += ": \(awsCode)" }
        let wasSpot = name(first).flatMap { hosts[$0]?.spot } != nil
        let hint = first.awsCode.flatMap { code in
            hints[code].map { wasSpot && spotCodes.contains(code) ? "\($0), or aws.spot.fallback: on-demand" : $0 }
        }
        let causes = causes(of: errors.map { ($0.awsMessage.map { "AWS: \($0)" } ?? $0.text, name($0)) })
        return LabError(code, message, cause: causes, hint: hint)
    }

    /// The causes one below the other; what is the same for many hosts is said once, with their names.
    private static func causes(of errors: [(text: String, name: String?)]) -> String {
        var causes: [(text: String, names: [String])] = []
        for error in errors {
            let index = causes.firstIndex { $0.text == error.text } ?? causes.endIndex
            if index == causes.endIndex { causes.append((error.text, [])) }
            if let name = error.name { causes[index].names.append(name) }
        }
        let lines = causes.prefix(5).map { cause in
            cause.names.count > 1 ? "\(cause.text) (\(cause.names.sorted().joined(separator: ", ")))" : cause.text
        }
        let more = causes.count > 5 ? ["and \(causes.count - 5) other causes, which terraform.log has"] : []
        return (lines + more).joined(separator: "\n")
    }

    /// Terraform's text for people without the frames that it draws around it.
    static func plain(_ text: String) -> String {
        text.split(separator: "\n")
            .map { line in line.drop { "│╷╵ ".contains($0) } }
            .filter { !$0.isEmpty }
            .joined(separator: "\n")
    }
}
