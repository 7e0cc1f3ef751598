#!/usr/bin/env python3
"""Looks back on generated years: what `apportion trends` would have said, and what came.

usage: backtest.py --bin PATH [--years 10] [--seed 1] [--page docs/trends.md [--update]]

Each year has workloads of several kinds and a few events that ought to be told of. Every month is published as `attribute` would publish it; then trends is asked
on several days of each month from the third on. Prints the tables of docs/trends.md. The same seed gives the same tables; `--page` compares them with
those of the page, line by line, and `--update` puts them there. With LIST=1 every false alarm is listed.
"""
import argparse
import calendar
import csv
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile

YEAR = 2025
DAYS = (5, 10, 15, 20, 25)
KINDS = ("steady", "round the clock", "growing", "weekly batch", "bursty", "small")
COLUMNS = [
    "bill_billing_period_start_date", "bill_payer_account_id", "line_item_usage_account_id", "line_item_line_item_type", "line_item_usage_start_date",
    "line_item_usage_end_date", "line_item_product_code", "line_item_usage_type", "line_item_usage_amount", "line_item_currency_code", "line_item_unblended_cost",
    "line_item_legal_entity", "line_item_iam_principal", "line_item_resource_id", "product_product_name",
]
WORKSPACE = "arn:aws:aws-external-anthropic:us-east-1:444455556666:workspace/wrkspc_01Example"


class Year:
    """Costs by workload and day, and what should be told of."""

    def __init__(self, seed):
        r = random.Random(seed)
        self.costs = {}
        # (kind of anomaly, anchor, first day of the year on which it can be told, last)
        self.events = []
        for number in range(12):
            kind = KINDS[number % len(KINDS)]
            name = f"{kind.replace(' ', '-')}-{number}"
            level = r.uniform(20, 200) if kind != "small" else r.uniform(0.5, 3)
            self.costs[name] = [self.cost(r, kind, level, day) for day in range(365)]
        steady = [name for name in self.costs if name.startswith(("steady", "round", "growing"))]
        for name in steady[:4]:
            # One bad day, of an agent that runs in a circle.
            day = r.randrange(90, 360)
            self.costs[name][day] = max(self.costs[name][day], 20) * r.uniform(5, 9)
            self.events.append(("jump", name, day, day))
        quiet = "steady-0"
        self.quiet_from = r.randrange(240, 300)
        self.costs[quiet] = [cost if day < self.quiet_from else 0 for day, cost in enumerate(self.costs[quiet])]
        self.events.append(("silent", quiet, self.quiet_from, self.quiet_from + 31))
        self.new_from = r.randrange(120, 240)
        self.events.append(("new-principal", "arn:aws:iam::111122223333:role/newcomer", self.new_from, self.new_from + 62))
        self.blind_from = r.randrange(200, 330)
        self.events.append(("evidence-stopped", "444455556666", self.blind_from, 365))
        self.noise = r

    @staticmethod
    def weekday(day):
        return (calendar.weekday(YEAR, 1, 1) + day) % 7

    def cost(self, r, kind, level, day):
        noise = max(0.2, r.gauss(1, 0.15))
        workday = self.weekday(day) < 5
        if kind == "steady":
            return level * noise if workday else level * 0.05 * noise
        if kind == "round the clock":
            return level * noise
        if kind == "growing":
            return level * (1 + day / 120) * noise * (1 if workday else 0.3)
        if kind == "weekly batch":
            return level * 4 * noise if self.weekday(day) == 0 else 0
        if kind == "bursty":
            return level * noise * (4 if r.random() < 0.12 else 0.6)
        return level * noise if r.random() < 0.6 else 0


