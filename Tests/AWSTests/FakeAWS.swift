import Foundation
import PluginAPI
import PluginTestKit

/// AWS as a closure from a call to its answer.
struct FakeAWS {
    /// A call as the closure sees it: the action, its parameters, and how often that action was called before.
    struct Call: Sendable {
        var action: String
        var parameters: [String: String]
        var body: String
        var number: Int

        /// The values of a describe call's filter.
        func filter(_ name: String) -> [String]? {
            for index in 1..<10 where parameters["Filter.\(index).Name"] == name {
                return (1..<200).lazy.map { parameters["Filter.\(index).Value.\($0)"] }.prefix { $0 != nil }
                    .compactMap(\.self)
            }
            return nil
        }
    }

    /// A transport that answers by `answer`; a string is the body of a 200, nil is an empty reply.
    static func http(_ answer: @escaping @Sendable (Call) throws -> HTTPResponse) -> FakeHTTP {
        let counts = PluginTestKit.Locked<[String: Int]>([:])
        return FakeHTTP { request in
            let body = String(decoding: request.body, as: UTF8.self)
            var call = Call(action: "", parameters: [:], body: body, number: 0)
            if let target = request.headers.first(where: { $0.name == "x-amz-target" })?.value {
                call.action = String(target.split(separator: ".").last ?? "")
            } else {
                for pair in body.split(separator: "&") {
                    let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                    call.parameters[String(parts[0])] = String(parts[1]).removingPercentEncoding
                }
                call.action = call.parameters["Action"] ?? ""
            }
            call.number = counts.withLock { counts in
                defer { counts[call.action, default: 0] += 1 }
                return counts[call.action, default: 0]
            }
            return try answer(call)
        }
    }

    static func ok(_ body: String = "<Response/>") -> HTTPResponse { HTTPResponse(status: 200, body: Array(body.utf8)) }

    static func xmlError(_ code: String, _ status: Int = 400, headers: [HTTPRequest.Header] = []) -> HTTPResponse {
        let body = """
            <?xml version="1.0" encoding="UTF-8"?>
            <Response><Errors><Error><Code>\(code)</Code><Message>because of \(code)</Message></Error></Errors>\
            <RequestID>req-1</RequestID></Response>
            """
        return HTTPResponse(status: status, headers: headers, body: Array(body.utf8))
    }

    static func jsonError(_ code: String, _ message: String = "", _ status: Int = 400) -> HTTPResponse {
        let body = #"{"__type":"com.amazonaws.ssm#\#(code)","message":"\#(message)"}"#
        return HTTPResponse(status: status, headers: [.init("x-amzn-RequestId", "req-2")], body: Array(body.utf8))
    }
}
