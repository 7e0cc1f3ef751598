"""The ledger as files: outputs.md, one section after the other."""
import csv
import json
import os
from fractions import Fraction

import attribute
import money

CARD_COLUMNS = ("period_kind period_start period_end complete card_type card_id owner actual tax estimate estimate_to_date variance "
                "variance_pct band quantity calls currency finality").split()
BILL_COLUMNS = ("bill_id owner agent workspace_arn platform model line_item_type level method calls quantity cost share_pct "
                "currency").split()
GAP_COLUMNS = "gap anchor usage_account_id workspace_arn platform first_seen last_seen calls quantity cost currency".split()
NUMBERS = set("weight weight_total calls quantity cost actual tax estimate estimate_to_date variance variance_pct share_pct".split())


def guarded(column, text):
    """A text cell that a spreadsheet would run is written with a leading apostrophe (outputs.md, CSV)."""
    return "'" + text if column not in NUMBERS and text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def write_csv(path, columns, rows):
    with open(path, "w", newline="", encoding="utf-8", errors="replace") as f:
        writer = csv.writer(f, lineterminator="\n")
        writer.writerow(columns)
        for row in rows:
            writer.writerow([guarded(c, t) for c, t in zip(columns, row)])


def sorted_rows(rows):
    return sorted(rows, key=money.bytewise_all)


# --- spend cards ----------------------------------------------------------------------------------------------------------------

def weeks(first, following):
    """[(start, end)] Sunday to Saturday, cut at the month's ends; end is exclusive."""
    found, start = [], first
    for day in range(first + money.DAY, following + 1, money.DAY):
        if day == following or money.weekday(day) == 0:
            found.append((start, day))
            start = day
    return found


