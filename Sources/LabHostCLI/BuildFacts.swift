import CBuildFacts

/// What this build calls itself, and what it was made from.
struct BuildFacts: Sendable, Hashable {
    /// The version: of the latest tag where the build knew one.
    var version: String
    /// The commit, followed by `.modified` when files had been changed; nil when the build did not know it.
    var commit: String?
    /// The commit's date, or that of SOURCE_DATE_EPOCH.
    var date: String?

    /// Of this binary. `make build` says them; a plain `swift build` knows none.
    static let current = BuildFacts(
        version: text(labhost_build_version()) ?? "0.1.0",
        commit: text(labhost_build_commit()),
        date: text(labhost_build_date())
    )

    /// For records: the version, with the commit as semantic versioning's build metadata.
    var identifier: String { commit.map { "\(version)+\($0)" } ?? version }

    /// For people, on one line.
    var line: String {
        guard let commit else { return "\(version) (unknown commit)" }
        return "\(version) (\(["commit \(commit)", date].compactMap(\.self).joined(separator: ", ")))"
    }

    private static func text(_ bytes: UnsafePointer<CChar>) -> String? {
        bytes.pointee == 0 ? nil : String(cString: bytes)
    }
}
