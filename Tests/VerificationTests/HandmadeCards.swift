/// The spend cards of the run made by hand. Money is counted in hundredths, so that it can be checked by looking.
enum HandmadeCards {
    /// What the cards are made of: the workload's share, the unclaimed role's, and Bedrock's.
    private enum Part: CaseIterable { case claims, role, bedrock }

    private struct Figures {
        var actual = 0
        var tax = 0
        var quantity = 0
        var calls = 0

        static func += (a: inout Figures, b: Figures) {
            a.actual += b.actual
            a.tax += b.tax
            a.quantity += b.quantity
            a.calls += b.calls
        }
    }

    /// Week from 0, nil for the month. The usage is on the 3rd; the tax is spread over 28 days, 2 and 1 hundredths each.
    private static func figures(_ part: Part, _ week: Int?) -> Figures {
        let holdsUsage = week == nil || week == 0
        let days = week == nil ? 28 : 7
        return switch part {
        case .claims: Figures(actual: holdsUsage ? 200 : 0, tax: 2 * days, quantity: holdsUsage ? 200 : 0, calls: holdsUsage ? 2 : 0)
        case .role: Figures(actual: holdsUsage ? 100 : 0, tax: days, quantity: holdsUsage ? 100 : 0, calls: holdsUsage ? 1 : 0)
        case .bedrock: Figures(actual: holdsUsage ? 50 : 0, tax: 0, quantity: holdsUsage ? 5 : 0, calls: 0)
        }
    }

    private static func sum(_ parts: [Part], _ week: Int?) -> Figures {
        var sum = Figures()
        for part in parts { sum += figures(part, week) }
        return sum
    }

    private static let cards: [(type: String, id: String, parts: [Part])] = [
        ("element1", "(none)", [.role, .bedrock]), ("element1", "Ins", [.claims]),
        ("element2", "(none)", [.role, .bedrock]), ("element2", "Claims", [.claims]),
        ("element3", "(none)", Part.allCases), ("element4", "(none)", Part.allCases), ("total", "total", Part.allCases),
        ("unallocated", "account:111100000000", [.role, .bedrock]), ("workload", "claims", [.claims]),
    ]

    private static let periods: [(week: Int?, text: [String])] = [
        (nil, ["month", "2026-02-01", "2026-02-28"]), (0, ["week", "2026-02-01", "2026-02-07"]), (1, ["week", "2026-02-08", "2026-02-14"]),
        (2, ["week", "2026-02-15", "2026-02-21"]), (3, ["week", "2026-02-22", "2026-02-28"]),
    ]

    /// Estimate to variance_pct, and the band. The workload has 28.00 for the month; 59 of its 672 hours have passed, which is 2.458….
    private static func estimate(_ type: String, _ week: Int?) -> [String] {
        guard type == "workload" else { return ["", "", "", "", "no-estimate"] }
        switch week {
        case nil: return ["28", "2.46", "-0.46", "-18.7", "under"]
        case 0: return ["7", "2.46", "-0.46", "-18.7", "under"]
        default: return ["7", "0", "", "", "not-started"]
        }
    }

    private static let columns = [
        "period_kind", "period_start", "period_end", "complete", "card_type", "card_id", "owner", "actual", "tax", "estimate",
        "estimate_to_date", "variance", "variance_pct", "band", "quantity", "calls", "currency", "finality",
    ]

    /// Every card with its cells.
    private static let rows: [(week: Int?, parts: [Part], cells: [String])] = periods.flatMap { period in
        cards.map { card in
            let sum = sum(card.parts, period.week)
            let cells =
                period.text + ["no", card.type, card.id, card.type == "workload" ? "ana" : "", money(sum.actual), money(sum.tax)]
                + estimate(card.type, period.week) + [String(sum.quantity), String(sum.calls), "USD", "open"]
            return (period.week, card.parts, cells)
        }
    }

    static let csv = columns.joined(separator: ",") + "\n" + rows.map { $0.cells.joined(separator: ",") + "\n" }.joined()

    static let json =
        "{\"run_id\": \"r1\", \"cards\": [\n" + rows.map { card($0.week, $0.parts, $0.cells) }.joined(separator: ",\n") + "\n]}\n"

    private static func card(_ week: Int?, _ parts: [Part], _ cells: [String]) -> String {
        let members = zip(columns, cells).map { column, cell in
            if column == "calls" { return #""calls": \#(cell)"# }
            let isNumber = ["actual", "tax", "estimate", "estimate_to_date", "variance", "variance_pct", "quantity"].contains(column)
            return isNumber && cell.isEmpty ? #""\#(column)": null"# : #""\#(column)": "\#(cell)""#
        }
        let present = parts.filter { week == nil || week == 0 || $0 != .bedrock }
        let claude = present.filter { $0 != .bedrock }
        var lines: [String] = []
        if present.contains(.bedrock) {
            lines.append(#"{"platform": "bedrock", "model": "=model", "token_type": "output", "region": "us-east-1", "# + spend([.bedrock], week))
        }
        lines.append(#"{"platform": "claude-platform", "model": "", "token_type": "", "region": "us-east-1", "# + spend(claude, week))
        let agents = present.map { part in
            let principal =
                switch part {
                case .claims: HandmadeRun.roleA
                case .role: HandmadeRun.roleB
                case .bedrock: "=role"
                }
            return #"{"principal": "\#(principal)", "# + spend([part], week)
        }
        return "{\(members.joined(separator: ", ")),\n \"lines\": [\(lines.joined(separator: ", "))],\n \"agents\": [\(agents.joined(separator: ", "))]}"
    }

    private static func spend(_ parts: [Part], _ week: Int?) -> String {
        let sum = sum(parts, week)
        return #""actual": "\#(money(sum.actual))", "tax": "\#(money(sum.tax))", "quantity": "\#(sum.quantity)", "calls": \#(sum.calls)}"#
    }

    /// Hundredths as a plain decimal.
    static func money(_ hundredths: Int) -> String {
        let (whole, rest) = hundredths.quotientAndRemainder(dividingBy: 100)
        if rest == 0 { return String(whole) }
        return rest % 10 == 0 ? "\(whole).\(rest / 10)" : "\(whole).\(rest < 10 ? "0" : "")\(rest)"
    }
}
