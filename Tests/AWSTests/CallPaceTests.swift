import PluginAPI
import Testing

@testable import AWS

@Suite struct CallPaceTests {
    @Test func `calls wait only once the bucket is empty, and then in line`() {
        let pace = CallPace()
        let waits = (0..<53).map { _ in pace.wait(for: "ec2:DescribeInstances", at: .zero) }
        #expect(waits.prefix(50).allSatisfy { $0 == .zero })
        #expect(waits.suffix(3) == [.milliseconds(50), .milliseconds(100), .milliseconds(150)])
        #expect(pace.wait(for: "ec2:DescribeVpcs", at: .zero) == .zero)
        #expect(pace.wait(for: "ec2:DescribeInstances", at: .seconds(10)) == .zero)
    }

    @Test func `an action that AWS throttles is slowed down, and comes back with success`() {
        let pace = CallPace()
        pace.slowDown("ssm:SendCommand")
        #expect(pace.wait(for: "ssm:SendCommand", at: .zero) == .milliseconds(400))
        for _ in 0..<100 { pace.slowDown("ssm:SendCommand") }
        #expect(pace.wait(for: "ssm:SendCommand", at: .zero) <= .seconds(4))
        for _ in 0..<100 { pace.succeeded("ssm:SendCommand") }
        #expect(pace.wait(for: "ssm:SendCommand", at: .seconds(100)) == .zero)
    }

    @Test func `repeating stops when too much of it failed, and not for what was throttled or never sent`() {
        func error(_ code: String, _ status: Int? = nil, _ failure: HTTPFailure.Kind? = nil) -> AWSError {
            AWSError(service: "ec2", action: "A", code: code, message: "", status: status, failure: failure)
        }
        var quota = RetryQuota()
        let server = error("InternalError", 500)
        func pay(_ error: AWSError) -> Bool { quota.pay(for: error) }
        #expect((0..<101).map { _ in pay(server) } == Array(repeating: true, count: 100) + [false])
        #expect(pay(error("Throttling", 400)))
        #expect(pay(error("refused", nil, .refused)))
        quota.refund(server)
        #expect(pay(server))
        for _ in 0..<9 { quota.refund(nil) }
        #expect(!pay(error("timedOut", nil, .timedOut)))
        quota.refund(nil)
        #expect(pay(error("timedOut", nil, .timedOut)))
    }
}
