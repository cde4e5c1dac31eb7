public import PluginAPI
import Synchronization

/// Writes `index.html`: one page that holds everything there is to see of an experiment, with no other file and no network.
///
/// With `pdf: true` the same page is printed to `report.pdf` by a Chromium of this machine.
public struct HTMLReporter: Reporter {
    /// Needs nothing.
    public static let descriptor = PluginDescriptor(
        id: "html",
        phase: .report,
        summary: "index.html: one page with the answer, every cell and charts; report.pdf on request"
    )

    private let options: HTMLOptions
    private let context: PluginContext
    private let warning = Once()

    /// Makes the reporter.
    public init(options: HTMLOptions, context: PluginContext) {
        self.options = options
        self.context = context
    }

    /// The page, and its printed form when the options ask for one.
    ///
    /// A PDF that cannot be made is a warning: the page has the same content.
    public func report(_ record: ExperimentRecord) async throws -> [ReportFile] {
        let page = page(of: record)
        guard options.pdf else { return [page] }
        do {
            return [page, try await PDFPrinter(context: context).print(page.content)]
        } catch let error as LabError where error.code != .interrupted {
            // A run writes its report more than once.
            if warning.isFirst() { try await context.events.note("no report.pdf: \(error)", .warning) }
            return [page]
        }
    }

    /// The page alone: printing takes seconds.
    public func interimReport(_ record: ExperimentRecord) async throws -> [ReportFile] { [page(of: record)] }

    private func page(of record: ExperimentRecord) -> ReportFile {
        let model = ReportModel(record, writtenAt: context.clock.now())
        return ReportFile(name: "index.html", content: Array(Page(model: model).html.source.utf8))
    }
}

/// Something that is done once, however often a reporter is asked.
private final class Once: Sendable {
    private let isDone = Mutex(false)

    /// Whether nobody has asked before.
    func isFirst() -> Bool {
        isDone.withLock { isDone in
            defer { isDone = true }
            return !isDone
        }
    }
}

/// The options of the `html` reporter.
public struct HTMLOptions: PluginOptions {
    /// Whether `report.pdf` is written, too.
    public var pdf: Bool

    /// The keys of the options.
    public static let schema = [
        Schema.Key("pdf", .boolean, "Whether the page is printed to report.pdf, too, by a Chromium.", default: "false")
    ]

    /// Makes options.
    public init(pdf: Bool = false) { self.pdf = pdf }

    /// Reads options, each with its default: a plan may name the reporter alone.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        pdf = try container.decodeIfPresent(Bool.self, forKey: .pdf) ?? false
    }

    private enum CodingKeys: CodingKey { case pdf }
}
