/// The memory options of a JVM.
enum JVMMemory {
    /// Whether a size is one that `-Xmx` takes: `512M`, `1g`.
    static func isSize(_ text: String) -> Bool {
        guard let unit = text.last, "kKmMgG".contains(unit), text.count <= 12 else { return false }
        let number = text.dropLast()
        return number.first != "0" && !number.isEmpty && number.utf8.allSatisfy { (48...57).contains($0) }
    }

    /// The options; empty when the image's own defaults are to hold.
    ///
    /// The heap has its full size from the start, so that no measurement sees it grow.
    static func options(heap: String?, directMemory: String?) -> String {
        var options: [String] = []
        if let heap { options += ["-Xms\(heap)", "-Xmx\(heap)"] }
        if let directMemory { options.append("-XX:MaxDirectMemorySize=\(directMemory)") }
        return options.joined(separator: " ")
    }
}
