import Published

/// A picture with its words and its figures: nobody needs to see it to have them.
///
/// Lengths are tenths of a unit of the drawing, about a pixel: whole numbers, like everything that is made of money here.
struct Chart {
    /// Unique in a page; the name of its file.
    var id: String
    var title: String
    /// What can be seen in it, in a sentence or two.
    var description: String
    var width: Int
    var height: Int
    var drawing: Markup
    var table: ChartTable

    /// `12.3`
    static func length(_ tenths: Int) -> String { tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths < 0 ? "-" : "")\(abs(tenths) / 10).\(abs(tenths) % 10)" }

    /// An `svg` element. In a file of its own it brings its style along and links nowhere.
    func svg(isFile: Bool) -> Markup {
        var svg = Markup()
        svg.raw("<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"chart\" role=\"img\" aria-labelledby=\"\(id)-t \(id)-d\"")
        svg.raw(" viewBox=\"0 0 \(Chart.length(width)) \(Chart.length(height))\"")
        if isFile { svg.raw(" width=\"\(Chart.length(width))\" height=\"\(Chart.length(height))\"") }
        svg.raw(">")
        svg.element("title", [("id", "\(id)-t")], text: title)
        svg.element("desc", [("id", "\(id)-d")], text: description)
        if isFile { svg.raw("<style>\(String(decoding: PackageResources.chart_css, as: UTF8.self))</style>") }
        svg.raw("<defs><pattern id=\"\(id)-h\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\"><rect class=\"gap\" width=\"2\" height=\"6\"/></pattern>")
        svg.raw("<pattern id=\"\(id)-e\" width=\"5\" height=\"5\" patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\"><rect class=\"level\" width=\"1.2\" height=\"5\"/></pattern><pattern id=\"\(id)-n\" width=\"5\" height=\"5\" patternUnits=\"userSpaceOnUse\"><circle class=\"dot\" cx=\"1.5\" cy=\"1.5\" r=\"1\"/></pattern></defs>")
        if isFile { svg.raw("<rect class=\"paper\" width=\"100%\" height=\"100%\"/>") }
        svg.raw(drawing)
        svg.raw("</svg>\n")
        return svg
    }
}

/// The same figures as rows and columns.
struct ChartTable {
    var columns: [String]
    /// Cells as they are shown; the first of a row names it.
    var rows: [[String]]
    /// Where a row's figures come from, as a link; nil for none.
    var links: [String?] = []
    /// The same for single cells behind the first, where a row's figures are not all of one origin.
    var cellLinks: [[String?]] = []
}

extension Markup {
    /// A bar, or a piece of one.
    mutating func rectangle(_ style: String, x: Int, y: Int, width: Int, height: Int, title: String = "") {
        guard width > 0, height > 0 else { return }
        raw("<rect class=\"\(style)\" x=\"\(Chart.length(x))\" y=\"\(Chart.length(y))\" width=\"\(Chart.length(width))\" height=\"\(Chart.length(height))\"")
        if title.isEmpty {
            raw("/>")
        } else {
            raw(">")
            element("title", text: title)
            raw("</rect>")
        }
    }

    /// The same in a pattern of the chart.
    mutating func patterned(_ pattern: String, of chart: String, x: Int, y: Int, width: Int, height: Int) {
        guard width > 0, height > 0 else { return }
        raw("<rect fill=\"url(#\(chart)-\(pattern))\" x=\"\(Chart.length(x))\" y=\"\(Chart.length(y))\" width=\"\(Chart.length(width))\" height=\"\(Chart.length(height))\"/>")
    }

    mutating func label(_ text: String, x: Int, y: Int, style: String = "", anchor: String = "start") {
        raw("<text x=\"\(Chart.length(x))\" y=\"\(Chart.length(y))\"")
        if !style.isEmpty { raw(" class=\"\(style)\"") }
        if anchor != "start" { raw(" text-anchor=\"\(anchor)\"") }
        raw(">")
        self.text(text)
        raw("</text>")
    }
}

/// Amounts along an axis.
struct AmountScale {
    let low: Int128
    let high: Int128
    /// Tenths from `low` to `high`.
    let length: Int
    let step: Int128

    /// From 0, or from below where there is less, to a round amount that nothing goes beyond, in at most five steps.
    init(least: Int128, most: Int128, length: Int) {
        self.length = length
        let range = max(most, 0) - min(least, 0)
        var step: Int128 = 10_000_000_000_000_000
        var factors = [Int128(2), 5, 10].makeIterator()
        var base = step
        while range > 5 * step {
            if let factor = factors.next() {
                step = base * factor
            } else {
                base = step
                factors = [Int128(2), 5, 10].makeIterator()
            }
        }
        self.step = step
        high = max(step, (max(most, 0) + step - 1) / step * step)
        low = -((-min(least, 0) + step - 1) / step * step)
    }

    /// Tenths that an amount takes.
    func length(of amount: Int128) -> Int { portion(abs(amount), of: high - low, length: length) }
    /// Tenths from the high end to an amount.
    func offset(of amount: Int128) -> Int { portion(high - amount, of: high - low, length: length) }

    var ticks: [Int128] {
        var ticks: [Int128] = []
        var tick = low
        while tick <= high {
            ticks.append(tick)
            tick += step
        }
        return ticks
    }

    func label(_ tick: Int128) -> String {
        let text = cents(tick)
        return step >= 1_000_000_000_000_000_000 ? String(text.dropLast(3)) : text
    }
}

/// What a part takes of a length that stands for the whole; exact for all amounts.
func portion(_ part: Int128, of whole: Int128, length: Int) -> Int {
    guard part > 0, whole > 0 else { return 0 }
    let product = min(part, whole).magnitude.multipliedFullWidth(by: UInt128(length))
    return Int(product.high < whole.magnitude ? whole.magnitude.dividingFullWidth(product).quotient : UInt128(length))
}

/// An amount in whole cents, with a comma for every three digits, as the page's tables have them.
func cents(_ atto: Int128) -> String {
    let text = Money.centsText(atto: atto)
    let sign = text.hasPrefix("-") ? "-" : ""
    let parts = text.dropFirst(sign.count).split(separator: ".")
    var grouped = ""
    for (place, digit) in parts[0].enumerated() {
        if place > 0, (parts[0].count - place) % 3 == 0 { grouped += "," }
        grouped.append(digit)
    }
    return "\(sign)\(grouped).\(parts[1])"
}

/// `12.3 %`, rounded half up; empty where there is nothing to compare with.
func percent(_ part: Int128, of whole: Int128) -> String {
    guard whole > 0, part.magnitude < 1 << 110 else { return "" }
    let perMille = (part.magnitude * 1000 + whole.magnitude / 2) / whole.magnitude
    return "\(part < 0 ? "-" : "")\(perMille / 10).\(perMille % 10) %"
}
