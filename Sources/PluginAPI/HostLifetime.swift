#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// When a host ends itself, whatever happened to LabHost.
///
/// A host's switch is armed at its first boot and again whenever LabHost renews it: each time for the lease, and never
/// beyond the expiry. So hosts do not outlive for long a LabHost that was killed.
public struct HostLifetime: Sendable, Hashable, Codable {
    /// The moment that no host outlives.
    public var expiry: Date
    /// How many seconds a host goes on that does not hear of LabHost; nil for until the expiry.
    public var leaseSeconds: Int?

    /// Makes a lifetime.
    public init(expiry: Date, leaseSeconds: Int? = nil) {
        self.expiry = expiry
        self.leaseSeconds = leaseSeconds
    }
}
