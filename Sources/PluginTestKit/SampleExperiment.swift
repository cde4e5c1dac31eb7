public import PluginAPI

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// Records of experiments as reporters meet them: whole ones, and those that went wrong in one way or another.
public enum SampleExperiment: String, Sendable, CaseIterable {
    /// Everything went well: fixed rates, a search, a matrix of two factors, known and unknown costs.
    case complete
    /// The cluster could not be created: no cell has an outcome.
    case failed
    /// Cells are still to be measured.
    case partial
    /// Every cell has numbers that something casts doubt on.
    case suspect
    /// No cell has numbers that mean anything, though some have numbers.
    case invalid
    /// There is no cell, no phase and no host.
    case empty
    /// 10,000 cells.
    case large
    /// Every text tries to be something else than text.
    case hostile
    /// The numbers are made up.
    case simulated

    /// The record.
    public var record: ExperimentRecord {
        switch self {
        case .complete: Self.base
        case .failed: Self.failedRecord
        case .partial: Self.changed { _, cell in cell.outcome = cell.cell.repetition > 1 ? nil : cell.outcome }
        case .suspect:
            Self.changed { _, cell in
                cell.outcome = cell.outcome.map { Self.doubted($0, .suspect, "published 61.2 % of what was asked for") }
            }
        case .invalid:
            Self.changed { index, cell in
                let doubted = cell.outcome.map { Self.doubted($0, .invalid, "the benchmark ended with 1") }
                cell.outcome =
                    index.isMultiple(of: 2) ? doubted : CellOutcome(verdict: .invalid, reasons: ["no result"])
            }
        case .empty: Self.emptyRecord
        case .large: Self.record(of: (0..<10_000).map(Self.manyCell))
        case .hostile: Self.hostileRecord
        case .simulated:
            {
                var record = Self.base
                record.isSimulated = true
                return record
            }()
        }
    }

    /// When the experiments start.
    public static let start = Date(timeIntervalSince1970: 1_760_000_000)

    private static var base: ExperimentRecord {
        let fixed = (0..<8).map(manyCell)
        return record(of: fixed + [searchCell])
    }

    private static func changed(_ change: (Int, inout CellRecord) -> Void) -> ExperimentRecord {
        var record = base
        for index in record.cells.indices { change(index, &record.cells[index]) }
        return record
    }

    private static func doubted(_ outcome: CellOutcome, _ verdict: Verdict, _ reason: String) -> CellOutcome {
        CellOutcome(verdict: verdict, reasons: [reason], result: outcome.result, probes: outcome.probes)
    }

    private static var emptyRecord: ExperimentRecord {
        var record = base
        record.cells = []
        (record.hosts, record.clusters, record.phases, record.resources) = ([], [], [], [])
        (record.image, record.costs, record.receipt, record.plan) = (nil, nil, nil, nil)
        return record
    }

    private static var failedRecord: ExperimentRecord {
        var record = base
        for index in record.cells.indices {
            record.cells[index].outcome = nil
            (record.cells[index].startedAt, record.cells[index].endedAt) = (nil, nil)
        }
        record.clusters = record.clusters.map { ClusterRecord(hosts: [], configurations: $0.configurations) }
        let error = LabError(
            .provisioning,
            "the cluster could not be created",
            cause: "InsufficientInstanceCapacity: no m6i.large in us-west-2a",
            hint: "another availability zone"
        )
        record.phases = [
            PhaseRecord(name: "provision", startedAt: start, endedAt: start.addingTimeInterval(40), error: error)
        ]
        record.costs = nil
        return record
    }

    /// A text that each format would take for something else: markup, a formula, a quote, a line, a link.
    public static let hostileText =
        "=cmd()|<img src=x onerror=alert(1)>\"'</script>\r\n,@everyone [a](javascript:alert(1)) `|` ]]> \u{1b}[2J\u{0}"

    private static var hostileRecord: ExperimentRecord {
        var record = base
        record.planName = hostileText
        record.planDescription = hostileText
        record.highlights = ["p99_latency", hostileText]
        record.plan = PlanRecord(file: hostileText, text: hostileText, arguments: ["--set", hostileText])
        for index in record.cells.indices {
            record.cells[index].cell.name += hostileText
            record.cells[index].cell.run = hostileText
            record.cells[index].cell.factors = [hostileText: hostileText + String(index % 2)]
            record.cells[index].outcome = record.cells[index].outcome.map { doubted($0, .suspect, hostileText) }
        }
        for index in record.phases.indices {
            record.phases[index].error = LabError(.failed, hostileText, cause: hostileText, hint: hostileText)
        }
        record.resources.append(
            ResourceRecord(resource: Resource(kind: hostileText, id: hostileText, name: hostileText), createdAt: start)
        )
        for index in record.clusters.indices {
            for place in record.clusters[index].configurations.indices {
                record.clusters[index].configurations[place].settings = [hostileText: [hostileText: hostileText]]
            }
        }
        return record
    }
}
