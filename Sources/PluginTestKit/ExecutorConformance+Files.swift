import PluginAPI
import SystemPackage

extension ExecutorConformance {
    static let files = [
        Case(name: "a file of every byte goes there and back") { subject in
            let content = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 7) }
            try await roundTrip(content, "\(subject.folder)/deep/er/every byte", subject)
        },
        Case(name: "an empty file is a file") { subject in
            try await roundTrip([], "\(subject.folder)/empty", subject)
        },
        Case(name: "a path is a path, whatever it holds") { subject in
            try await roundTrip(Array("x".utf8), "\(subject.folder)/a 'quoted' $(touch broken) \"name\"", subject)
        },
        Case(name: "a file is replaced whole") { subject in
            let path = "\(subject.folder)/replaced"
            try await roundTrip(Array("a longer one".utf8), path, subject)
            try await roundTrip(Array("short".utf8), path, subject)
        },
        Case(name: "a file that is not there is named, with its host") { subject in
            guard let host = subject.hosts.first else { return }
            let path = "\(subject.folder)/missing"
            let local = subject.local.appending("missing")
            try LocalFile.write(Array("as it was".utf8), to: local)
            do {
                try await subject.executor.download(path, from: host, to: local)
            } catch let error as LabError {
                try expect(error.description.contains(path), "the error does not name the file: \(error)")
                try expect(error.description.contains(host.name), "the error does not name the host: \(error)")
                let left = try LocalFile.read(local)
                try expect(left == Array("as it was".utf8), "a download that failed has changed the local file")
                return
            }
            throw Violation(description: "a file that is not there was downloaded")
        },
    ]

    private static func roundTrip(_ content: [UInt8], _ path: String, _ subject: Subject) async throws {
        try await subject.executor.upload(content, to: path, on: subject.hosts)
        for host in subject.hosts {
            let local = subject.local.appending("round-trip")
            try await subject.executor.download(path, from: host, to: local)
            try expect(try LocalFile.read(local) == content, "\(path) of \(host.name) came back different")
        }
    }
}
