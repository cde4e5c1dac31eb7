import PluginAPI
import SystemPackage

/// The log of a worker that has ended, on its way to this machine.
struct WorkerLog {
    let job: String
    let host: Host

    /// The most that is kept of one: how it began, and how it ended. A stack trace for each failed send fills gigabytes.
    private static let limit = 1 << 20

    /// Fetches the log and writes it without secrets; one that does not exist leaves no file.
    func keep(at path: FilePath, through executor: any DetachedJobs, without secrets: Secrets) async throws {
        var offset = 0
        var rest = ""
        var log: LogKeeper?
        while true {
            let status = try await executor.status(of: job, on: host, logFrom: offset, files: [], patience: .zero)
            guard status.state != .unknown else { break }
            var keeper = log ?? LogKeeper(path, limit: Self.limit)
            rest += status.log
            let isLast = status.nextOffset == offset || status.nextOffset >= status.logSize
            // By whole lines, because a piece may end within a secret.
            let end = isLast ? rest.utf8.endIndex : rest.utf8.lastIndex(of: UInt8(ascii: "\n")) ?? rest.utf8.startIndex
            try keeper.append(secrets.masked(String(rest[..<end])))
            rest = String(rest[end...])
            offset = status.nextOffset
            let unread = status.logSize - offset
            if offset >= Self.limit / 2, unread > Self.limit / 2 {
                try keeper.skip(unread - Self.limit / 2)
                offset = status.logSize - Self.limit / 2
            }
            log = keeper
            if isLast { break }
        }
        try log?.finish()
    }
}
