import LabHost
import PluginAPI
import SystemPackage

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Where a plugin's package takes LabHost from.
enum LabHostSource: Sendable, Hashable {
    /// A checkout on this machine.
    case checkout(FilePath)
    /// A repository.
    case repository(String)

    /// Reads the argument of `--labhost`; without one, looks for the checkout that this binary was built in.
    ///
    /// - Parameters:
    ///   - text: The argument.
    ///   - binary: This binary's path.
    ///   - directory: The working directory.
    /// - Throws: ``LabError`` with code ``LabError/Code/usage``.
    init(_ text: String?, binary: FilePath, directory: FilePath) throws {
        if let text, text.wholeMatch(of: /(https|ssh):\/\/[A-Za-z0-9@:.\/_~%+-]+/) != nil {
            self = .repository(text)
        } else if let text {
            let path = directory.pushing(FilePath(text)).lexicallyNormalized()
            guard Self.isCheckout(path) else {
                throw LabError(
                    .usage,
                    "\(Printable.quoted(text)) is neither a checkout of LabHost nor the URL of a repository",
                    hint: "--labhost PATH, or --labhost https://HOST/PATH"
                )
            }
            self = .checkout(path)
        } else {
            var path = binary
            while !path.isEmpty, path != path.removingLastComponent() {
                path.removeLastComponent()
                if Self.isCheckout(path) {
                    self = .checkout(path)
                    return
                }
            }
            throw LabError(
                .usage,
                "this labhost does not lie in a checkout that a plugin could be built with",
                hint: "--labhost PATH for one, or --labhost https://HOST/PATH for a repository"
            )
        }
    }

    /// The package that it is, in a manifest.
    var dependency: String {
        switch self {
        case .checkout(let path): ".package(name: \"labhost\", path: \(Self.literal(path.string)))"
        case .repository(let url): ".package(url: \(Self.literal(url)), branch: \"main\")"
        }
    }

    /// What products of it are asked for by.
    var package: String {
        guard case .repository(let url) = self else { return "labhost" }
        let name = url.split(separator: "/").last.map(String.init) ?? "labhost"
        return name.hasSuffix(".git") ? String(name.dropLast(4)) : name
    }

    /// A text as a Swift literal that nothing can break out of.
    static func literal(_ text: String) -> String {
        let inner = text.unicodeScalars.map { scalar in
            switch scalar {
            case "\"", "\\": "\\\(scalar)"
            case _ where scalar.value < 0x20 || scalar.value == 0x7f: "\\u{\(String(scalar.value, radix: 16))}"
            default: String(scalar)
            }
        }
        return "\"\(inner.joined())\""
    }

    private static func isCheckout(_ path: FilePath) -> Bool {
        FileManager.default.fileExists(atPath: path.appending("Package.swift").string)
            && FileManager.default.fileExists(atPath: path.appending("Sources/PluginTestKit").string)
    }
}
