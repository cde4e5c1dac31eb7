import Document
import PluginAPI

/// What a plan says of OMB's driver: keys of its own, or a file. They are laid over the driver of the cluster, so that
/// only what differs need be written.
///
/// A file may hold secrets, so it is read when it is needed and its content is never kept with the experiment; keys
/// that name a secret are refused in the plan itself.
public enum DriverChoice: Sendable, Hashable, Codable {
    /// Keys, as flow YAML.
    case keys(String)
    /// A file's absolute path.
    case file(String)

    /// The driver with the plan's keys in it.
    ///
    /// - Parameter driver: The cluster's driver, as YAML.
    /// - Returns: The merged driver, as YAML.
    /// - Throws: ``LabError`` when the file cannot be read or is no mapping.
    public func applied(to driver: String) throws -> String {
        do throws(DocumentError) {
            let own =
                switch self {
                case .keys(let text): try YAML.parse(Array(text.utf8), file: "driver")
                case .file(let path): try YAML.parse(SourceFile.read(path, limit: DocumentLimits.plan.bytes))
                }
            guard own.mapping != nil else { throw DocumentError("expected a mapping", at: own.mark) }
            return YAML.flow(try YAML.parse(Array(driver.utf8), file: "driver").merged(with: own)) + "\n"
        } catch {
            throw LabError(.invalidPlan, "the driver cannot be used", cause: Diagnostic(error).message)
        }
    }
}
