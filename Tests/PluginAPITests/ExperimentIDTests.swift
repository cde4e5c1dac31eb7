import PluginAPI
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite struct ExperimentIDTests {
    @Test func `a name that LabHost gave says when, and one that somebody chose does not`() {
        let given = ExperimentID(rawValue: "exp-20260102-030405-ab2c")
        #expect(given?.date == Date(timeIntervalSince1970: 1_767_323_045))
        for chosen in ["exp-one", "nightly-20260102-030405-x", "exp-20260102-99aa99-ab2c", "exp-2026-01-02"] {
            #expect(ExperimentID(rawValue: chosen)?.date == nil, "\(chosen)")
        }
    }
}
