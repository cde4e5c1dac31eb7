import PluginAPI

/// The answer in one screen: the best cell by each metric that matters, the verdicts, the cost.
struct AnswerSection {
    let model: ReportModel

    var section: PageSection? {
        PageSection(
            id: "answer",
            title: "The answer",
            content: """
                \(failures)<div class="cards">\(model.highlights.html(card))</div>\(verdicts)\(note)
                """
        )
    }

    private func card(_ metric: Metric) -> HTML {
        guard let best = model.best(by: metric) else {
            return """
                <div class="card"><h3>\(metric.title)</h3><p class="value none">unknown</p>\
                <p>\(reasonForNone(metric))</p></div>
                """
        }
        let superlative: HTML = metric.direction == .higherIsBetter ? "highest" : "lowest"
        let doubt: HTML = best.cell.isSuspect ? " \(Badge.html(.suspect))" : HTML()
        return """
            <div class="card"><h3>\(metric.title)</h3>\
            <p class="value">\(metric.text(best.value)) <span>\(metric.unitAfter)</span></p>\
            <p>\(superlative), <b>\(best.cell.name)</b>\(doubt)</p>\
            <p class="context">\(context(of: best.cell, besides: metric))</p></div>
            """
    }

    private func reasonForNone(_ metric: Metric) -> String {
        if metric.unit == "USD" {
            let reasons = model.measured.compactMap { $0.costs?.perMillionMessages.reason }
            return reasons.first ?? model.record.costs?.total.reason ?? "what it cost was not reckoned"
        }
        return model.measured.isEmpty ? "no cell has a result" : "no cell has this number"
    }

    /// The two numbers without which no other means much.
    private func context(of cell: ReportModel.MeasuredCell, besides metric: Metric) -> String {
        [Metric.throughput, .p99Latency].filter { $0 != metric }.compactMap { other in
            cell.value(of: other).map { "\(other.text($0)) \(other.unitAfter) \(other == .p99Latency ? "p99" : "")" }
        }
        .map { $0.trimmingSuffix() }.joined(separator: " · ")
    }

    private var verdicts: HTML {
        let counts: [(Verdict?, Int)] = [Verdict.valid, .suspect, .invalid, nil].map { ($0, model.count(of: $0)) }
        let shown = counts.filter { $0.1 > 0 }
        var parts = shown.html { "<li><b>\(Numbers.whole($0.1))</b> \(Badge.html($0.0))</li>" }
        if let costs = model.record.costs {
            switch costs.total {
            case .usd(let amount): parts += "<li><b>\(Numbers.dollars(amount))</b> in all, \(basis(costs))</li>"
            case .unknown(let reason): parts += "<li>cost unknown: \(reason)</li>"
            }
        }
        return "<ul class=\"verdicts\" aria-label=\"Verdicts and cost\">\(parts)</ul>"
    }

    private func basis(_ costs: ExperimentCosts) -> HTML {
        switch costs.basis {
        case .estimate: "estimated"
        case .actual: "as billed"
        }
    }

    private var failures: HTML {
        model.record.phases.filter { $0.error != nil }.html { phase in
            guard let error = phase.error else { return HTML() }
            let cause: HTML = error.cause.map { "<pre>\($0)</pre>" } ?? HTML()
            let hint: HTML = error.hint.map { "<p>To do next: \($0)</p>" } ?? HTML()
            return """
                <div class="failure"><p><strong>\(phase.name) failed.</strong> \(error.message)</p>\(cause)\(hint)</div>
                """
        }
    }

    private var note: HTML {
        var notes = HTML()
        if !model.unknownHighlights.isEmpty {
            notes += """
                <p class="note">The plan highlights metrics that LabHost does not know: \
                \(model.unknownHighlights.joined(separator: ", ")).</p>
                """
        }
        if !model.measured.isEmpty {
            notes += """
                <p class="note">Invalid cells are not ranked; suspect ones only where no valid cell has the number.</p>
                """
        }
        return notes
    }
}

extension String {
    /// Without spaces at the end.
    fileprivate func trimmingSuffix() -> String {
        var text = self
        while text.last == " " { text.removeLast() }
        return text
    }
}
