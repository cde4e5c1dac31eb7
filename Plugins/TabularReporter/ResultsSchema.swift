/// The JSON Schema (draft 2020-12) of `results.json`, for programs that read it.
public enum ResultsSchema {
    /// The schema's text.
    public static var json: String { String(decoding: PackageResources.results_schema_json, as: UTF8.self) }
}
