#!/usr/bin/env python3
"""Runs apportion on the bill as it came and as convert.py left it, and compares what it publishes with Python's csv and Decimal.

usage: check.py --bin PATH --work DIR --period YYYY-MM      (DIR holds bucket, converted, registry.json, expected.json)
"""
import argparse
import collections
import csv
import json
import os
import subprocess
import sys
from decimal import Decimal

import bill

passed = failed = 0


def shown(value):
    """A value in a line, or how many parts it has where that is too long."""
    if isinstance(value, dict):
        text = ", ".join(f"{key} {part}" for key, part in value.items())
    elif isinstance(value, (list, set)):
        text = ", ".join(map(str, value))
    else:
        text = str(value)
    return (text or "none") if len(text) <= 190 else f"{len(value)} entries"


def same(what, got, expected):
    global passed, failed
    if got == expected:
        passed += 1
        print(f"ok      {what}: {shown(got)}")
    else:
        failed += 1
        print(f"FAILED  {what}\n          apportion  {got}\n          expected   {expected}")


def attribute(words, cur, registry, out, *more):
    """Exit code, standard error, and the reconciliation if there is one."""
    done = subprocess.run([words.bin, "attribute", "--cur", cur, "--registry", registry, "--period", words.period, "--out", out, *more],
                          capture_output=True, text=True, timeout=600)
    path = os.path.join(out, "reconciliation.json")
    if not os.path.exists(path):
        return done.returncode, done.stderr, None
    with open(path, encoding="utf-8") as file:
        return done.returncode, done.stderr, json.load(file)


