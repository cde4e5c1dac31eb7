extension RatePolicy {
    /// What came of a cell with several probes.
    ///
    /// The cell's result is that of the probe which answers the question: the confirmation, or the highest rate that
    /// held. That a higher rate did not hold is the finding and no doubt about it.
    ///
    /// - Parameter probes: All probes, in order; ``next(after:workload:)`` has no further one.
    /// - Returns: The outcome; invalid when nothing was measured.
    public func outcome(of probes: [ProbeOutcome]) -> CellOutcome {
        let finding = finding(of: probes)
        guard let answer = answer(among: probes, finding), let result = answer.result else {
            let reasons = probes.flatMap { probe in probe.reasons.map { "\(probe.name): \($0)" } }
            return CellOutcome(
                verdict: .invalid,
                reasons: reasons.isEmpty ? ["nothing was measured"] : reasons,
                finding: finding,
                probes: probes
            )
        }
        var reasons = answer.reasons.map { "\(answer.name): \($0)" }
        reasons += doubts(about: finding, probes)
        let verdict: Verdict = answer.verdict == .invalid ? .invalid : reasons.isEmpty ? .valid : .suspect
        return CellOutcome(verdict: verdict, reasons: reasons, result: result, finding: finding, probes: probes)
    }

    private func answer(among probes: [ProbeOutcome], _ finding: Finding) -> ProbeOutcome? {
        let measured = probes.filter { $0.result != nil }
        if let confirmation = measured.last(where: \.isConfirmation) { return confirmation }
        return measured.last { $0.rate == finding.lastGoodRate && $0.failure == nil } ?? measured.first
    }

    private func finding(of probes: [ProbeOutcome]) -> Finding {
        let confirmation = probes.last(where: \.isConfirmation)
        let held = confirmation.map { $0.failure == nil && $0.verdict == .valid } ?? false
        if case .maximum = self {
            let rate = held ? confirmation?.rate : nil
            return Finding(lastGoodRate: rate, firstBadRate: nil, limit: nil, isConfirmed: held)
        }
        let bad = probes.filter { $0.failure != nil && !$0.isConfirmation }.min { ($0.rate ?? 0) < ($1.rate ?? 0) }
        let good = probes.filter { $0.failure == nil && $0.rate ?? 0 < bad?.rate ?? .max }.compactMap(\.rate).max()
        return Finding(lastGoodRate: good, firstBadRate: bad?.rate, limit: bad?.failure, isConfirmed: held)
    }

    private func doubts(about finding: Finding, _ probes: [ProbeOutcome]) -> [String] {
        var doubts = probes.filter { $0.verdict == .invalid }.map { probe in
            "\(probe.name) gave no valid result: \(probe.reasons.first ?? "nothing was measured")"
        }
        switch self {
        case .fixed: break
        case .maximum(let confirms):
            if !confirms { doubts.append("search result: a hint, not a confirmed rate") }
            if confirms, !finding.isConfirmed { doubts.append("the rate that the search found did not hold") }
        case .ramp, .untilFailure:
            if finding.lastGoodRate == nil, let limit = finding.limit {
                doubts.append("the first rate did not hold: \(limit)")
            }
        case .search:
            if finding.lastGoodRate == nil, let limit = finding.limit {
                doubts.append("the lowest rate does not keep the objective: \(limit)")
            } else if !finding.isConfirmed {
                let why = probes.last(where: \.isConfirmation).map { $0.failure ?? $0.reasons.first ?? "" } ?? ""
                doubts.append("the rate was not confirmed" + (why.isEmpty ? "" : ": \(why)"))
            }
        }
        return doubts
    }
}
