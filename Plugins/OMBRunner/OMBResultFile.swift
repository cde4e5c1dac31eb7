import AWS
import Document
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
    ///
    /// The file is read once, in pieces, for what it says and for its hash.
    static func content(of path: FilePath, source: Provenance.Source) throws -> BenchmarkResult? {
        let name = path.lastComponent?.string ?? path.string
        let file: FileDescriptor
        do { file = try FileDescriptor.open(path, .readOnly) } catch Errno.noSuchFileOrDirectory {
            throw LabError(.benchmark, "there is no file \(path)")
        } catch {
            throw LabError(error, while: "reading \(path)")
        }
        return try file.closeAfter {
            let hash = SHA256()
            var size = 0
            let stream = JSONStream(file: name) {
                let piece = try Self.piece(of: file, path)
                hash.update(piece)
                size += piece.count
                return piece
            }
            guard var result = try OMBResult(stream).benchmarkResult else { return nil }
            result.provenance = Provenance(
                source: source,
                generation: result.publishDelay == nil ? .ombWithoutDelay : .ombWithDelay,
                file: name,
                sizeBytes: size,
                sha256: hash.finish().hexadecimal
            )
            return result
        }
    }

    private static let pieceSize = 1 << 18

    /// The next bytes of a file; none at its end.
    private static func piece(of file: FileDescriptor, _ path: FilePath) throws -> [UInt8] {
        do {
            return try [UInt8](unsafeUninitializedCapacity: pieceSize) { buffer, count in
                count = try file.read(into: UnsafeMutableRawBufferPointer(buffer))
            }
        } catch {
            throw LabError(error, while: "reading \(path)")
        }
    }
}