def table(out, name):
    with open(os.path.join(out, name), encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def sums(rows, column, *keys):
    """The sums of a column, by one key or by two."""
    found = collections.defaultdict(Decimal)
    for row in rows:
        found[tuple(row[key] for key in keys)] += Decimal(row[column])
    if len(keys) == 1:
        return {key[0]: bill.plain(value) for key, value in sorted(found.items())}
    nested = collections.defaultdict(dict)
    for key, value in sorted(found.items()):
        nested[key[0]][key[1]] = bill.plain(value)
    return dict(nested)


def unchanged(words):
    print("== the bill as it came")
    bucket = os.path.join(words.work, "bucket")
    registry = os.path.join(words.work, "empty.json")
    with open(registry, "w", encoding="utf-8") as file:
        file.write('{"version": 1}\n')
    paths = bill.files(bucket, words.period)
    count = sum(1 for path in paths for _ in bill.rows(path))
    out = os.path.join(words.work, "runs", "unchanged")
    code, errors, found = attribute(words, bucket, registry, out)
    same("exit code", code, 0)
    same("one warning, that there is no charge", [line.startswith("apportion: warning: no charge of " + words.period)
                                                  for line in errors.splitlines()], [True])
    if not found:
        return same("a reconciliation", errors, "")
    print(f"        {len(paths)} files")
    same("rows read", found["rows"]["read"], count)
    same("rows", found["rows"], dict.fromkeys(found["rows"], 0) | {"read": count, "other_service": count})
    same("currencies", found["currencies"], {})
    same("by invoice", found["by_invoice"], [])
    for name in ("allocations.csv", "agent-bills.csv", "gaps.csv"):
        same("rows of " + name, len(table(out, name)), 0)


def converted(words):
    print("== the bill with charges")
    with open(os.path.join(words.work, "expected.json"), encoding="utf-8") as file:
        expected = json.load(file)
    made, rows = expected["made"], expected["rows"]
    bucket, target = os.path.join(words.work, "bucket"), os.path.join(words.work, "converted")
    changed = total = 0
    for before, after in zip(bill.files(bucket, words.period), bill.files(target, words.period)):
        old, new = [text for text, _ in bill.records(before)], [text for text, _ in bill.records(after)]
        total += len(old) - 1
        changed += sum(a != b for a, b in zip(old, new)) if len(old) == len(new) else len(old) + len(new)
    same("records that differ from the bill as it came", changed, sum(made.values()))
    adopted = rows.pop("adopted")
    same("charges and rows of another period, as made and as read back", rows["charges"] + rows["other_period"],
         made["charge"] + made["adopted"] + made["other period"])
    same("charges by product code alone, as made and as read back", adopted, made["adopted"])

    registry = os.path.join(words.work, "registry.json")
    out = os.path.join(words.work, "runs", "converted")
    code, errors, found = attribute(words, target, registry, out, "--threads", "1")
    same("exit code", code, 0)
    if not found:
        return same("a reconciliation", errors, "")
    same("rows read", found["rows"]["read"], total)
    for name, count in rows.items():
        same("rows, " + name, found["rows"].get(name), count)
    same("rows, counters", sorted(found["rows"]), sorted(rows))
    currencies = found["currencies"]
    same("charged", {name: currencies[name]["charged"] for name in sorted(currencies)}, expected["charged"])
    same("allocated", {name: currencies[name]["allocated"] for name in sorted(currencies)}, expected["charged"])
    same("difference", {name: currencies[name]["difference"] for name in sorted(currencies)}, dict.fromkeys(expected["charged"], "0"))
    for name in sorted(expected["by_line_item_type"]):
        same(f"by line item type, {name}", currencies.get(name, {}).get("by_line_item_type"), expected["by_line_item_type"][name])
    same("by invoice and legal entity", found["by_invoice"], expected["by_invoice"])

    ledger = table(out, "allocations.csv")
    used = [row for row in ledger if row["line_item_type"] == "Usage"]
    print(f"        {len(ledger)} rows of allocations.csv")
    same("cost in allocations.csv", sums(ledger, "cost", "currency"), expected["charged"])
    same("quantity in allocations.csv, Usage", sums(used, "quantity", "currency"), expected["quantity"])
    same("quantity in allocations.csv, all else", {row["quantity"] for row in ledger if row["line_item_type"] != "Usage"}, {"0"})
    for name, types in sums(ledger, "cost", "currency", "line_item_type").items():
        same(f"cost in allocations.csv by line item type, {name}", types, expected["by_line_item_type"].get(name))
    for name, methods in sums(used, "cost", "currency", "method").items():
        same(f"Usage in allocations.csv by method, {name}", methods, expected["usage_by_method"].get(name))
    totals = {(row["payer_account_id"], row["invoice_id"], row["legal_entity"], row["currency"]): row["total"] for row in expected["by_invoice"]}
    same("cost in allocations.csv by invoice and legal entity",
         {key: bill.plain(value) for key, value in by_invoice(ledger).items() if value}, {key: value for key, value in totals.items() if value != "0"})
    same("cost in agent-bills.csv", sums(table(out, "agent-bills.csv"), "cost", "currency"), expected["charged"])
    same("every number plain", [row[name] for row in ledger for name in ("cost", "quantity") if row[name] != bill.plain(Decimal(row[name]))], [])

    again = os.path.join(words.work, "runs", "converted-7-threads")
    attribute(words, target, registry, again, "--threads", "7")
    names = sorted(name for name in os.listdir(out) if name != "run.json")
    same("files that differ with 7 threads", [name for name in names if content(out, name) != content(again, name)], [])


def by_invoice(ledger):
    found = collections.defaultdict(Decimal)
    for row in ledger:
        found[row["payer_account_id"], row["invoice_id"], row["legal_entity"], row["currency"]] += Decimal(row["cost"])
    return found


def content(folder, name):
    path = os.path.join(folder, name)
    if not os.path.exists(path):
        return None
    with open(path, "rb") as file:
        return file.read()


def main():
    parser = argparse.ArgumentParser()
    for name in ("bin", "work", "period"):
        parser.add_argument("--" + name, required=True)
    words = parser.parse_args()
    os.makedirs(os.path.join(words.work, "runs"), exist_ok=True)
    unchanged(words)
    converted(words)
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
