import Foundation
import PluginAPI
import PluginTestKit
import Testing

@testable import AWS

@Suite struct SweepTests {
    @Test func `what does not say how old it is is as old as its experiment`() async throws {
        @Sendable func group(_ experiment: String) -> String {
            """
            <item><groupId>sg-\(experiment)</groupId><groupName>\(experiment)</groupName><tagSet>
            <item><key>Project</key><value>labhost</value></item>
            <item><key>ExperimentID</key><value>\(experiment)</value></item></tagSet></item>
            """
        }
        let http = FakeAWS.http { call in
            guard call.action == "DescribeSecurityGroups" else {
                return FakeAWS.ok("<R><\(call.action)Result/></R>")
            }
            let items = group("exp-20260102-030405-ab2c") + group("exp-chosen")
            return FakeAWS.ok("<R><securityGroupInfo>\(items)</securityGroupInfo></R>")
        }
        let context = PluginContext.fake(tags: ["Project": "labhost"], http: http)
        let remains = try await Sweep(context).find()
        #expect(remains.map(\.experiment.rawValue) == ["exp-20260102-030405-ab2c", "exp-chosen"])
        #expect(remains.map(\.createdAt) == [Date(timeIntervalSince1970: 1_767_323_045), nil])
    }
}
