import Document

/// A plugin as a plan asks for it: `terraform`, or `{use: terraform, options: {…}}`.
struct PluginChoice: Decodable {
    /// The id and where it is written. Whether there is such a plugin is for the catalog to say.
    var id: Located<String>
    /// The options as written; nil for none.
    var options: Node?

    private enum CodingKeys: String, CodingKey { case use, options }

    init(from decoder: any Decoder) throws {
        if let id = try? Located<String>(from: decoder) {
            self.id = id
            return
        }
        let container = try decoder.container(keyedBy: CodingKeys.self)
        id = try container.decode(Located<String>.self, forKey: .use)
        options = try container.decodeIfPresent(Node.self, forKey: .options)
    }
}
