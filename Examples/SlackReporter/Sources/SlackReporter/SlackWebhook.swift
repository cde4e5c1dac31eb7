import PluginAPI

/// Slack's incoming webhook: whoever knows its URL may post, so that nothing says it.
struct SlackWebhook: Sendable {
    let url: String
    let http: any HTTPTransport

    /// Posts a message.
    ///
    /// - Throws: ``LabError`` with code `reporting`, in Slack's own words, without the URL.
    func post(_ json: [UInt8]) async throws {
        guard url.hasPrefix("https://"), url.utf8.allSatisfy({ (0x21...0x7e).contains($0) }) else {
            throw failure("the webhook's variable does not hold an https URL")
        }
        let headers = [HTTPRequest.Header("content-type", "application/json")]
        let response: HTTPResponse
        do {
            response = try await http.send(HTTPRequest(method: "POST", url: url, headers: headers, body: json))
        } catch let error as HTTPFailure {
            throw failure(error.description)
        }
        guard response.status == 200 else {
            throw failure("HTTP \(response.status): \(String(decoding: response.body.prefix(200), as: UTF8.self))")
        }
    }

    private func failure(_ cause: String) -> LabError {
        LabError(
            .reporting,
            "Slack did not take the message",
            cause: cause.replacing(url, with: "***"),
            hint: "check the webhook; the report itself is written"
        )
    }
}
