/// A text with named slots, compiled once and filled in many times: a bill row or a trail record is mostly constant.
///
/// `Template("i-0<resource>")` has one slot. The names are the raw values of `Slot`; anything else between angle
/// brackets is a mistake in this module and stops the program.
struct Template<Slot: RawRepresentable<String> & Sendable>: Sendable {
    private enum Piece {
        case text(Range<Int>)
        case slot(Slot)
    }

    private var constants: [UInt8] = []
    private var pieces: [Piece] = []

    init(_ source: String) {
        var start = 0
        var name: String.UnicodeScalarView?
        for scalar in source.unicodeScalars {
            if scalar == "<" {
                if constants.count > start { pieces.append(.text(start..<constants.count)) }
                name = String.UnicodeScalarView()
            } else if scalar == ">", let closed = name {
                guard let slot = Slot(rawValue: String(closed)) else {
                    preconditionFailure("no slot is called \(String(closed))")
                }
                pieces.append(.slot(slot))
                name = nil
                start = constants.count
            } else if name != nil {
                name?.append(scalar)
            } else {
                constants.append(contentsOf: UTF8.encode(scalar).map(Array.init) ?? [])
            }
        }
        precondition(name == nil, "a slot is not closed")
        if constants.count > start { pieces.append(.text(start..<constants.count)) }
    }

    func write(into text: inout Text, fill: (Slot, inout Text) -> Void) {
        for piece in pieces {
            switch piece {
            case .text(let range): text.append(constants[range])
            case .slot(let slot): fill(slot, &text)
            }
        }
    }
}
