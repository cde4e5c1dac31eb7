import HTMLReporter
import PluginAPI
import PluginTestKit
import SystemPackage
import Testing

@Suite struct PDFTests {
    /// The files of a report that is written as often as a run does.
    private func names(
        _ processes: FakeProcesses,
        _ events: EventRecorder,
        times: Int = 1
    ) async throws -> [String] {
        let folder = try TemporaryDirectory()
        let context = PluginContext.fake(directory: folder.path, events: events, processes: processes)
        let reporter = HTMLReporter(options: HTMLOptions(pdf: true), context: context)
        var names: [String] = []
        for _ in 0..<times { names += try await reporter.report(SampleExperiment.complete.record).map(\.name) }
        return names
    }

    @Test func `the page is printed by the first Chromium that there is`() async throws {
        let processes = FakeProcesses { invocation in
            guard invocation.executable == "google-chrome" else {
                throw LabError(.preflight, "there is no program \(invocation.executable)")
            }
            let target = invocation.arguments.compactMap { argument in
                argument.hasPrefix("--print-to-pdf=") ? String(argument.dropFirst(15)) : nil
            }
            try LocalFile.write(Array("%PDF-1.4".utf8), to: .init(target.first ?? ""))
            return ([], ProcessResult(status: 0))
        }
        #expect(try await names(processes, EventRecorder()) == ["index.html", "report.pdf"])
        #expect(processes.invocations.map(\.executable) == ["chromium", "chromium-browser", "google-chrome"])
    }

    @Test func `without a Chromium there is the page and a warning that says what to do`() async throws {
        let processes = FakeProcesses { throw LabError(.preflight, "there is no program \($0.executable)") }
        let events = EventRecorder()
        #expect(try await names(processes, events, times: 2) == ["index.html", "index.html"])
        #expect(await events.notes.count == 1, "a run writes its report twice, and says this once")
        let note = await events.notes.joined()
        #expect(note.contains("there is no Chromium in PATH"))
        #expect(note.contains("install the package chromium"))
    }

    @Test func `a Chromium that fails is quoted`() async throws {
        let processes = FakeProcesses { _ in ([], ProcessResult(status: 1, standardError: "cannot open display\n")) }
        let events = EventRecorder()
        #expect(try await names(processes, events) == ["index.html"])
        #expect(await events.notes.joined().contains("cannot open display"))
    }
}
