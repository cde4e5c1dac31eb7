import Document
import PluginAPI

/// The endpoint that a container is given (ECS, EKS Pod Identity).
struct ContainerCredentials: CredentialPlace {
    let seams: CredentialSeams

    var name: String { "the container (AWS_CONTAINER_CREDENTIALS_RELATIVE_URI)" }

    func load() async throws -> AWSCredentials? {
        let relative = seams.variable("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI").map { "http://169.254.170.2\($0)" }
        guard let url = relative ?? seams.variable("AWS_CONTAINER_CREDENTIALS_FULL_URI") else { return nil }
        // The token must not go to just anybody: as the AWS tools do, plain HTTP only to the host itself.
        guard let parts = URLParts(url), url.hasPrefix("https://") || Self.isOwnHost(parts.authority) else {
            throw LabError(.preflight, "AWS_CONTAINER_CREDENTIALS_FULL_URI names a host that is not this one over HTTP")
        }
        var headers: [HTTPRequest.Header] = []
        if let file = seams.variable("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE") {
            headers = [.init("authorization", try seams.text(of: file, "it has the container's token"))]
        } else if let token = seams.variable("AWS_CONTAINER_AUTHORIZATION_TOKEN") {
            headers = [.init("authorization", token)]
        }
        let response = try await seams.http.send(HTTPRequest(url: url, headers: headers, timeout: .seconds(5)))
        guard response.status == 200 else {
            throw LabError(.preflight, "the container's endpoint gave no credentials", cause: "HTTP \(response.status)")
        }
        return try AWSCredentials(json: response.body, from: "the container's endpoint")
    }

    private static func isOwnHost(_ authority: String) -> Bool {
        let host =
            authority.hasPrefix("[")
            ? String(authority.prefix { $0 != "]" }) + "]" : String(authority.prefix { $0 != ":" })
        return ["localhost", "169.254.170.2", "169.254.170.23", "[fd00:ec2::23]", "[::1]"].contains(host)
            || IPv4Loopback.contains(host)
    }
}

/// 127.0.0.0/8, written as an address: a name may begin with the same letters.
private enum IPv4Loopback {
    static func contains(_ host: String) -> Bool {
        let parts = host.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
        return parts.count == 4 && parts.allSatisfy { $0 != nil } && parts[0] == 127
    }
}

/// The role of the EC2 instance that LabHost runs on, from its metadata service (IMDSv2).
struct InstanceCredentials: CredentialPlace {
    let seams: CredentialSeams

    var name: String { "the instance's role (169.254.169.254)" }

    func load() async throws -> AWSCredentials? {
        guard seams.variable("AWS_EC2_METADATA_DISABLED")?.lowercased() != "true" else { return nil }
        let base = seams.variable("AWS_EC2_METADATA_SERVICE_ENDPOINT") ?? "http://169.254.169.254"
        let root = (base.hasSuffix("/") ? String(base.dropLast()) : base) + "/latest"
        // Elsewhere than on EC2 nobody answers, and nobody should have to wait for that.
        let patience = Duration.seconds(1)
        let token = HTTPRequest(
            method: "PUT",
            url: "\(root)/api/token",
            headers: [.init("x-aws-ec2-metadata-token-ttl-seconds", "300")],
            timeout: patience
        )
        guard let answer = try await seams.ask(token), answer.status == 200 else { return nil }
        let headers = [HTTPRequest.Header("x-aws-ec2-metadata-token", String(decoding: answer.body, as: UTF8.self))]
        func get(_ path: String) async throws -> [UInt8]? {
            let request = HTTPRequest(
                url: "\(root)/meta-data/iam/security-credentials/\(path)",
                headers: headers,
                timeout: patience
            )
            guard let response = try await seams.ask(request), response.status == 200 else { return nil }
            return response.body
        }
        guard let names = try await get(""),
            let role = String(decoding: names, as: UTF8.self).split(whereSeparator: \.isNewline).first,
            let content = try await get(String(role))
        else { return nil }
        return try AWSCredentials(json: content, from: "the instance's role \(role)")
    }
}
