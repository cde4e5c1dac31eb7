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
            let causes = probes.flatMap(\.namedCauses)
            return CellOutcome(
                verdict: .invalid,
                causes: causes.isEmpty ? [VerdictReason(.resultMissing, "nothing was measured")] : causes,
                finding: finding,
                probes: probes
            )
        }
        let causes = answer.namedCauses + doubts(about: finding, probes)
        let verdict: Verdict = answer.verdict == .invalid ? .invalid : causes.isEmpty ? .valid : .suspect
        return CellOutcome(verdict: verdict, causes: causes, result: result, finding: finding, probes: probes)
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
        return Finding(
            lastGoodRate: good,
            firstBadRate: bad?.rate,
            limit: bad?.failure,
            criterion: bad.flatMap { probe in
                let result = probe.verdict == .invalid ? nil : probe.result
                return breach(of: result, at: probe.rate, reasons: probe.reasons)?.criterion
            },
            isConfirmed: held
        )
    }

    private func doubts(about finding: Finding, _ probes: [ProbeOutcome]) -> [VerdictReason] {
        var doubts = probes.filter { $0.verdict == .invalid }.map { probe in
            VerdictReason(
                .probeInvalid,
                "\(probe.name) gave no valid result: \(probe.causes.first?.text ?? "nothing was measured")"
            )
        }
        switch self {
        case .fixed: break
        case .maximum(let confirms):
            if !confirms { doubts.append(.searchResult) }
            if confirms, !finding.isConfirmed {
                doubts.append(VerdictReason(.notConfirmed, "the rate that the search found did not hold"))
            }
        case .ramp, .untilFailure:
            if finding.lastGoodRate == nil, let limit = finding.limit {
                doubts.append(VerdictReason(.noRateHeld, "the first rate did not hold: \(limit)"))
            }
        case .search:
            if finding.lastGoodRate == nil, let limit = finding.limit {
                doubts.append(VerdictReason(.noRateHeld, "the lowest rate does not keep the objective: \(limit)"))
            } else if !finding.isConfirmed {
                let why = probes.last(where: \.isConfirmation).map { $0.failure ?? $0.causes.first?.text ?? "" } ?? ""
                let text = "the rate was not confirmed" + (why.isEmpty ? "" : ": \(why)")
                doubts.append(VerdictReason(.notConfirmed, text))
            }
        }
        return doubts
    }
}

extension VerdictReason {
    /// That a rate is what the benchmark's own search ended at.
    public static let searchResult = VerdictReason(.searchResult, "search result: a hint, not a confirmed rate")
}

extension ProbeOutcome {
    /// The causes, each with the probe that it is of.
    fileprivate var namedCauses: [VerdictReason] { causes.map { VerdictReason($0.code, "\(name): \($0.text)") } }
}
