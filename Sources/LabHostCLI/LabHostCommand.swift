import ArgumentParser

/// The `labhost` command.
public enum LabHost {
    /// Runs the command line and exits with its code.
    public static func main() async {}
}
