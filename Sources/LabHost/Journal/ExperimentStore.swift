public import PluginAPI
public import SystemPackage

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// All experiments of a user: `~/.labhost`, or `LABHOST_HOME`.
public struct ExperimentStore: Sendable {
    /// The root directory.
    public let home: FilePath

    /// Finds the store of a user.
    ///
    /// - Throws: ``LabError`` when the environment names neither LABHOST_HOME nor HOME.
    public init(environment: [String: String]) throws {
        if let home = environment["LABHOST_HOME"], !home.isEmpty {
            self.home = FilePath(home)
        } else if let home = environment["HOME"], !home.isEmpty {
            self.home = FilePath(home).appending(".labhost")
        } else {
            throw LabError(.failed, "there is no home directory", hint: "set LABHOST_HOME to a directory of yours")
        }
    }

    /// The directories of all experiments, newest first.
    public var experiments: [ExperimentDirectory] {
        Files.names(in: home.appending("experiments")).reversed()
            .compactMap(ExperimentID.init(rawValue:)).map(directory(of:))
    }

    /// The directory of an experiment, which need not exist.
    public func directory(of id: ExperimentID) -> ExperimentDirectory {
        ExperimentDirectory(id: id, path: home.appending("experiments").appending(id.rawValue))
    }

    /// The experiment that an id, a baseline, a unique prefix of an id, or `latest` names.
    public func find(_ reference: String) throws -> ExperimentDirectory {
        let found = try directory(named: reference)
        guard Files.exists(found.experiment) else {
            throw LabError(
                .usage,
                "\(found.id) has not begun",
                cause: "it was ended before it had created anything, or was the build of an image",
                hint: "labhost run PLAN; labhost sweep shows what a build has left"
            )
        }
        return found
    }

    private func directory(named reference: String) throws -> ExperimentDirectory {
        if reference == "latest" {
            let target = Files.target(of: home.appending("latest")).map { FilePath($0).lastComponent?.string ?? "" }
            guard let id = target.flatMap(ExperimentID.init(rawValue:)) else {
                throw LabError(.usage, "there is no experiment yet", hint: "labhost run PLAN")
            }
            return directory(of: id)
        }
        let all = experiments
        if let exact = all.first(where: { $0.id.rawValue == reference }) { return exact }
        if let named = Baselines(self).experiment(named: reference) {
            guard Files.exists(directory(of: named).path) else {
                throw LabError(
                    .usage,
                    "the baseline \(reference) is \(named), which is not there any more",
                    hint: "labhost baseline set \(reference) EXPERIMENT"
                )
            }
            return directory(of: named)
        }
        let matching = reference.isEmpty ? [] : all.filter { $0.id.rawValue.hasPrefix(reference) }
        guard let found = matching.first else {
            throw LabError(
                .usage,
                "no experiment is named \(Printable.quoted(reference))",
                hint: "labhost list, or say latest"
            )
        }
        guard matching.count == 1 else {
            throw LabError(
                .usage,
                "\(Printable.quoted(reference)) names \(matching.count) experiments",
                cause: matching.prefix(5).map(\.id.rawValue).joined(separator: "\n"),
                hint: "give more of the id"
            )
        }
        return found
    }

    /// Makes the directory of a new experiment.
    public func create(_ id: ExperimentID) throws -> ExperimentDirectory {
        let directory = directory(of: id)
        guard !Files.exists(directory.path) else {
            let hasBegun = Files.exists(directory.experiment)
            throw LabError(
                .usage,
                "the experiment \(id) exists",
                hint: hasBegun ? "labhost show \(id)" : "it has not begun: remove \(directory.path)"
            )
        }
        try LocalFile.makeDirectory(directory.path)
        return directory
    }

    /// Makes `latest` mean this experiment.
    public func markLatest(_ id: ExperimentID) throws {
        try Files.link(home.appending("latest"), to: "experiments/\(id)")
    }

