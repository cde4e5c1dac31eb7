import Testing

@testable import OMBRunner

@Suite struct SecretsTests {
    @Test(arguments: [
        "client:\n  authentication:\n    data: token:s3cret-value\n",
        #"{"client": {"authentication": {"plugin": "x", "data": "token:s3cret-value"}}}"#,
        "password: 's3cret-value'\n  broken: [\n",
        "credentials: {user: admin-user, anything: s3cret-value}",
        "tokens:\n  apiToken: [s3cret-value]",
    ])
    func `are masked however the driver file is written`(_ driver: String) {
        let masked = Secrets(in: driver).masked("before \(driver) after s3cret-value")
        #expect(!masked.contains("s3cret-value"))
        #expect(masked.hasPrefix("before "))
    }

    @Test func `leave everything else as it is`() {
        let driver = "serviceUrl: pulsar://10.0.0.1:6650\ndata: null\nname: Pulsar\n"
        #expect(Secrets(in: driver).masked(driver) == driver)
    }
}
