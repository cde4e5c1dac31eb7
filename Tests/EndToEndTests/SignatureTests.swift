import AWS
import Foundation
import PluginAPI
import Subprocess
import SystemPackage
import Testing

/// Our signatures beside those of AWS's own SDK for Python.
@Suite struct SignatureTests {
    private struct Signed: Decodable {
        var service: String
        var region: String
        var method: String
        var url: String
        var headers: [String: String]
        var body: String
        var secret: String
        var token: String?
        var kind: String
        var expires: Int
        var authorization: String
        var signed: String
    }

    @Test func `a thousand generated requests are signed as botocore signs them`() async throws {
        let script = Repository.root.appending("Tests/EndToEndTests/signatures.py")
        let result = try await Subprocess.run(
            .path(Repository.root.appending("Tests/AWSSandbox/python")),
            arguments: [script.string],
            output: .string(limit: 1 << 23),
            error: .string(limit: 1 << 16)
        )
        let lines = result.standardOutput.split(separator: "\n")
        #expect(lines.count == 1000, "\(result.standardError)")
        let moment = Date(timeIntervalSince1970: 1_795_492_306)
        for line in lines {
            let wanted = try JSONDecoder().decode(Signed.self, from: Data(line.utf8))
            let request = HTTPRequest(
                method: wanted.method,
                url: wanted.url,
                headers: wanted.headers.map { .init($0.key, $0.value) },
                body: Array(wanted.body.utf8)
            )
            let credentials = AWSCredentials(
                accessKeyID: "AKIDEXAMPLE",
                secretAccessKey: wanted.secret,
                sessionToken: wanted.token
            )
            let signer = SignatureV4(credentials: credentials, region: wanted.region, service: wanted.service)
            if wanted.kind == "presigned" {
                let validity = Duration.seconds(wanted.expires)
                let url = try signer.presign(wanted.method, wanted.url, at: moment, for: validity)
                #expect(parameters(of: url) == parameters(of: wanted.signed), "\(wanted.method) \(wanted.url)")
                continue
            }
            let payload: SignatureV4.Payload = wanted.kind == "unsigned" ? .unsigned : .signed
            let signed = try signer.sign(request, at: moment, payload: payload)
            let own = signed.headers.first { $0.name.lowercased() == "authorization" }?.value
            #expect(own == wanted.authorization, "\(wanted.service) \(wanted.method) \(wanted.url) \(wanted.headers)")
        }
    }

    /// The query's parameters in an order of their own: botocore writes them in another one than we do.
    private func parameters(of url: String) -> [Substring] {
        (url.split(separator: "?", maxSplits: 1).last ?? "").split(separator: "&").sorted()
    }
}
