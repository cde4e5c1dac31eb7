import LabHost
import PluginAPI

/// What one check of `labhost doctor` found.
struct Finding: Sendable, Hashable, Encodable {
    /// How it is.
    enum Status: String, Sendable, Hashable, Encodable {
        /// As it should be.
        case ok
        /// Something less than a run needs is missing.
        case warning
        /// Nobody could say; that is not well.
        case unknown
        /// A run would fail.
        case failed

        fileprivate var mark: String {
            switch self {
            case .ok: "✓"
            case .warning: "!"
            case .unknown: "?"
            case .failed: "✗"
            }
        }
    }

    /// What was looked at.
    var check: String
    /// How it is.
    var status: Status
    /// What was found, in one line.
    var text: String
    /// The cause in the words of the other side; may have several lines.
    var cause: String?
    /// What to do; nil when nothing is to be done.
    var remedy: String?

    /// Makes a finding.
    init(_ check: String, _ status: Status, _ text: String, cause: String? = nil, remedy: String? = nil) {
        self.check = check
        self.status = status
        self.text = text
        self.cause = cause
        self.remedy = remedy
    }

    /// What an error says; one that nobody knows better than to be a failure of the check.
    init(_ check: String, error: any Error, _ status: Status = .failed) {
        let error = LabError(error, code: .preflight, while: "looking at \(check)")
        self.init(check, status, error.message, cause: error.cause, remedy: error.hint)
    }

    /// The finding for a terminal; whatever comes from outside is printable.
    var rendered: String {
        var lines = ["\(status.mark) \(check): \(Printable.line(text))"]
        lines += (cause?.split(separator: "\n") ?? []).map { "    \(Printable.line(String($0)))" }
        if let remedy, status != .ok { lines.append("    try: \(Printable.line(remedy))") }
        return lines.map { $0 + "\n" }.joined()
    }
}
