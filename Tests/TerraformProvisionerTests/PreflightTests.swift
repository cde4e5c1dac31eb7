import Foundation
import PluginAPI
import PluginTestKit
import Testing

@testable import TerraformProvisioner

@Suite("Preflight") struct PreflightTests {
    private func error(_ bench: Bench, _ options: TerraformOptions = TerraformOptions()) async throws -> LabError? {
        let provisioner = try bench.provisioner(options)
        return await #expect(throws: LabError.self) { try await provisioner.preflight() }
    }

    @Test func allIsWell() async throws {
        let bench = try Bench()
        try await bench.provisioner().preflight()
        #expect(await bench.recorder.notes == ["AWS account 123456789012 as arn:aws:iam::123456789012:user/lab"])
    }

    @Test(arguments: [("0.14.11", false), ("1.4.7", false), ("1.5.0", true), ("1.15.0-beta1", true), ("2.0.0", true)])
    func versions(text: String, isAccepted: Bool) async throws {
        let version = try #require(TerraformVersion(json: "{\"platform\": \"x\", \"terraform_version\": \"\(text)\"}"))
        #expect((version >= .oldest) == isAccepted)
        #expect(version.description == text)
    }

    @Test func anOldTerraformIsTold() async throws {
        let bench = try Bench { _ in (["{\"terraform_version\":\"1.4.6\"}"], ProcessResult(status: 0)) }
        let error = try await error(bench)
        #expect(error?.code == .preflight)
        #expect(error?.message == "terraform 1.4.6 is too old; 1.5 is needed")
    }

    @Test func noTerraformIsTold() async throws {
        let bench = try Bench { _ in throw LabError(.preflight, "x", cause: "there is no such program in PATH") }
        let error = try await error(bench)
        #expect(error?.message == "terraform cannot be run")
        #expect(error?.cause == "there is no such program in PATH")
        #expect(error?.hint?.hasPrefix("install terraform 1.5 or newer") == true)
    }

    @Test func somethingElseOfThatNameIsTold() async throws {
        let bench = try Bench { _ in (["hello"], ProcessResult(status: 0)) }
        #expect(try await error(bench)?.message == "terraform does not say which version it is")
    }

    @Test func withoutARegionNothingIsDone() async throws {
        #expect(try await error(Bench(cloud: CloudSettings()))?.message == "no AWS region is known")
    }

    @Test func aModuleMustBeAFolderWithTerraformCode() async throws {
        let bench = try Bench()
        try bench.write("file.tf", "")
        try bench.write("empty/readme.md", "")
        let causes = [
            ("absent", "there is no such folder"), ("file.tf", "it is not a folder"), ("empty", "it holds no .tf file"),
        ]
        for (path, cause) in causes {
            let error = try await error(bench, TerraformOptions(module: "\(bench.folder)/\(path)"))
            #expect(error?.cause == cause)
        }
    }

    @Test func aModuleIsCopiedWithoutWhatTerraformKeepsInIt() throws {
        let bench = try Bench()
        for path in ["m/main.tf", "m/parts/a.tf", "m/.terraform/x", "m/terraform.tfstate", "m/terraform.tfvars.json"] {
            try bench.write(path, "x")
        }
        #expect(try ModuleFiles.copy(of: "\(bench.folder)/m").map(\.path) == ["main.tf", "parts/a.tf"])
    }

    @Test func aRegistryThatCannotBeReachedIsTold() async throws {
        let bench = try Bench { arguments in
            guard arguments.first == "init" else { return nil }
            let text = "╷\n│ Error: Failed to query available provider packages\n│ \n│ no route to host\n╵\n"
            return ([], ProcessResult(status: 1, standardError: text))
        }
        let error = await #expect(throws: LabError.self) { try await bench.provisioner().preview(Bench.request()) }
        #expect(error?.code == .preflight)
        #expect(error?.cause == "Error: Failed to query available provider packages\nno route to host")
    }
}
