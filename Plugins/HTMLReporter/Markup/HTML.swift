import PluginAPI

/// Markup that is safe to put into a page.
///
/// This is the border that all text crosses: what stands in the source code is markup, and everything that is put into it
/// is escaped, for the inside of an element and for a quoted attribute alike. There is no other way in, so a plan's
/// strings stay text wherever they end up.
///
/// ```swift
/// let row: HTML = "<td title=\"\(reasons)\">\(cell.name)</td>"
/// ```
struct HTML: Sendable, ExpressibleByStringInterpolation {
    private(set) var source: String

    /// No markup.
    init() { source = "" }

    /// Markup from the source code: the type of the literal keeps everything else out.
    init(stringLiteral value: StaticString) { source = value.description }

    /// Markup from the source code, with escaped text and other markup in it.
    init(stringInterpolation: Interpolation) { source = stringInterpolation.source }

    /// Text, escaped.
    init(text: String) { source = HTMLText.escaped(text) }

    /// Whether there is nothing.
    var isEmpty: Bool { source.isEmpty }

    /// Puts markup after markup.
    static func += (left: inout HTML, right: HTML) { left.source += right.source }

    struct Interpolation: StringInterpolationProtocol {
        fileprivate var source = ""

        init(literalCapacity: Int, interpolationCount: Int) {
            source.reserveCapacity(literalCapacity + interpolationCount * 16)
        }

        mutating func appendLiteral(_ literal: StaticString) { source += literal.description }
        mutating func appendInterpolation(_ text: String) { source += HTMLText.escaped(text) }
        mutating func appendInterpolation(_ number: Int) { source += String(number) }
        mutating func appendInterpolation(_ markup: HTML) { source += markup.source }
        mutating func appendInterpolation(_ markup: [HTML]) { for part in markup { source += part.source } }

        /// A length in pixels, to a tenth.
        mutating func appendInterpolation(px length: Double) { source += Pixels.text(length) }
    }
}

extension Sequence {
    /// The markup of every element, one after the other.
    func html(_ markup: (Element) -> HTML) -> HTML { reduce(into: HTML()) { $0 += markup($1) } }
}
