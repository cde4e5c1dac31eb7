import PluginAPI

/// The whole page.
struct Page {
    let model: ReportModel

    var html: HTML {
        let record = model.record
        let title = record.isSimulated ? "\(record.planName) (simulated)" : record.planName
        return """
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; \
            script-src '\(Script.hash)'; base-uri 'none'; form-action 'none'">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <meta name="referrer" content="no-referrer">
            <title>\(title) · LabHost</title>
            <style>\(Stylesheet.html)</style></head>
            <body>
            <a class="skip" href="#cells">To the cells</a>
            \(Masthead(model: model).html)
            <main>
            \(sections.html(\.html))
            </main>
            <footer>LabHost \(record.labhostVersion) · \(record.experiment.rawValue) · written \
            \(Numbers.minute(model.writtenAt))</footer>
            <div id="tip" role="status" hidden></div>
            <script>\(Script.html)</script>
            </body></html>

            """
    }

    /// The sections that have something to say, in the order of the page.
    var sections: [PageSection] {
        [
            AnswerSection(model: model).section, CellsSection(model: model).section,
            TimeSection(model: model).section, PercentileSection(model: model).section,
            RateSection(model: model).section, MatrixSection(model: model).section, CostSection(model: model).section,
            ValiditySection(model: model).section, ConditionsSection(model: model).section,
            ClusterSection(model: model).section,
            TimelineSection(model: model).section, ReceiptSection(model: model).section,
            ReproduceSection(model: model).section,
        ].compactMap { $0 }
    }
}

/// A part of the page with a heading.
struct PageSection {
    /// The name in the page's address.
    var id: HTML
    var title: HTML
    /// What one sees in it, in a sentence or two.
    var lead = HTML()
    var content: HTML

    var html: HTML {
        let intro: HTML = lead.isEmpty ? HTML() : "<p class=\"lead\">\(lead)</p>"
        return """
            <section id="\(id)" aria-labelledby="\(id)-title"><h2 id="\(id)-title">\(title)</h2>\(intro)
            \(content)</section>

            """
    }
}
