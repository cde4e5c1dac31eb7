import PluginAPI

/// Which region calls go to, when the plan leaves it open.
public enum AWSRegion {
    /// The plan's region, else `AWS_REGION`, else `AWS_DEFAULT_REGION`, else the profile's; nil when nothing names one.
    ///
    /// - Throws: ``LabError`` with code ``LabError/Code/preflight`` when what was named is no region, or the profile's
    ///   file cannot be read.
    public static func resolve(
        plan: String?,
        profile: String?,
        environment: [String: String]
    ) throws -> String? {
        let named: [(String?, String)] = [
            (plan, "the plan"), (environment["AWS_REGION"], "AWS_REGION"),
            (environment["AWS_DEFAULT_REGION"], "AWS_DEFAULT_REGION"),
        ]
        for case (let region?, let place) in named where !region.isEmpty { return try check(region, place) }
        let files = try SharedFiles(environment: environment)
        let name = files.profileName(given: profile)
        guard let region = files.profile(name)?["region"], !region.isEmpty else { return nil }
        return try check(region, "the profile \(name)")
    }

    /// What to say when no region was named and one is needed.
    static var missing: LabError {
        LabError(
            .preflight,
            "no AWS region is named",
            cause: "looked at aws.region in the plan, AWS_REGION, AWS_DEFAULT_REGION and the profile's region",
            hint: "give --region us-west-2, or set aws.region in the plan"
        )
    }

    /// Whether a text can stand in a host name as a region does.
    static func isWellFormed(_ region: String) -> Bool {
        region.utf8.count <= 32 && region.contains("-") && !region.hasPrefix("-")
            && region.utf8.allSatisfy {
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || $0 == UInt8(ascii: "-")
            }
    }

    private static func check(_ region: String, _ place: String) throws -> String {
        guard isWellFormed(region) else {
            throw LabError(
                .preflight,
                "“\(region)” in \(place) is not an AWS region",
                hint: "name one such as us-west-2"
            )
        }
        return region
    }
}
