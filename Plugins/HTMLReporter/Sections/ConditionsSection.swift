import PluginAPI

/// What was measured around the cells: whether the machines had anything left to give.
struct ConditionsSection {
    let model: ReportModel

    /// The most rows; all of them are in the file for programs.
    static let most = 200

    var section: PageSection? {
        let cells = model.record.cells.compactMap { cell in
            let own = [cell.outcome?.conditions].compactMap { $0 }
            let all = own + (cell.outcome?.probes ?? []).compactMap(\.conditions)
            return all.isEmpty ? nil : (name: cell.cell.name, conditions: all)
        }
        guard !cells.isEmpty else { return nil }
        let heads = [
            "cell", "client CPU", "server CPU", "stolen", "network", "packets over allowance", "clocks apart",
            "interrupted",
        ]
        let rows = cells.prefix(Self.most).map { Self.row($0.name, $0.conditions) }
        let rest = cells.count - Self.most
        let more: HTML = rest > 0 ? "<p class=\"note\">\(rest) more are in results.json.</p>" : HTML()
        return PageSection(
            id: "conditions",
            title: "Run conditions",
            lead: """
                What the busiest host did while a cell was measured, over all of the cell's probes. A benchmark whose \
                clients or network are full measures itself. A dash was not measured.
                """,
            content: "\(DataTable(heads: heads, rows: rows, textColumns: 7).html)\(more)"
        )
    }

    private static func row(_ name: String, _ conditions: [RunConditions]) -> [String] {
        let clients = conditions.flatMap(\.clients)
        let servers = conditions.flatMap(\.servers)
        let interrupted = Set(conditions.flatMap(\.interrupted)).sorted()
        return [
            name, most(clients, \.cpuPercent), most(servers, \.cpuPercent), most(clients + servers, \.stolenPercent),
            most(clients + servers, \.networkPercent), most(clients + servers, \.exceededPercent), clocks(conditions),
            interrupted.isEmpty ? "none" : interrupted.joined(separator: ", "),
        ]
    }

    private static func most(
        _ hosts: [RunConditions.HostLoad],
        _ value: (RunConditions.HostLoad) -> Double?
    ) -> String {
        let known = hosts.compactMap { host in value(host).map { (host: host.host, value: $0) } }
        guard let top = known.max(by: { $0.value < $1.value }) else { return Numbers.unknown }
        let text = Numbers.trimmed(Figures.decimal(top.value, places: top.value < 10 ? 2 : 0)) + " %"
        return top.value == 0 ? text : "\(text) \(top.host)"
    }

    private static func clocks(_ conditions: [RunConditions]) -> String {
        let known = conditions.compactMap { run in run.clockSkewMs.map { (skew: $0, error: run.clockErrorMs) } }
        guard let most = known.max(by: { $0.skew.magnitude < $1.skew.magnitude }) else { return Numbers.unknown }
        let error = most.error.map { " ± \(Numbers.latency($0))" } ?? ""
        return "\(Numbers.latency(most.skew))\(error) ms"
    }
}
