import AWS
import Foundation
import LabHost
import PluginAPI
import PluginTestKit
import Subprocess
import SystemPackage
import Testing

/// What is left of experiments whose host is gone, found and deleted from anywhere.
@Suite(.serialized) struct SweepTests {
    private let temporary = try? TemporaryDirectory()

    private struct Answer: Decodable {
        struct Entry: Decodable {
            struct Remains: Decodable {
                var experiment: String
                var resources: [Resource]
                var instanceTypes: [String: Int]
            }

            var remains: Remains
            var isInUse: Bool
        }

        var entries: [Entry]
    }

    /// Kills a run once its hosts exist, and forgets the computer that it ran on.
    private func abandon(_ id: String, _ sandbox: Sandbox) async throws {
        let library = try await CrashPoint.library(in: try #require(temporary))
        let labhost = try LabHost(sandbox: sandbox)
        let plan = try labhost.plan(ChaosTests.plan)
        let run = try await labhost.run(
            ["run", "--yes", "--provisioner", "ec2", "--experiment-id", id, plan],
            environment: CrashPoint(write: 45, how: .after).environment(library)
        )
        #expect(run.status == 137)
    }

    @Test func `what is left is listed, and only what was asked for is deleted`() async throws {
        try await Sandbox.run { sandbox in
            try await abandon("exp-one", sandbox)
            try await abandon("exp-two", sandbox)
            // Somebody else's, with a Project tag like ours, and no experiment.
            let account = try Account(sandbox)
            _ = try await account.client.query(
                .ec2,
                "CreateVpc",
                [
                    "CidrBlock": "10.77.0.0/16", "TagSpecification.1.ResourceType": "vpc",
                    "TagSpecification.1.Tag.1.Key": "Project", "TagSpecification.1.Tag.1.Value": "labhost",
                ],
                safety: .once
            )
            let elsewhere = try LabHost(sandbox: sandbox)
            let dry = try await elsewhere("sweep")
            #expect(dry.status == 0, "\(dry.errors)")
            #expect(dry.output.contains("exp-one · us-west-2 · expires "))
            #expect(dry.output.contains("running: 1 × t3.micro, 3 × t3.small"))
            // A t3.micro and three t3.small, four addresses, four disks of 8 GB and one of 50.
            let hours = Double(Calendar.utc.range(of: .day, in: .month, for: Date())?.count ?? 0) * 24
            let each = 0.0104 + 3 * 0.0208 + 4 * 0.005 + (4 * 8 + 50) * 0.08 / hours
            #expect(
                dry.output.contains("costs \(Figures.usd(each)) an hour"),
                "\(dry.output)"
            )
            #expect(dry.output.contains("nothing was changed; to delete it and save $0."))
            let refused = try await elsewhere("sweep", "--execute")
            #expect(refused.status == 64)
            for narrow in [["--expired"], ["--older-than", "6h"]] {
                let none = try await elsewhere.run(["sweep"] + narrow)
                #expect(none.output == "nothing was found\n", "\(narrow)")
            }

            let swept = try await elsewhere("sweep", "--experiment-id", "exp-one", "--execute")
            #expect(swept.status == 0, "\(swept.output)\n\(swept.errors)")
            #expect(try await sandbox.leaks(experiment: "exp-one").count == 0)
            let rest = try await elsewhere("sweep", "--json")
            let answer = try JSONDecoder().decode(Answer.self, from: Data(rest.output.utf8))
            #expect(answer.entries.map(\.remains.experiment) == ["exp-two"])
            #expect(answer.entries.first?.remains.instanceTypes == ["t3.micro": 1, "t3.small": 3])
            #expect(try await elsewhere("sweep", "--older-than", "0s", "--execute").status == 0)
            #expect(try await sandbox.leaks().kinds == ["vpc": 1])
        }
    }
}

extension Calendar {
    fileprivate static var utc: Calendar {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        return calendar
    }
}
