public import PluginAPI
public import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// An experiment's journal: append-only JSON Lines, on disk before the effect that a line announces.
///
/// One process writes (it holds the experiment's ``ExperimentLock``); any number may read. Everybody who wants to
/// see what happens, the console first of all, subscribes to ``events()``.
public actor Journal {
    private let descriptor: FileDescriptor
    private let clock: LabClock
    private let path: FilePath
    private var subscribers: [AsyncStream<Event>.Continuation] = []
    private var state: ExperimentState

    /// Opens a journal for appending, and folds what is in it.
    ///
    /// A last line that was torn by a crash is closed off, so that the next one starts on its own.
    public init(at path: FilePath, clock: LabClock) throws {
        self.path = path
        self.clock = clock
        state = try Self.state(of: path)
        do {
            descriptor = try FileDescriptor.open(
                path,
                .readWrite,
                options: [.create, .append],
                permissions: [.ownerReadWrite]
            )
            let end = try descriptor.seek(offset: 0, from: .end)
            var last: [UInt8] = [UInt8(ascii: "\n")]
            if end > 0 {
                _ = try last.withUnsafeMutableBytes { try descriptor.read(fromAbsoluteOffset: end - 1, into: $0) }
            }
            if last[0] != UInt8(ascii: "\n") { try descriptor.writeAll([UInt8(ascii: "\n")]) }
        } catch let error as Errno {
            throw LabError(.failed, "cannot open the journal \(path)", cause: error.description)
        }
    }

    deinit { try? descriptor.close() }

    /// What has happened so far.
    public var snapshot: ExperimentState { state }

    /// The events from now on. The stream ends with ``finish()``.
    public func events() -> AsyncStream<Event> {
        let (stream, continuation) = AsyncStream.makeStream(of: Event.self)
        subscribers.append(continuation)
        return stream
    }

    /// Ends the subscribers' streams.
    public func finish() {
        for subscriber in subscribers { subscriber.finish() }
        subscribers = []
    }

    /// Records what happened; when it returns, an event that announces an effect is on disk.
    ///
    /// - Throws: ``LabError`` when the disk does not take it: the effect must not follow.
    public func record(_ what: Event.What) throws {
        let event = Event(time: clock.now(), what: what)
        if event.isKept {
            do {
                try descriptor.writeAll(JSONCoding.encode(event))
                if event.isDurable, fsync(descriptor.rawValue) != 0 { throw Errno(rawValue: errno) }
            } catch {
                throw LabError(
                    .failed,
                    "cannot write to the journal \(path)",
                    cause: String(describing: error),
                    hint: "free some disk space, then 'labhost teardown' the experiment"
                )
            }
            state.apply(event)
        }
        for subscriber in subscribers { subscriber.yield(event) }
    }

    /// Reads a journal that another process may be writing.
    ///
    /// - Returns: Its events, and the numbers of the lines that could not be read. A torn last line is not among them.
    public static func read(_ path: FilePath) throws -> (events: [Event], damagedLines: [Int]) {
        guard Files.exists(path) else { return ([], []) }
        let content = try Files.read(path)
        var events: [Event] = []
        var damaged: [Int] = []
        let lines = content.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() where !line.isEmpty {
            if let event = try? JSONCoding.decode(Event.self, from: line) {
                events.append(event)
            } else if index < lines.count - 1 {
                damaged.append(index + 1)
            }
        }
        return (events, damaged)
    }
}

/// A plugin's way into the journal: what it tells is marked with the phase that it serves.
struct PluginEvents: EventSink {
    let journal: Journal
    let phase: String

    func record(_ event: PluginEvent) async throws { try await journal.record(Event.What(event, phase: phase)) }
}

extension Event.What {
    /// What a plugin tells, as an event of the phase that it serves.
    package init(_ event: PluginEvent, phase: String) {
        self =
            switch event {
            case .note(let level, let text): .note(phase: phase, level: level, text: text)
            case .progress(let progress): .progress(phase: phase, progress: progress)
            case .intended(let resource): .intended(resource: resource)
            case .created(let resource): .created(resource: resource)
            case .deleted(let kind, let id): .deleted(kind: kind, id: id)
            case .period(let sample): .period(sample: sample)
            }
    }
}