def days_of(row, first, following):
    """[(day, cost, quantity, calls)]: where a ledger row counts (outputs.md, spend cards, second point)."""
    def day_of(time):
        return int(time // money.DAY) * money.DAY

    def inside(day):
        return min(max(day, first), following - money.DAY)

    if row["end"] - row["start"] <= money.DAY:
        days = [inside(day_of(row["start"]))]
    else:
        every = range(day_of(row["start"]), day_of(row["end"] - 1) + 1, money.DAY)
        days = [d for d in every if first <= d < following] or [inside(every[0])]
    costs = money.split(row["cost"], [(d, 1) for d in days])
    quantities = money.split(row["quantity"], [(d, 1) for d in days])
    return [(d, costs[d], quantities[d], row["calls"] if d == days[0] else 0) for d in days]


def cards_of(row):
    """[(card type, card id)] that a ledger row counts on."""
    account = "account:" + row["usage_account_id"]
    if row["workload_id"]:
        main = ("workload", row["workload_id"])
    elif row["level"] == "workspace":
        main = ("workspace", row["workspace_arn"] or account)
    else:
        main = ("unallocated", account)
    return [main] + [("element%d" % k, row["element%d" % k] or "(none)") for k in (1, 2, 3, 4)] + [("total", "total")]


def data_through(groups, as_of, first, following):
    """outputs.md, spend cards: until when the bill speaks."""
    if as_of is not None:
        through = money.floor_hour(as_of)
    else:
        through = max([g.raised for g in groups if g.line_item_type == "Usage"] or [first])
    return min(max(through, first), following)


def finality(groups, currency=None):
    ours = [g for g in groups if currency in (None, g.currency)]
    return "invoiced" if ours and all(g.invoice_id for g in ours) else "open"


def estimate_part(estimate, begin, end, whole):
    """round(E*end/whole) - round(E*begin/whole), to cents, in atto."""
    return (money.cents(Fraction(estimate * end, whole)) - money.cents(Fraction(estimate * begin, whole))) * money.CENT


def spend_cards(ledger, groups, registry, period, through):
    first, following = money.month_bounds(period)
    periods = [("week", a, b) for a, b in weeks(first, following)] + [("month", first, following)]
    sums = {}
    for row in ledger:
        for day, cost, quantity, calls in days_of(row, first, following):
            for span in periods:
                if span[1] <= day < span[2]:
                    for card in cards_of(row):
                        total = sums.setdefault((span, card, row["currency"]), [0, 0, 0, 0])
                        total[1 if row["line_item_type"] == "Tax" else 0] += cost
                        total[2] += quantity
                        total[3] += calls
    for workload in registry.workloads.values():
        for month, currency, _ in workload.estimates:
            if month == period:
                for span in periods:
                    sums.setdefault((span, ("workload", workload.id), currency), [0, 0, 0, 0])
    rows = []
    for (span, card, currency), total in sums.items():
        rows.append(card_row(span, card, currency, total, registry, period, through, finality(groups, currency)))
    return sorted_rows(rows)


def card_row(span, card, currency, total, registry, period, through, state):
    kind, start, end = span
    first, following = money.month_bounds(period)
    actual, tax, quantity, calls = total
    complete = end <= through
    owner, estimate = "", None
    if card[0] == "workload":
        owner, estimate = registry.workloads[card[1]].owner, registry.estimate(card[1], period, currency)
    cells = dict.fromkeys(("estimate", "to_date", "variance", "pct"), "")
    band = "no-estimate"
    if estimate is not None:
        days, hours = (following - first) // money.DAY, (following - first) // money.HOUR
        until = (through - first) // money.HOUR
        if kind == "month":
            planned = estimate
            to_date = estimate if complete else money.cents(Fraction(estimate * until, hours)) * money.CENT
        else:
            planned = estimate_part(estimate, (start - first) // money.DAY, (end - first) // money.DAY, days)
            b, c = (start - first) // money.HOUR, (end - first) // money.HOUR
            to_date = estimate_part(estimate, min(b, until), min(c, until), hours)
        cells["estimate"], cells["to_date"] = money.plain(planned), money.plain(to_date)
        if start >= through:
            band = "not-started"
        elif to_date != 0:
            ratio = Fraction(actual - to_date, to_date)
            cells["variance"], cells["pct"] = money.plain(actual - to_date), money.rounded(100 * ratio, 2)
            band = ("on-plan" if abs(ratio) <= Fraction(2, 100) else "under" if ratio < 0
                    else "over" if ratio <= Fraction(10, 100) else "far-over")
    return [kind, money.date_text(start), money.date_text(end - money.DAY), "yes" if complete else "no", card[0], card[1], owner,
            money.plain(actual), money.plain(tax), cells["estimate"], cells["to_date"], cells["variance"], cells["pct"], band,
            money.plain(quantity), str(calls), currency, state]


# --- agent bills ------------------------------------------------------------------------------------------------------------------

def bill_id(row):
    if row["workload_id"]:
        return row["workload_id"]
    if row["principal"]:
        return "unclaimed:" + row["principal"]
    return "unattributed:" + (row["workspace_arn"] or "account:" + row["usage_account_id"])


def agent_bills(ledger, registry):
    sums, totals = {}, {}
    for row in ledger:
        owner = registry.workloads[row["workload_id"]].owner if row["workload_id"] else ""
        key = (bill_id(row), owner, row["principal"], row["workspace_arn"], row["platform"], row["model"], row["line_item_type"],
               row["level"], row["method"], row["currency"])
        total = sums.setdefault(key, [0, 0, 0])
        for i, column in enumerate(("calls", "quantity", "cost")):
            total[i] += row[column]
        totals[row["currency"]] = totals.get(row["currency"], 0) + row["cost"]
    rows = []
    for key, (calls, quantity, cost) in sums.items():
        whole = totals[key[-1]]
        share = money.rounded(Fraction(100 * cost, whole), 4) if whole else ""
        rows.append(list(key[:-1]) + [str(calls), money.plain(quantity), money.plain(cost), share, key[-1]])
    return sorted_rows(rows)


def in_cents(exact):
    """{bill id: atto} to {bill id: cents} that sum to the exact total's cents (outputs.md, agent-bills.json)."""
    due = {k: v // money.CENT for k, v in exact.items()}
    missing = money.cents(sum(exact.values())) - sum(due.values())
    for k in sorted(exact, key=lambda k: (-(exact[k] % money.CENT), money.bytewise(k)))[:missing]:
        due[k] += 1
    return due


def amounts_due(ledger):
    books = {}
    for row in ledger:
        book = books.setdefault((row["payer_account_id"], row["currency"]), ({}, {}))
        id = bill_id(row)
        book[0][id] = book[0].get(id, 0) + row["cost"]
        book[1][id] = book[1].get(id, 0) + (row["cost"] if row["line_item_type"] == "Tax" else 0)
    bills = []
    for (payer, currency), (costs, taxes) in books.items():
        due, tax = in_cents(costs), in_cents(taxes)
        bills += [{"bill_id": id, "payer_account_id": payer, "currency": currency, "amount_due": money.two_decimals(due[id]),
                   "of_which_tax": money.two_decimals(tax[id])} for id in due]
    return sorted(bills, key=lambda b: money.bytewise_all((b["bill_id"], b["payer_account_id"], b["currency"])))


# --- gaps and reconciliation -------------------------------------------------------------------------------------------------------

def gaps(ledger):
    sums = {}
    for row in ledger:
        if not row["gap"]:
            continue
        if row["gap"] in ("shared-role", "unclaimed-principal"):
            anchor = row["principal"]
        elif row["gap"] == "no-estimate":
            anchor = row["workload_id"]
        else:
            anchor = row["workspace_arn"] or "account:" + row["usage_account_id"]
        key = (row["gap"], anchor, row["usage_account_id"], row["workspace_arn"], row["platform"], row["currency"])
        sums.setdefault(key, []).append(row)
    rows = []
    for key, ours in sums.items():
        starts = [r["usage_start"] for r in ours]
        rows.append(list(key[:5]) + [min(starts), max(starts), str(sum(r["calls"] for r in ours)),
                                     money.plain(sum(r["quantity"] for r in ours)), money.plain(sum(r["cost"] for r in ours)), key[5]])
    return sorted_rows(rows)


def reconciliation(ledger, groups, period, partial, through, cost_basis, rows, events, usage_records):
    currencies = {}
    for currency in sorted(set(g.currency for g in groups), key=money.bytewise):
        ours = [r for r in ledger if r["currency"] == currency]
        charged, allocated = sum(g.cost for g in groups if g.currency == currency), sum(r["cost"] for r in ours)
        platform = [r for r in ours if r["platform"] == "claude-platform" and r["line_item_type"] == "Usage"]
        seen, whole = sum(r["cost"] for r in platform if r["evidence_window"] != "none"), sum(r["cost"] for r in platform)
        entry = {"charged": money.plain(charged), "allocated": money.plain(allocated), "difference": money.plain(charged - allocated),
                 "coverage": money.rounded(Fraction(seen, whole), 4) if whole else None}
        for name, column in (("by_level", "level"), ("by_method", "method"), ("by_line_item_type", "line_item_type"),
                             ("by_platform", "platform"), ("by_gap", "gap")):
            sums = {}
            for r in ours:
                if r[column] or column != "gap":
                    sums[r[column]] = sums.get(r[column], 0) + r["cost"]
            entry[name] = {k: money.plain(v) for k, v in sums.items()}
        currencies[currency] = entry
    invoices = {}
    for g in groups:
        entry = invoices.setdefault((g.payer, g.invoice_id, g.legal_entity, g.currency), dict.fromkeys(
            ("usage", "tax", "credit", "refund", "other", "total"), 0))
        kind = g.line_item_type.lower() if g.line_item_type in ("Usage", "Tax", "Credit", "Refund") else "other"
        entry[kind] += g.cost
        entry["total"] += g.cost
    by_invoice = []
    for key in sorted(invoices, key=money.bytewise_all):
        entry = dict(zip(("payer_account_id", "invoice_id", "legal_entity", "currency"), key))
        entry.update((k, money.plain(v)) for k, v in invoices[key].items())
        by_invoice.append(entry)
    return {"billing_period": period, "partial": partial, "finality": finality(groups), "data_through": money.time_text(through),
            "cost_basis": cost_basis, "currencies": currencies, "by_invoice": by_invoice, "rows": rows, "events": events,
            "usage_records": usage_records}


def write_all(folder, ledger, groups, registry, period, through, summary):
    write_csv(os.path.join(folder, "allocations.csv"), attribute.LEDGER_COLUMNS, [attribute.cells(r) for r in ledger])
    write_csv(os.path.join(folder, "spend-cards.csv"), CARD_COLUMNS, spend_cards(ledger, groups, registry, period, through))
    write_csv(os.path.join(folder, "agent-bills.csv"), BILL_COLUMNS, agent_bills(ledger, registry))
    write_csv(os.path.join(folder, "gaps.csv"), GAP_COLUMNS, gaps(ledger))
    for name, value in (("agent-bills.json", {"bills": amounts_due(ledger)}), ("reconciliation.json", summary)):
        with open(os.path.join(folder, name), "w", encoding="utf-8", errors="replace") as f:
            json.dump(value, f, indent=1, ensure_ascii=False, sort_keys=True)
            f.write("\n")
