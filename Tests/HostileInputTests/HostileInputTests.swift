import Foundation
import HostileInput
import Testing

@testable import LabHost

/// The fuzzer's checks on texts that are the same every time: its corpus, what it found once, and damage done to them.
@Suite struct HostileInputTests {
    private static var corpus: [String: [UInt8]] {
        get throws {
            let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
                .appendingPathComponent("Fuzz/corpus")
            let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            return try Dictionary(
                uniqueKeysWithValues: files.map { ($0.lastPathComponent, Array(try Data(contentsOf: $0))) }
            )
        }
    }

    @Test func `every text of the corpus is read as it was written`() throws {
        let corpus = try Self.corpus
        #expect(corpus.count > 10)
        for (name, bytes) in corpus { #expect(HostileInput.fault(of: bytes) == nil, "\(name)") }
    }

    @Test(arguments: ["7\u{0}", "4\u{0}\t", "[1]\u{0}", "\u{FEFF}{\"a\": [1e400]}", "{\"a\": \"\\ud800\"}"])
    func `what a fuzzer found is refused or read alike in every way`(text: String) {
        #expect(HostileInput.fault(of: Array(text.utf8)) == nil)
    }

    @Test(arguments: 0..<8 as Range<UInt64>) func `damaged texts are refused or read alike in every way`(seed: UInt64)
        throws
    {
        var random = SplitMix64(seed: seed)
        let texts = try Self.corpus.sorted { $0.key < $1.key }.map(\.value)
        for _ in 0..<40 {
            let bytes = Self.damaged(texts, &random)
            let fault = HostileInput.fault(of: bytes)
            #expect(fault == nil, "\(String(decoding: bytes, as: UTF8.self))")
        }
    }

    /// A text with some bytes taken out, put in twice, changed, or taken from another text.
    private static func damaged(_ texts: [[UInt8]], _ random: inout SplitMix64) -> [UInt8] {
        var bytes = texts.randomElement(using: &random) ?? []
        bytes = Array(bytes.prefix(4096))
        for _ in 0..<Int.random(in: 1...6, using: &random) {
            let start = Int.random(in: 0...bytes.count, using: &random)
            let end = min(bytes.count, start + Int.random(in: 0...24, using: &random))
            switch Int.random(in: 0..<4, using: &random) {
            case 0: bytes.removeSubrange(start..<end)
            case 1: bytes.insert(contentsOf: bytes[start..<end], at: start)
            case 2:
                let hostile: [UInt8] = Array("\u{0}\t\n\r\"'{}[]:,#&*!|>%@`-0.eE\\~\u{85}\u{2028}".utf8)
                bytes.insert(hostile.randomElement(using: &random) ?? 0, at: start)
            default:
                let other = texts.randomElement(using: &random) ?? []
                let from = Int.random(in: 0...other.count, using: &random)
                bytes.replaceSubrange(start..<end, with: other[from..<min(other.count, from + 40)])
            }
        }
        return bytes
    }
}
