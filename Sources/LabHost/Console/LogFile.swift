public import PluginAPI
public import SystemPackage

/// The log for people: every event as a line, appended to `labhost.log`.
public enum LogFile {
    /// Writes events until their stream ends. A log that cannot be written is no reason to end an experiment.
    public static func follow(_ events: AsyncStream<Event>, to path: FilePath, clock: LabClock) async {
        let options: FileDescriptor.OpenOptions = [.create, .append, .closeOnExec]
        guard let file = try? FileDescriptor.open(path, .writeOnly, options: options, permissions: [.ownerReadWrite])
        else { return }
        defer { try? file.close() }
        var lines = EventLines(detail: .everything, paint: Paint(isOn: false))
        for await event in events {
            for line in lines.lines(for: event.what, at: clock.uptime()) {
                _ = try? file.writeAll(Array("\(Timestamps.iso(event.time)) \(line)\n".utf8))
            }
        }
    }
}
