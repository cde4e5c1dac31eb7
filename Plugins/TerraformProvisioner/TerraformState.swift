import Document

/// What terraform's state file says exists.
struct TerraformState {
    /// The ids of the resources.
    let ids: Set<String>

    /// Reads a state file of format 4; a file that is not one holds nothing.
    init(_ content: [UInt8]) {
        let root = try? JSON.parse(content, file: "terraform.tfstate")
        var ids: Set<String> = []
        for resource in root?["resources"]?.sequence ?? [] where resource["mode"]?.text == "managed" {
            for instance in resource["instances"]?.sequence ?? [] {
                if let id = instance["attributes"]?["id"]?.text { ids.insert(id) }
            }
        }
        self.ids = ids
    }
}
