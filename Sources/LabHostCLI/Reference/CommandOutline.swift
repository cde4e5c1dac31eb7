import ArgumentParser

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A command as the argument parser describes it in `--experimental-dump-help`: what the reference pages are made from.
struct CommandOutline: Decodable {
    /// An argument, an option or a flag.
    struct Argument: Decodable {
        struct Name: Decodable {
            var kind: String
            var name: String

            var text: String { kind == "long" ? "--\(name)" : "-\(name)" }
        }

        var kind: String
        var shouldDisplay: Bool
        var isOptional: Bool
        var isRepeating: Bool
        var names: [Name]?
        var preferredName: Name?
        var valueName: String?
        var defaultValue: String?
        var allValues: [String]?
        var abstract: String?

        /// As it is written: `--region <region>`, `<plan>`.
        var text: String {
            let value = "<\(valueName ?? "value")>"
            switch kind {
            case "positional": return isRepeating ? "\(value) ..." : value
            case "flag": return names?.map(\.text).joined(separator: ", ") ?? ""
            default: return "\(names?.map(\.text).joined(separator: ", ") ?? "") \(value)"
            }
        }

        /// As it stands in the synopsis, in brackets where it may be left out.
        var synopsis: String {
            let value = "<\(valueName ?? "value")>"
            let name = preferredName?.text ?? ""
            let text =
                switch kind {
                case "positional": value
                case "flag": name
                default: "\(name) \(value)"
                }
            return (isOptional ? "[\(text)]" : text) + (isRepeating ? " ..." : "")
        }

        /// What it is for, with its default and the words that it takes.
        var explanation: String {
            var text = abstract ?? ""
            if let allValues, !allValues.isEmpty { text += " One of \(allValues.joined(separator: ", "))." }
            if let defaultValue, kind != "flag" { text += " Default: \(defaultValue)." }
            return text
        }
    }

    var commandName: String
    var superCommands: [String]?
    var shouldDisplay: Bool?
    var abstract: String?
    var discussion: String?
    var subcommands: [CommandOutline]?
    var arguments: [Argument]?

    /// All of `labhost`.
    ///
    /// - Throws: `DecodingError` when a new argument parser describes commands in another way.
    static func labhost() throws -> CommandOutline {
        struct Dump: Decodable { var command: CommandOutline }
        return try JSONDecoder().decode(Dump.self, from: Data(LabHostCommand._dumpHelp().utf8)).command
    }

    /// The words that call it.
    var call: String { ((superCommands ?? []) + [commandName]).joined(separator: " ") }

    /// How it is called, on one line.
    var synopsis: String {
        let own = visible.filter { $0.preferredName?.name != "help" }.map(\.synopsis)
        return ([call] + own + (commands.isEmpty ? [] : ["<subcommand>"])).joined(separator: " ")
    }

    /// The arguments that people are told of.
    var visible: [Argument] { (arguments ?? []).filter(\.shouldDisplay) }

    /// Its subcommands but for `help`.
    var commands: [CommandOutline] {
        (subcommands ?? []).filter { $0.commandName != "help" && $0.shouldDisplay != false }
    }

    /// It and all below it, each before its own.
    var all: [CommandOutline] { [self] + commands.flatMap(\.all) }
}
