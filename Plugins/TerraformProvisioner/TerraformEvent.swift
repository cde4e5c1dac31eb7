import Document

/// One line of what terraform prints under `-json`, as far as LabHost acts on it.
enum TerraformEvent: Sendable, Hashable {
    /// Something will be done to a resource.
    case planned(TerraformAddress, action: String)
    /// Something is being done to a resource; an id when it has one already.
    case started(TerraformAddress, action: String, id: String?)
    /// It goes on, for so many seconds by now.
    case waiting(TerraformAddress, seconds: Int)
    /// It was done; the id of a resource that was created.
    case completed(TerraformAddress, action: String, id: String?)
    /// It failed; why is in a diagnostic.
    case failed(TerraformAddress, action: String)
    /// A warning or an error.
    case diagnostic(TerraformDiagnostic)
    /// The values of the root module's outputs, after an apply.
    case outputs(Node)

    /// Reads a line; nil for what LabHost does not act on.
    init?(_ line: String) {
        guard let node = try? JSON.parse(Array(line.utf8), file: "terraform") else { return nil }
        switch node["type"]?.text {
        case "planned_change":
            guard let change = node["change"], let address = TerraformAddress(change["resource"]) else { return nil }
            self = .planned(address, action: change["action"]?.text ?? "")
        case "apply_start":
            guard let (address, action, id) = Self.hook(node["hook"]) else { return nil }
            self = .started(address, action: action, id: id)
        case "apply_progress":
            guard let (address, _, _) = Self.hook(node["hook"]) else { return nil }
            self = .waiting(address, seconds: node["hook"]?["elapsed_seconds"]?.text.flatMap { Int($0) } ?? 0)
        case "apply_complete":
            guard let (address, action, id) = Self.hook(node["hook"]) else { return nil }
            self = .completed(address, action: action, id: id)
        case "apply_errored":
            guard let (address, action, _) = Self.hook(node["hook"]) else { return nil }
            self = .failed(address, action: action)
        case "diagnostic":
            guard let diagnostic = TerraformDiagnostic(node["diagnostic"]) else { return nil }
            self = .diagnostic(diagnostic)
        case "outputs":
            guard let outputs = node["outputs"] else { return nil }
            self = .outputs(outputs)
        default: return nil
        }
    }

    private static func hook(_ node: Node?) -> (TerraformAddress, action: String, id: String?)? {
        guard let node, let address = TerraformAddress(node["resource"]) else { return nil }
        return (address, node["action"]?.text ?? "", node["id_value"]?.text)
    }
}

/// Which resource of the configuration is meant.
struct TerraformAddress: Sendable, Hashable, Codable {
    /// The whole address: `module.compute.aws_instance.this["broker-1"]`.
    var text: String
    /// The resource type: `aws_instance`.
    var type: String
    /// The key of `for_each`.
    var key: String?

    /// Makes an address from its parts.
    init(text: String, type: String, key: String? = nil) {
        self.text = text
        self.type = type
        self.key = key
    }

    /// Reads the address of a resource; nil for a data source, which creates nothing.
    init?(_ node: Node?) {
        guard let text = node?["addr"]?.text, let type = node?["resource_type"]?.text else { return nil }
        let path = text.split(separator: ".")
        guard path.first != "data", !text.contains(".data.\(type).") else { return nil }
        self.init(text: text, type: type, key: node?["resource_key"]?.text)
    }

    /// What the ledger calls it: a host by its name, everything else by its address.
    var name: String { type == "aws_instance" ? key ?? text : text }

    /// What a person reads while it is being made: a host's name, or the kind of thing.
    var label: String {
        type == "aws_instance" ? name : String(type.trimmingPrefix("aws_")).replacing("_", with: " ")
    }
}

/// A warning or an error of terraform's.
struct TerraformDiagnostic: Sendable, Hashable {
    var isError: Bool
    var summary: String
    var detail: String
    /// The address of the resource that it is about.
    var address: String?

    init(isError: Bool = true, summary: String, detail: String = "", address: String? = nil) {
        self.isError = isError
        self.summary = summary
        self.detail = detail
        self.address = address
    }

    init?(_ node: Node?) {
        guard let summary = node?["summary"]?.text else { return nil }
        self.init(
            isError: node?["severity"]?.text == "error",
            summary: summary,
            detail: node?["detail"]?.text ?? "",
            address: node?["address"]?.text
        )
    }

    /// Summary and detail, one below the other.
    var text: String { detail.isEmpty ? summary : "\(summary)\n\(detail)" }

    /// AWS's own word for the failure, which the provider wraps in prose: `InsufficientInstanceCapacity`.
    var awsCode: String? { awsError?.code }

    /// AWS's own sentence about the failure.
    var awsMessage: String? {
        guard let message = awsError?.message, !message.isEmpty else { return nil }
        return message
    }

    private var awsError: (code: String, message: String)? {
        // Errors that the SDK has a type for follow the request's id without these words.
        let typed = #/RequestID: [^,\n]*, (?=[A-Z][A-Za-z.]*:)/#
        let start = text.firstRange(of: "api error ")?.upperBound ?? text.firstRange(of: typed)?.upperBound
        guard let start else { return nil }
        let line = text[start...].prefix { $0 != "\n" }
        let code = line.prefix { $0.isLetter || $0.isNumber || $0 == "." }
        guard !code.isEmpty else { return nil }
        return (String(code), String(line.dropFirst(code.count).drop { ": ".contains($0) }))
    }
}
