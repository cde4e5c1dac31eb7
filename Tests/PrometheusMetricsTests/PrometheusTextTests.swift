import Testing

@testable import PrometheusMetrics

@Suite struct PrometheusTextTests {
    @Test func `the format's own example is read`() throws {
        // From https://prometheus.io/docs/instrumenting/exposition_formats/, "Text format example".
        let text = PrometheusText(
            #"""
            # HELP http_requests_total The total number of HTTP requests.
            # TYPE http_requests_total counter
            http_requests_total{method="post",code="200"} 1027 1395066363000
            http_requests_total{method="post",code="400"}    3 1395066363000

            # Escaping in label values:
            msdos_file_access_time_seconds{path="C:\\DIR\\FILE.TXT",error="Cannot find file:\n\"FILE.TXT\""} 1.458255915e9

            # Minimalistic line:
            metric_without_timestamp_and_labels 12.47

            # A weird metric from before the epoch:
            something_weird{problem="division by zero"} +Inf -3982045

            # A histogram, which has a pretty complex representation in the text format:
            # HELP http_request_duration_seconds A histogram of the request duration.
            # TYPE http_request_duration_seconds histogram
            http_request_duration_seconds_bucket{le="0.05"} 24054
            http_request_duration_seconds_bucket{le="+Inf"} 144320
            http_request_duration_seconds_sum 53423
            http_request_duration_seconds_count 144320

            # TYPE rpc_duration_seconds summary
            rpc_duration_seconds{quantile="0.01"} 3102
            rpc_duration_seconds_sum 1.7560473e+07
            rpc_duration_seconds_count 2693
            """#
        )
        #expect(text.unreadable == 0)
        #expect(text.samples.count == 12)
        let first = try #require(text.samples.first)
        #expect(first.labels == ["method": "post", "code": "200"])
        #expect(first.value == 1027)
        #expect(first.timestamp == 1_395_066_363_000)
        #expect(text.samples[2].labels["path"] == #"C:\DIR\FILE.TXT"#)
        #expect(text.samples[2].labels["error"] == "Cannot find file:\n\"FILE.TXT\"")
        #expect(text.samples[4].value == .infinity)
        #expect(text.samples[4].timestamp == -3_982_045)
        #expect(text.isCounter("http_requests_total"))
        #expect(text.isCounter("rpc_duration_seconds_sum"))
        #expect(text.isCounter("http_request_duration_seconds_bucket"))
        #expect(!text.isCounter("rpc_duration_seconds"))
        #expect(!text.isCounter("metric_without_timestamp_and_labels"))
    }

    @Test func `numbers that are none, blanks and a comma at the end are part of the format`() {
        let text = PrometheusText("a NaN\nb -Inf\n\t c { x = \"1\" , } 0x1p-2 \r\nd{} 1")
        #expect(text.samples.map(\.name) == ["a", "b", "c", "d"])
        #expect(text.samples[0].value.isNaN)
        #expect(text.samples[1].value == -.infinity)
        #expect(text.samples[2].labels == ["x": "1"])
        #expect(text.samples[2].value == 0.25)
    }

    @Test(
        arguments: [
            "a", "a{", "a{x", "a{x=}", "a{x=\"}", "a{x=\"1\" y=\"2\"} 1", "a{x=\"1\\", "{} 1", "1a 1", "a one",
            "a 1 soon",
            "a 1 2 3", "<html>", "a{x=\"1\"}", "é 1",
        ]
    )
    func `a line that is none costs no other`(_ line: String) {
        let text = PrometheusText("good 1\n\(line)\nbest 2\n")
        #expect(text.samples.map(\.name) == ["good", "best"])
        #expect(text.unreadable == 1)
    }

    @Test func `a gauge that ends like a counter is none, when its type says so`() {
        let text = PrometheusText("# TYPE topics_count gauge\ntopics_count 3\nrequests_total 1\n")
        #expect(!text.isCounter("topics_count"))
        #expect(text.isCounter("requests_total"))
    }
}
