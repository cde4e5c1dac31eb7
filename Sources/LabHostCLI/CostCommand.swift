import ArgumentParser
import LabHost
import PluginAPI

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// `labhost cost`: what a plan will cost, and what an experiment did.
struct CostCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cost",
        abstract: "Say what a plan is likely to cost, or what was billed for an experiment.",
        discussion: "Example: labhost cost forecast plans/broker-sizing.yaml",
        subcommands: [ForecastCommand.self, ActualCommand.self]
    )
}

/// `labhost cost forecast`: before.
struct ForecastCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "forecast",
        abstract: "Say what a plan is likely to cost, by component and kind of cost. Creates nothing.",
        discussion: """
            Without --online the prices that were asked for last are taken, or those that LabHost ships; it says which.

            Example: labhost cost forecast --online plans/broker-sizing.yaml
            """
    )

    @OptionGroup var options: PlanOptions
    @Flag(help: "Ask AWS for its prices.") var online = false
    @Flag(help: "List every cell.") var all = false

    func run() async throws {
        let (forecast, budget) = try await ExperimentMaker(options: options).forecast(online: online)
        if options.json {
            print(String(decoding: try JSONCoding.encode(forecast, pretty: true), as: UTF8.self), terminator: "")
        } else {
            print(forecast.text(mostCells: all ? .max : 40), terminator: "")
        }
        try budget?.check(forecast)
    }
}

/// `labhost cost actual`: after.
struct ActualCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "actual",
        abstract: "Say what was billed for an experiment, as Cost Explorer has it, beside the estimate.",
        discussion: """
            The bill comes up to 24 hours late, and knows an experiment only where its tags are active as cost allocation \
            tags. Each question costs $0.01, so an answer is kept for six hours.

            Example: labhost cost actual latest
            """
    )

    @Argument(help: "An experiment's id, a unique prefix of one, or latest.", completion: .experiments) var experiment:
        String
    @Flag(help: "Ask anew, whatever was asked before.") var refresh = false
    @Flag(help: "Print JSON.") var json = false

    func run() async throws {
        let environment = Environment.all
        let store = try ExperimentStore(environment: environment)
        let directory = try store.find(experiment)
        let seams = try Seams.standard(environment: environment)
        let access = try CostAccess(directory, catalog: LabHostTool.currentCatalog(), seams: seams)
        let bill = try await access.bill(refresh: refresh)
        try await History(existingIn: store.home)?.index(directory)
        let (experiment, schedule) = try directory.frozen()
        let record = try RecordBuilder(experiment: experiment, schedule: schedule, directory: directory)
            .record(from: directory.state())
        let answer = Answer(experiment: experiment.id.rawValue, bill: bill, costs: record.costs)
        if json {
            print(String(decoding: try JSONCoding.encode(answer, pretty: true), as: UTF8.self), terminator: "")
        } else {
            print(answer.text, terminator: "")
        }
    }

    private struct Answer: Encodable {
        var schema = "labhost.bill/1"
        var experiment: String
        var total: Cost
        var estimate: Cost
        var difference: Cost
        var bill: Bill

        init(experiment: String, bill: Bill, costs: ExperimentCosts?) {
            self.experiment = experiment
            self.bill = bill
            total = bill.total
            estimate = costs?.total ?? .unknown("no price of what was created was looked up")
            difference = total + estimate * -1
        }

        var text: String {
            var lines = ["\(experiment): \(Figures.explained(total)) billed (actual)"]
            lines.append("estimate: \(Figures.explained(estimate))")
            if let usd = difference.usd {
                let share =
                    estimate.usd.flatMap { $0 > 0 ? " (\(Figures.decimal(usd / $0 * 100, places: 1)) %)" : nil } ?? ""
                lines.append("difference: \(usd < 0 ? "" : "+")\(Figures.usd(usd))\(share)")
            }
            lines += bill.items.map { item in
                let component = Printable.line(item.component ?? "no component")
                return "  \(component): \(Printable.line(item.service)): \(Figures.explained(item.cost))"
            }
            let note = bill.isProvisional ? "; amounts may still change" : ""
            lines.append("asked for at \(Timestamps.minute(bill.askedAt)) UTC\(note)")
            return lines.map { $0 + "\n" }.joined()
        }
    }
}
