import AWS
public import PluginAPI
public import SystemPackage

/// A result file of OMB, of any generation, made by whomever.
public struct OMBResultFile {
    /// Reads a file.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - source: Who ran the benchmark.
    /// - Returns: What it says, with where it comes from. It has at least one period.
    /// - Throws: ``LabError`` with code ``LabError/Code/benchmark`` that says where it stops making sense, or that it holds no
    ///   period: then nothing was measured.
    public static func read(_ path: FilePath, source: Provenance.Source) throws -> BenchmarkResult {
        guard let result = try content(of: path, source: source) else {
            let file = path.lastComponent?.string ?? path.string
            throw LabError(.benchmark, "\(file) holds no period: nothing was measured")
        }
        return result
    }

    /// What a file says; nil when it holds no period.
    static func content(of path: FilePath, source: Provenance.Source) throws -> BenchmarkResult? {
        guard let content = try LocalFile.read(path) else { throw LabError(.benchmark, "there is no file \(path)") }
        let file = path.lastComponent?.string ?? path.string
        guard var result = try OMBResult(content, file: file).benchmarkResult else { return nil }
        result.provenance = Provenance(
            source: source,
            generation: result.publishDelay == nil ? .ombWithoutDelay : .ombWithDelay,
            file: file,
            sizeBytes: content.count,
            sha256: SHA256.hash(content).hexadecimal
        )
        return result
    }
}