    /// A new id: the time in UTC and four random base-32 characters.
    public static func newID(at date: Date) -> ExperimentID {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = TimeZone(secondsFromGMT: 0) ?? calendar.timeZone
        let parts = calendar.dateComponents([.year, .month, .day, .hour, .minute, .second], from: date)
        let digits = [
            (parts.year, 4), (parts.month, 2), (parts.day, 2), (parts.hour, 2), (parts.minute, 2), (parts.second, 2),
        ]
        .map { value, width in
            let text = String(value ?? 0)
            return String(repeating: "0", count: max(0, width - text.count)) + text
        }
        let alphabet = Array("abcdefghijklmnopqrstuvwxyz234567")
        let random = String((0..<4).map { _ in alphabet[Int.random(in: 0..<32)] })
        let text = "exp-\(digits[0...2].joined())-\(digits[3...5].joined())-\(random)"
        guard let id = ExperimentID(rawValue: text) else {
            preconditionFailure("\(text) has only permitted characters")
        }
        return id
    }
}

/// One experiment on disk.
public struct ExperimentDirectory: Sendable, Hashable {
    /// The experiment.
    public let id: ExperimentID
    /// Its directory.
    public let path: FilePath

    /// The plan as it was given.
    public var plan: FilePath { path.appending("plan.yaml") }
    /// What was decided at the start: ``Experiment``.
    public var experiment: FilePath { path.appending("experiment.json") }
    /// The schedule.
    public var schedule: FilePath { path.appending("schedule.json") }
    /// The events.
    public var journal: FilePath { path.appending("journal.jsonl") }
    /// The log for people.
    public var log: FilePath { path.appending("labhost.log") }
    /// The report.
    public var report: FilePath { path.appending("report") }

    /// What was billed, once somebody asked: ``PluginAPI/Bill``.
    public var bill: FilePath { path.appending("bill.json") }
    /// What to open of the report: its page, or the directory where there is none; nil before anything was written.
    public var reportFile: FilePath? {
        let page = report.appending("index.html")
        if Files.exists(page) { return page }
        return Files.names(in: report).isEmpty ? nil : report
    }

    /// A name that no file has yet, for what a cluster's hosts say of themselves: a cluster that is built anew has other hosts.
    func newFacts(cluster: Int, configuration: Int) -> String {
        let base = "facts-\(cluster + 1)-\(configuration + 1)"
        var (name, number) = ("\(base).json", 1)
        while Files.exists(path.appending(name)) {
            number += 1
            name = "\(base)-\(number).json"
        }
        return name
    }

    /// The directories of the cells.
    var cells: FilePath { path.appending("cells") }

    /// The directory of a cell.
    public func cell(_ name: String) -> FilePath { cells.appending(name) }

    /// What became of a cell: ``CellOutcome``.
    public func outcome(of name: String) -> FilePath { cell(name).appending("outcome.json") }

    /// What is in the journal, also while another process writes it.
    public func state() throws -> ExperimentState {
        try Journal.state(of: journal)
    }
}

extension ExperimentDirectory {
    /// What was decided when the experiment began.
    ///
    /// - Returns: The experiment and its schedule.
    /// - Throws: ``LabError`` when the directory holds no experiment.
    public func frozen() throws -> (experiment: Experiment, schedule: Schedule) {
        do {
            return (
                try JSONCoding.decode(Experiment.self, from: Files.read(experiment)),
                try JSONCoding.decode(Schedule.self, from: Files.read(schedule))
            )
        } catch let error as LabError {
            throw error
        } catch {
            throw LabError(.failed, "\(path) does not hold an experiment", cause: String(describing: error))
        }
    }

    /// Freezes what was decided.
    public func freeze(_ experiment: Experiment, _ schedule: Schedule, plan: [UInt8]) throws {
        try LocalFile.write(plan, to: self.plan)
        try LocalFile.write(JSONCoding.encode(schedule, pretty: true), to: self.schedule)
        try LocalFile.write(JSONCoding.encode(experiment, pretty: true), to: self.experiment)
    }

    /// Forgets the experiment.
    public func remove() throws { try Files.removeTree(path) }

    /// Whether a process holds the experiment's lock now.
    public var isBeingWorkedOn: Bool { FileLock.isHeld(lock) }

    /// The file of ``ExperimentLock``.
    var lock: FilePath { path.appending("lock") }
}
