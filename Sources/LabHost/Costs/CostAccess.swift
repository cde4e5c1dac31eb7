public import PluginAPI

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Reads the bill of an experiment, beside whatever else works on it, and keeps it in the experiment's directory.
public struct CostAccess: Sendable {
    private let directory: ExperimentDirectory
    private let provisioner: any Provisioner
    private let name: String
    private let clock: LabClock

    /// How long a bill is good that may still change. It is worked on about three times a day, and asking costs a cent.
    static let age = Duration.seconds(6 * 3600)
    /// How long after its end an experiment's bill is taken to be complete.
    static let settled = Duration.seconds(72 * 3600)

    /// Prepares to read.
    ///
    /// - Parameters:
    ///   - directory: The experiment's directory.
    ///   - catalog: The plugins there are.
    ///   - seams: The doors to the outside.
    /// - Throws: ``LabError`` when the experiment cannot be read.
    public init(_ directory: ExperimentDirectory, catalog: Catalog, seams: Seams) throws {
        let (experiment, _) = try directory.frozen()
        let maker = PluginMaker(
            experiment: experiment,
            directory: directory.path,
            catalog: catalog,
            seams: seams
        ) { _ in NoEvents() }
        provisioner = try maker.make(experiment.provisioner, .provision, as: (any Provisioner).self)
        name = experiment.provisioner.id
        self.directory = directory
        clock = seams.clock
    }

    /// The bill: what was kept, while that is good, or what the other side says now.
    ///
    /// - Parameter refresh: Whether to ask anew in any case.
    /// - Returns: The bill.
    /// - Throws: ``LabError`` that says why there is none.
    public func bill(refresh: Bool) async throws -> Bill {
        guard let billing = provisioner as? any Billing else {
            throw LabError(.usage, "the \(name) provisioner has no bill: nobody is paid for what it makes")
        }
        let state = try directory.state()
        guard let start = state.startedAt else { throw LabError(.usage, "\(directory.id) has not begun") }
        let ends = state.resources.map { $0.deletedAt ?? clock.now() }
        let end = ends.max() ?? state.lastEventAt ?? start
        if !refresh, let kept = try directory.keptBill(), isGood(kept, end: end) { return kept }
        let bill = try await billing.bill(from: start, to: end)
        try LocalFile.write(JSONCoding.encode(bill, pretty: true), to: directory.bill)
        return bill
    }

    private func isGood(_ bill: Bill, end: Date) -> Bool {
        let age = clock.now().timeIntervalSince(bill.askedAt)
        return bill.askedAt.timeIntervalSince(end) > Self.settled / .seconds(1) || age < Self.age / .seconds(1)
    }
}

extension ExperimentDirectory {
    /// The bill that was asked for last; nil when none was.
    ///
    /// - Throws: ``LabError`` when there is a file that cannot be read.
    func keptBill() throws -> Bill? {
        guard let content = try LocalFile.read(bill) else { return nil }
        do { return try JSONCoding.decode(Bill.self, from: content) } catch {
            throw LabError(.reporting, "cannot read \(bill)", cause: String(describing: error))
        }
    }
}
