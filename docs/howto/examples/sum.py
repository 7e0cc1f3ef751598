#!/usr/bin/env python3
"""Adds up the cost of a run's table exactly, by a column, dearest first.

usage: sum.py FILE.csv COLUMN [COLUMN=VALUE…]
"""
import csv
import decimal
import signal
import sys

signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # a reader such as head may leave early
decimal.getcontext().prec = 60  # the default of 28 digits would round large sums

path, column, *conditions = sys.argv[1:]
conditions = [condition.split("=", 1) for condition in conditions]
sums = {}
with open(path, encoding="utf-8", newline="") as file:
    for row in csv.DictReader(file):
        if all(row[name] == value for name, value in conditions):
            key = (row["currency"], row[column])
            sums[key] = sums.get(key, 0) + decimal.Decimal(row["cost"])
ranked = sorted(sums.items(), key=lambda item: (-item[1], item[0]))
print("\n".join(f"{cost.normalize():f} {currency} {value or '(none)'}" for (currency, value), cost in ranked))