def publish(binary, folder, year):
    registry = {"version": 1, "workloads": [{"id": name, "claims": [{"principal": f"arn:aws:iam::111122223333:role/{name}"}]} for name in year.costs]}
    with open(os.path.join(folder, "registry.json"), "w") as file:
        json.dump(registry, file)
    first = 0
    for month in range(1, 13):
        length = calendar.monthrange(YEAR, month)[1]
        bill, trail = os.path.join(folder, f"{month}.csv"), os.path.join(folder, f"{month}.json")
        records = []
        with open(bill, "w", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(COLUMNS)

            def row(day, cost, caller, product="Claude (Amazon Bedrock Edition)", resource="", account="111122223333"):
                if cost > 0:
                    date = f"{YEAR}-{month:02}-{day + 1:02}"
                    writer.writerow([f"{YEAR}-{month:02}-01T00:00:00Z", "111122223333", account, "Usage", f"{date}T12:00:00Z", f"{date}T13:00:00Z", "x1",
                                     "MP:ccu-Units" if resource else "USE1-InputTokenCount", "1", "USD", f"{cost:.4f}", "Anthropic, PBC", caller, resource, product])

            for day in range(length):
                for name, costs in year.costs.items():
                    row(day, costs[first + day], f"arn:aws:iam::111122223333:role/{name}")
                if first + day >= year.new_from:
                    row(day, 3.0, "arn:aws:iam::111122223333:role/newcomer")
                row(day, 8.0, "", "Claude Platform on AWS", WORKSPACE, "444455556666")
                if first + day < year.blind_from:
                    records.append({"eventSource": "aws-external-anthropic.amazonaws.com", "eventName": "CreateInference", "eventID": f"{first + day}",
                                    "eventTime": f"{YEAR}-{month:02}-{day + 1:02}T12:30:00Z", "recipientAccountId": "444455556666",
                                    "userIdentity": {"type": "Root", "arn": "arn:aws:iam::444455556666:root", "accountId": "444455556666"},
                                    "resources": [{"ARN": WORKSPACE}]})
        with open(trail, "w") as file:
            json.dump({"Records": records}, file)
        run(binary, "attribute", "--cur", bill, "--cloudtrail", trail, "--registry", os.path.join(folder, "registry.json"), "--period", f"{YEAR}-{month:02}",
            "--out", os.path.join(folder, "runs", f"{YEAR}-{month:02}"), "--as-of", f"{YEAR + month // 12}-{month % 12 + 1:02}-01", "--quiet")
        first += length


def run(*command):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if done.returncode != 0:
        sys.exit(f"backtest: {' '.join(command)} ended with {done.returncode}: {done.stderr.decode()[:500]}")
    return done.stdout


def trends(binary, folder, month, day):
    """What would have been said when `day` days of the month were complete."""
    length = calendar.monthrange(YEAR, month)[1]
    date = f"{YEAR}-{month:02}-{day + 1:02}" if day < length else (f"{YEAR}-{month + 1:02}-01" if month < 12 else f"{YEAR + 1}-01-01")
    if month < 12 and day == length:
        # The next month has begun by then; it is not published yet.
        runs = [os.path.join(folder, "runs", f"{YEAR}-{number:02}") for number in range(1, month + 1)]
        return json.loads(run(binary, "trends", *runs, "--json"))
    return json.loads(run(binary, "trends", os.path.join(folder, "runs"), "--as-of", date, "--json"))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--bin", required=True)
    parser.add_argument("--years", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--page")
    parser.add_argument("--update", action="store_true")
    arguments = parser.parse_args()
    tables = backtest(arguments)
    print("\n".join(tables))
    return compare(tables, arguments.page, arguments.update) if arguments.page else 0


def compare(tables, page, updates):
    with open(page, encoding="utf-8") as file:
        text = file.read()
    begin, end = "<!-- backtest -->\n", "<!-- end -->"
    before, rest = text.split(begin)
    old, after = rest.split(end)
    if updates:
        with open(page, "w", encoding="utf-8") as file:
            file.write(before + begin + "\n".join(tables) + "\n" + end + after)
        return 0
    lines = old.rstrip("\n").split("\n")
    wrong = sum(a != b for a, b in zip(lines, tables)) + abs(len(lines) - len(tables))
    print(f"{len(tables) - wrong} passed, {wrong} failed")
    return 1 if wrong else 0


def backtest(arguments):
    errors = {(kind, day): [] for kind in KINDS + ("all",) for day in DAYS}
    inside = {key: [] for key in errors}
    told = {kind: [0, 0] for kind in ("jump", "silent", "new-principal", "evidence-stopped")}
    false, workload_days = {kind: 0 for kind in told}, 0
    for number in range(arguments.years):
        year = Year(arguments.seed + number)
        with tempfile.TemporaryDirectory(prefix="apportion-backtest-") as folder:
            publish(arguments.bin, folder, year)
            seen = {}
            first = 59
            for month in range(3, 13):
                length = calendar.monthrange(YEAR, month)[1]
                whole = None
                for day in (length,) + DAYS:
                    said = trends(arguments.bin, folder, month, day)
                    if day == length:
                        whole = {entry["workload_id"]: float(entry["to_date"]) for entry in said["forecasts"]}
                    for one in said["anomalies"]:
                        key = (one["kind"], one["anchor"], one["first_day"])
                        seen.setdefault(key, (first, first + length, one))
                    if day == length:
                        continue
                    for entry in said["forecasts"]:
                        name = entry["workload_id"]
                        kind = next((kind for kind in KINDS if name.startswith(kind.replace(" ", "-"))), "all")
                        came = whole.get(name, 0)
                        if entry["month_end"] is None or came < 1 or (name == "steady-0" and first + length > year.quiet_from):
                            continue
                        errors[kind, day].append(abs(float(entry["month_end"]) - came) / came)
                        inside[kind, day].append(float(entry["low"]) - 0.005 <= came <= float(entry["high"]) + 0.005)
                workload_days += length * len(year.costs)
                first += length
            for kind, anchor, begin, end in year.events:
                hits = [key for key, (month_first, month_end, one) in seen.items() if key[0] == kind and key[1] == anchor and month_first <= end and month_end >= begin]
                told[kind][0] += bool(hits)
                told[kind][1] += 1
                for key in hits:
                    seen.pop(key)
            if os.environ.get("LIST"):
                for key in seen:
                    print(key, seen[key][2]["reason"], file=sys.stderr)
            for kind, anchor, _ in seen:
                false[kind] += 1
    out = [f"{arguments.years} generated years, forecast on days of each month from March on: error of the month's end, and how often it came to lie in the range", ""]
    out.append("| workloads | " + " | ".join(f"day {day}" for day in DAYS) + " |")
    out.append("|---|" + "--:|" * len(DAYS))
    for kind in ("all",) + KINDS:
        cells = [f"{100 * statistics.fmean(errors[kind, day]):.1f} %, {100 * statistics.fmean(inside[kind, day]):.0f} %" if errors[kind, day] else "–" for day in DAYS]
        out.append(f"| {'the whole' if kind == 'all' else kind} | " + " | ".join(cells) + " |")
    out += ["", f"what should be told of, and false alarms, in {workload_days:,} days of workloads", "", "| | told | of | false alarms |", "|---|--:|--:|--:|"]
    for kind, (hits, all_of) in told.items():
        out.append(f"| `{kind}` | {hits} | {all_of} | {false[kind]} |")
    return out


if __name__ == "__main__":
    sys.exit(main())
