import AWS
import PluginAPI
import PluginTestKit
import SSMExecutor
import SystemPackage
import Testing

/// The executor against an emulated Systems Manager whose hosts really run what they are told.
@Suite(.serialized) struct SSMExecutorTests {
    @Test(arguments: [nil, "labhost.exchange"])
    func `the Systems Manager executor conforms`(_ bucket: String?) async throws {
        try await Sandbox.run { sandbox in
            let local = try TemporaryDirectory()
            let account = try Account(sandbox)
            let hosts = try await account.launchFleet(2)
            if let bucket { try await account.makeBucket(bucket) }
            let executor = SSMExecutor(options: SSMOptions(bucket: bucket), context: account.context)
            try await executor.preflight()
            try await withThrowingTaskGroup { group in
                for (index, conformance) in ExecutorConformance.cases.enumerated() {
                    group.addTask {
                        let scratch = local.path.appending("case-\(index)")
                        try LocalFile.makeDirectory(scratch)
                        do {
                            try await conformance.check(
                                .init(executor: executor, hosts: hosts, folder: "/opt/case-\(index)", local: scratch)
                            )
                        } catch { Issue.record(error, "\(conformance.name)") }
                    }
                }
                try await group.waitForAll()
            }
            if let bucket { #expect(try await S3(account.context).keys(in: bucket, prefix: "") == []) }
        }
    }

    @Test func `a long file passes through the bucket in few calls, exact, and leaves nothing there`() async throws {
        try await Sandbox.run { sandbox in
            let local = try TemporaryDirectory()
            let account = try Account(sandbox)
            let hosts = try await account.launchFleet(1)
            try await account.makeBucket("exchange")
            let executor = SSMExecutor(options: SSMOptions(bucket: "exchange"), context: account.context)
            var random = SystemRandomNumberGenerator()
            let content = (0..<(3 << 20)).flatMap { _ in
                withUnsafeBytes(of: random.next() as UInt64) { Array($0.prefix(7)) }
            }
            try await executor.upload(content, to: "/opt/long", on: hosts)
            let before = try await sandbox.calls()
            try await executor.download("/opt/long", from: hosts[0], to: local.path.appending("long"))
            let calls = try await sandbox.calls().merging(before) { $0 - $1 }
            #expect(try LocalFile.read(local.path.appending("long")) == content)
            // The file, the answer's way into the bucket, and the tidying up.
            #expect(calls["ssm.SendCommand"] == 3)
            #expect(try await S3(account.context).keys(in: "exchange", prefix: "") == [])
        }
    }

    @Test func `what a transfer that was cut off has left in the bucket is deleted with the rest`() async throws {
        try await Sandbox.run { sandbox in
            let account = try Account(sandbox)
            try await account.makeBucket("exchange")
            let s3 = S3(account.context)
            let executor = SSMExecutor(options: SSMOptions(bucket: "exchange"), context: account.context)
            try await s3.put([1], to: "labhost/\(account.context.experiment)/left", in: "exchange")
            try await s3.put([1], to: "labhost/\(account.context.experiment)-2/other", in: "exchange")
            try await executor.cleanUp()
            #expect(
                try await s3.keys(in: "exchange", prefix: "") == ["labhost/\(account.context.experiment)-2/other"]
            )
        }
    }

    @Test func `a bucket that is not there is named before anything is created`() async throws {
        try await Sandbox.run { sandbox in
            let account = try Account(sandbox)
            let executor = SSMExecutor(options: SSMOptions(bucket: "nowhere"), context: account.context)
            let error = await #expect(throws: LabError.self) { try await executor.preflight() }
            #expect(error?.code == .preflight)
            #expect(error?.description.contains("NoSuchBucket") == true, "\(String(describing: error))")
        }
    }

    @Test func `a host that is gone holds up nobody and is named`() async throws {
        try await Sandbox.run(["--throttle-rate", "0.2"]) { sandbox in
            let account = try Account(sandbox)
            let hosts = try await account.launchFleet(3)
            let executor = SSMExecutor(options: SSMOptions(), context: account.context)
            try await account.call("TerminateInstances", ["InstanceId.1": hosts[1].instanceID])
            let outcomes = try await executor.run(Script("hostname >/dev/null; echo here"), on: hosts)
            #expect(outcomes.map(\.host) == ["host-1", "host-2", "host-3"])
            #expect(outcomes.map(\.output) == ["here\n", "", "here\n"])
            guard case .undelivered = outcomes[1].ending else {
                Issue.record("\(outcomes[1])")
                return
            }
        }
    }
}
