import PluginAPI

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The configuration files that the AWS tools share, `~/.aws/config` and `~/.aws/credentials`, read at once.
struct SharedFiles {
    let configPath: String?
    let credentialsPath: String?
    private let profiles: [String: [String: String]]
    private let sections: [String: [String: String]]
    private let environment: [String: String]

    /// Reads both files; one that does not exist is empty.
    ///
    /// - Throws: ``LabError`` with code ``LabError/Code/preflight`` when one exists and cannot be read.
    init(environment: [String: String]) throws {
        self.environment = environment
        let home = environment["HOME"]
        func path(_ variable: String, _ name: String) -> String? {
            guard let given = environment[variable], !given.isEmpty else { return home.map { "\($0)/.aws/\(name)" } }
            guard let home, given.hasPrefix("~/") else { return given }
            return home + given.dropFirst()
        }
        configPath = path("AWS_CONFIG_FILE", "config")
        credentialsPath = path("AWS_SHARED_CREDENTIALS_FILE", "credentials")

        var profiles: [String: [String: String]] = [:]
        let config = try Self.sections(of: configPath)
        sections = Dictionary(config) { _, new in new }
        for (section, keys) in config {
            // The config file writes `[profile lab]`, but `[default]`.
            let name = section.hasPrefix("profile ") ? section.dropFirst(8).trimmed : section
            guard name == "default" || name != section else { continue }
            profiles[name, default: [:]].merge(keys) { _, new in new }
        }
        for (section, keys) in try Self.sections(of: credentialsPath) {
            profiles[section, default: [:]].merge(keys) { _, new in new }
        }
        self.profiles = profiles
    }

    /// The profile that is meant: the one given, else `AWS_PROFILE`, else `default`.
    func profileName(given: String?) -> String {
        [given, environment["AWS_PROFILE"]].lazy.compactMap(\.self).first { !$0.isEmpty } ?? "default"
    }

    /// A profile's keys from both files, the credentials file's winning; nil when neither knows it.
    func profile(_ name: String) -> [String: String]? { profiles[name] }

    /// A section of the config file by its whole name: `sso-session work`.
    func section(_ name: String) -> [String: String]? { sections[name] }

    /// The profiles that there are.
    var names: [String] { profiles.keys.sorted() }

    /// Where it looked, for messages.
    var places: String {
        [credentialsPath, configPath].compactMap(\.self).joined(separator: " and ")
    }

    private static func sections(of path: String?) throws -> [(String, [String: String])] {
        guard let path, FileManager.default.fileExists(atPath: path) else { return [] }
        guard let data = FileManager.default.contents(atPath: path) else {
            throw LabError(.preflight, "\(path) cannot be read", hint: "check that it is a file and its permissions")
        }
        guard data.count <= 1 << 20 else { throw LabError(.preflight, "\(path) is longer than 1 MB") }
        return parse(String(decoding: data, as: UTF8.self))
    }

    /// Reads sections of `key = value` lines. Keys are compared in lower case; indented lines belong to a nested
    /// section of the key before them, none of which concerns us.
    static func parse(_ text: String) -> [(String, [String: String])] {
        var sections: [(String, [String: String])] = []
        for line in text.split(whereSeparator: \.isNewline) {
            guard let first = line.first, !first.isWhitespace, first != "#", first != ";" else { continue }
            if first == "[" || first == "\u{FEFF}" {
                guard let start = line.firstIndex(of: "["), let end = line.firstIndex(of: "]") else { continue }
                let name = line[line.index(after: start)..<end].split(whereSeparator: \.isWhitespace)
                sections.append((name.joined(separator: " "), [:]))
            } else if let equals = line.firstIndex(of: "="), !sections.isEmpty {
                var value = line[line.index(after: equals)...]
                // A comment at a line's end begins with a blank; `#` may be part of a secret.
                for mark in [" #", " ;", "\t#", "\t;"] {
                    if let comment = value.firstRange(of: mark) { value = value[..<comment.lowerBound] }
                }
                sections[sections.count - 1].1[line[..<equals].trimmed.lowercased()] = value.trimmed
            }
        }
        return sections
    }
}
