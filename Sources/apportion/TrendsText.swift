import Published
import Records
import Terminal
import Trends

/// Trends for people and for programs.
enum TrendsText {
    private static func money(_ millionths: Int128) -> String { Money.centsText(atto: millionths * 1_000_000_000_000) }

    /// `+12.3 %`
    private static func change(_ now: Int128, _ before: Int128) -> String {
        guard before > 0 else { return "" }
        let perMille = (now - before) * 1000 / before
        return "\(perMille < 0 ? "-" : "+")\(abs(perMille) / 10).\(abs(perMille) % 10) %"
    }

    // MARK: For people

    static func lines(_ trends: Trends, width: Int) -> [StyledText] {
        let before = trends.monthsBefore.isEmpty ? "no month before it" : "with \(trends.monthsBefore.count) \(trends.monthsBefore.count == 1 ? "month" : "months") before it"
        var lines = [
            StyledText(trends.month.text, .strong)
                + StyledText(" · \(trends.completeDays) of \(trends.month.dayCount) days complete · \(before) · usage alone"), "",
        ]
        for folder in trends.leftOut { lines.append(StyledText("  \(harmless(folder)): left out, as its month or one behind it is missing or not whole", .faint)) }
        lines += table(trends).lines(width: width)
        lines.append("")
        if trends.anomalies.isEmpty {
            lines.append(StyledText("  nothing unusual", .good))
        } else {
            lines.append(StyledText("  unusual", .strong))
            for anomaly in trends.anomalies {
                lines.append(StyledText("  \(anomaly.kind.rawValue)", .notable) + StyledText("  \(harmless(cut(name(anomaly.anchor), to: max(20, width - 24), .middle)))"))
                lines += paragraph(anomaly.reason, width: width - 4).map { StyledText("    " + $0) }
            }
        }
        return lines
    }

    private static func name(_ anchor: String) -> String { anchor.hasPrefix("arn:") ? anchor.split(separator: "/").last.map(String.init) ?? anchor : anchor }

    private static func table(_ trends: Trends) -> TextTable {
        var table = TextTable([
            .init("workload", .left, .cut(.middle, least: 16)), .init("to date", .right), .init("month end", .right), .init("four in five between", .right, rank: 3),
            .init("month before", .right, rank: 2), .init("change", .right, rank: 1), .init("currency", .left, rank: 4),
        ])
        for forecast in trends.forecasts {
            let end = forecast.monthEnd
            let isWhole = forecast.completeDays == forecast.monthDays
            table.add([
                .text(forecast.key.workload.isEmpty ? StyledText("all", .strong) : StyledText(harmless(forecast.key.workload))), .text(StyledText(money(forecast.toDate))),
                .text(end.map { StyledText(money($0.cost)) } ?? StyledText("too little data", .faint)),
                .text(StyledText(isWhole ? "complete" : end.map { "\(money($0.low)) … \(money($0.high))" } ?? "", isWhole ? .faint : .plain)),
                .text(StyledText(forecast.monthBefore.map { money($0) } ?? "")),
                .text(StyledText(forecast.monthBefore.flatMap { before in end.map { change($0.cost, before) } } ?? "")), .text(StyledText(forecast.key.currency)),
            ])
        }
        return table
    }

    // MARK: For programs

    static func json(_ trends: Trends) -> String {
        func text(_ text: String) -> String {
            var bytes: [UInt8] = []
            JSONList.appendString(Array(text.utf8), to: &bytes)
            return String(decoding: bytes, as: UTF8.self)
        }
        func amount(_ millionths: Int128) -> String { text(Amount(atto: millionths * 1_000_000_000_000).text) }
        let forecasts = trends.forecasts.map { forecast in
            let end = forecast.monthEnd
            return """
                    {"workload_id": \(text(forecast.key.workload)), "currency": \(text(forecast.key.currency)), "to_date": \(amount(forecast.toDate)), \
                "month_end": \(end.map { amount($0.cost) } ?? "null"), "low": \(end.map { amount($0.low) } ?? "null"), "high": \(end.map { amount($0.high) } ?? "null"), \
                "history_days": \(end?.historyDays ?? 0), "follows_weekdays": \(end?.followsWeekdays ?? false), "month_before": \(forecast.monthBefore.map { amount($0) } ?? "null")}
                """
        }
        let anomalies = trends.anomalies.map { anomaly in
            """
                {"kind": \(text(anomaly.kind.rawValue)), "anchor": \(text(anomaly.anchor)), "currency": \(text(anomaly.currency)), \
            "first_day": \(text(dateText(dayNumber: anomaly.firstDay))), "last_day": \(text(dateText(dayNumber: anomaly.lastDay))), \
            "cost": \(amount(anomaly.cost)), "expected": \(amount(anomaly.expected)), "reason": \(text(anomaly.reason))}
            """
        }
        func list(_ entries: [String]) -> String { entries.isEmpty ? "[]" : "[\n" + entries.joined(separator: ",\n") + "\n  ]" }
        return """
            {
              "month": \(text(trends.month.text)),
              "months_before": [\(trends.monthsBefore.map { text($0.text) }.joined(separator: ", "))],
              "left_out": [\(trends.leftOut.map { text($0) }.joined(separator: ", "))],
              "complete_days": \(trends.completeDays),
              "month_days": \(trends.month.dayCount),
              "forecasts": \(list(forecasts)),
              "anomalies": \(list(anomalies))
            }

            """
    }
}
