import Testing

@testable import HTMLReporter

@Suite struct ChartTests {
    @Test func `a linear scale has round marks that cover the values`() {
        let scale = Scale.linear([3, 9998], fromZero: true, from: 100, to: 0)
        #expect(scale.ticks == [0, 5000, 10_000])
        #expect(scale.position(0) == 100)
        #expect(scale.position(5000) == 50)
        #expect(scale.position(20_000) == 0)
    }

    @Test func `a logarithmic scale ends at round values and marks tens where there are many`() {
        #expect(Scale.logarithmic([2.3, 38], from: 0, to: 1).ticks == [2, 5, 10, 20, 50])
        let wide = Scale.logarithmic([0.3, 70_000], from: 0, to: 1)
        #expect(wide.low == 0.2)
        #expect(wide.high == 100_000)
        #expect(wide.ticks == [1, 10, 100, 1000, 10_000, 100_000])
        #expect(abs(Scale.logarithmic([1, 100], from: 0, to: 100).position(10) - 50) < 1e-9)
    }

    @Test(arguments: [[], [0], [.nan, .infinity], [-5], [5, 5, 5], [1e300, 1e-300]] as [[Double]])
    func `a scale of strange values is a scale all the same`(_ values: [Double]) {
        for scale in [
            Scale.linear(values, from: 0, to: 100), Scale.linear(values, fromZero: true, from: 100, to: 0),
            Scale.logarithmic(values, from: 0, to: 100),
        ] {
            #expect(scale.low < scale.high)
            #expect(!scale.ticks.isEmpty && scale.ticks.count < 25)
            for value in values + [0, -1, 1e9] { #expect((0...100).contains(scale.position(value))) }
        }
    }

    @Test func `fewer points keep the spikes`() {
        var points = (0..<10_000).map { Series.Point(x: Double($0), y: 1) }
        points[4321].y = 99
        points[8765].y = -99
        let fewer = Downsample.extremes(of: points, to: 160)
        #expect(fewer.count <= 160)
        #expect(fewer.contains { $0.y == 99 } && fewer.contains { $0.y == -99 })
        #expect(zip(fewer, fewer.dropFirst()).allSatisfy { $0.x < $1.x })
    }

    @Test func `a line carries its exact values for the pointer`() {
        let frame = Frame(width: 300, height: 100)
        let x = Axis(Scale.linear([0, 20], from: frame.left, to: frame.right), "s")
        let y = Axis(Scale.linear([0, 10], from: frame.bottom, to: frame.top), "ms")
        let points = [Series.Point(x: 10, y: 1.2345), Series.Point(x: 20, y: .nan), Series.Point(x: 20, y: 9876.5)]
        let line = Series(name: "a \"b\"", colour: 3, points: points).line(x, y).source
        #expect(line.contains("data-x=\"10|20\""))
        #expect(line.contains("data-y=\"1.23|9,877\""))
        #expect(line.contains("data-name=\"a &quot;b&quot;\""))
    }
}
