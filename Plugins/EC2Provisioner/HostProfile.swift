import AWS
import PluginAPI

/// The instance profile that lets Systems Manager reach the hosts: the user's, or one of the experiment's.
struct HostProfile: Sendable {
    let creation: EC2Creation

    /// The profile's name, once it is there. EC2 may take some seconds more to hear of it.
    func make() async throws -> String {
        if let given = creation.context.cloud.instanceProfile { return given }
        let name = creation.context.experiment.rawValue
        try await ManagedProfile(creation.context).make(name)
        return name
    }
}
