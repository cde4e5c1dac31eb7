import PluginAPI

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What stands above everything: what was asked, of what, when, and whether any of it is real.
struct Masthead {
    let model: ReportModel

    var html: HTML {
        let record = model.record
        let question: HTML = record.planDescription.map { "<p class=\"question\">\($0)</p>" } ?? HTML()
        return """
            <header>\(banners)
            <p class="eyebrow">LabHost report · \(record.experiment.rawValue)</p>
            <h1>\(record.planName)</h1>\(question)
            <dl class="meta">\(facts.html { "<div><dt>\($0.0)</dt><dd>\($0.1)</dd></div>" })</dl>
            <nav aria-label="Sections"><ul>\(links)</ul></nav></header>
            """
    }

    private var links: HTML {
        Page(model: model).sections.html { "<li><a href=\"#\($0.id)\">\($0.title)</a></li>" }
    }

    private var banners: HTML {
        var banners = HTML()
        if model.record.isSimulated {
            banners += """
                <p class="banner simulated"><strong>Simulated.</strong> These numbers come from a model. Nothing was \
                measured.</p>
                """
        }
        let open = model.count(of: nil)
        if open > 0 {
            banners += """
                <p class="banner partial"><strong>Partial.</strong> \(Numbers.whole(open)) of \(Numbers.whole(model.record.cells.count)) cells have no \
                outcome: when this was written the experiment was going on, or it had been ended before its time.</p>
                """
        }
        return banners
    }

    private var facts: [(String, String)] {
        let record = model.record
        var facts = [("Started", Numbers.minute(record.startedAt))]
        facts.append(("Took", Numbers.duration(seconds: model.lastMoment.timeIntervalSince(record.startedAt))))
        if let version = record.image?.pulsarVersion { facts.append(("Pulsar", version)) }
        if let image = record.image { facts.append(("Image", image.id)) }
        let plugins = ["provision", "execute", "benchmark"].compactMap { record.plugins[$0] }
        if !plugins.isEmpty { facts.append(("Plugins", plugins.joined(separator: " · "))) }
        return facts
    }
}
