#!/usr/bin/env python3
"""Turns about 5 % of the rows of a bill into charges of the Claude Platform, leaves every other byte of the CSV as it was, and says
what the totals must be.

usage: convert.py --bucket DIR --to DIR --registry FILE --expected FILE --period YYYY-MM [--seed N]
"""
import argparse
import collections
import csv
import gzip
import io
import json
import os
import random
import shutil
from decimal import Decimal

import bill

PRODUCT = "Claude Platform on AWS"
CODE = "9examplecodeofclaude"
ARN = "arn:aws:aws-external-anthropic:us-east-1:111122223333:workspace/wrkspc_01"
CLAIMED, TAGGED, UNKNOWN = ARN + "Claimed", ARN + "Tagged", ARN + "Unknown"
TAGS = ["app", "environment", "version", "openshift_project"]  # columns that the bill has: no column is added
REGISTRY = {
    "version": 1,
    "tagKeys": TAGS,
    "workloads": [{"id": "triage", "name": "Triage", "owner": "ana@example.com", "elements": ["Insurance", "Claims"],
                   "costCenter": "CC-1001", "glAccount": "6400", "claims": [{"workspace": CLAIMED}]}],
    "workspaces": [{"arn": CLAIMED, "name": "claims"},
                   {"arn": TAGGED, "name": "search", "tags": {"app": "Search", "environment": "live"}}],
}
KINDS = {"Usage": 80, "Tax": 8, "Credit": 8, "Refund": 2, "EdpDiscount": 2}
ENTITIES = ["Anthropic, PBC", "Amazon Web Services, Inc.", 'Amazon Web Services "EMEA" SARL, Luxembourg', "AWS"]
INVOICES = ["", "2026100001", "2026100002", "EUINFR26-1"]
TIES = ["5e-19", "15E-19", "25e-19", "4e-19", "6e-19", "0.0000000000000000005", "1.0000000000000000025"]


def digits(dice, count):
    return "".join(dice.choice("0123456789") for _ in range(count))


def spelled(dice, value):
    """A number in one of the spellings that bills know; the value stays."""
    text = format(value, "f")
    way = dice.randrange(8)
    if way == 0 and value != 0:
        mark, move = dice.choice(["e", "E"]), dice.randint(-9, 9)
        return f"{format(value.scaleb(-move), 'f')}{mark}{dice.choice(['', '+']) if move >= 0 else ''}{move}"
    if way == 1 and value != 0:
        return format(value.normalize(), "E" if dice.random() < 0.5 else "e")
    if way == 2 and text.startswith("0."):
        return text[1:]
    if way == 3 and "." not in text:
        return text + "."
    if way == 4:
        return "+" + text
    if way == 5 and "." in text:
        return text + "0" * dice.randint(0, max(0, 18 - len(text.partition(".")[2])))
    return text


def number(dice):
    """Any number of zero or more, as text."""
    way = dice.randrange(10)
    if way == 0:
        return repr(dice.random() * 10 ** dice.randint(-9, 3))  # what a float leaves behind: 3.4e-07, 17 digits
    if way == 1:
        return f"{dice.randint(0, 9)}.{digits(dice, 18)}{dice.randint(1, 9)}"  # 19 decimals
    if way == 2:
        return f"{dice.randint(0, 999)}.{digits(dice, 18)}5"  # 19 decimals, a tie
    if way == 3:
        return dice.choice(TIES)
    if way == 4:
        return dice.choice(["0", "0.00", "-0", "0E-10", ".0", "0."])
    if way == 5:
        return f"{dice.randint(1, 999999999999)}.{digits(dice, 9)}"
    if way == 6:
        return spelled(dice, Decimal(dice.randint(0, 10 ** 18)).scaleb(-18))
    return spelled(dice, Decimal(dice.randint(0, 10 ** 7)).scaleb(-dice.randint(0, 10)))


def usage(dice):
    """Quantity and cost; most at a cent a unit."""
    if dice.random() < 0.6:
        quantity = Decimal(dice.randint(0, 10 ** 8)).scaleb(-dice.randint(0, 8))
        return spelled(dice, quantity), spelled(dice, quantity.scaleb(-2))
    return number(dice), number(dice)


def negative(text):
    return text if text.startswith("-") else "-" + text.lstrip("+")


def charged(row, dice, period):
    """Makes a row a charge, in place, and says of which sort."""
    sort = "charge"
    kind = dice.choices(list(KINDS), list(KINDS.values()))[0]
    row["lineItem/LineItemType"] = kind
    row["lineItem/ProductCode"] = CODE
    name, unit = dice.choice([(True, True), (True, True), (True, False), (False, True)])
    if kind in ("Tax", "Credit", "Refund") and dice.random() < 0.3:
        name, unit, sort = False, False, "adopted"  # by its product code alone
    row["product/ProductName"] = dice.choice([PRODUCT, PRODUCT, PRODUCT.upper(), f'"{PRODUCT}", monthly']) if name else ""
    row["product/productFamily"] = ""
    if unit:
        row["lineItem/UsageType"] = dice.choice(["MP:ccu-Units", "MP:ccu-Units", "USE1-MP:ccu-Units", "EUC1-mp:CCU-units"])
    row["bill/BillingEntity"] = "AWS Marketplace"
    row["bill/InvoiceId"] = dice.choice(INVOICES)
    row["lineItem/LegalEntity"] = dice.choice(ENTITIES)
    row["lineItem/CurrencyCode"] = dice.choice(["USD", "USD", "USD", "EUR", "JPY"])
    row["lineItem/ResourceId"] = dice.choice([CLAIMED, TAGGED, UNKNOWN, "", row["lineItem/ResourceId"]])
    for key in TAGS:  # what tags the bill put there stay on some rows
        if dice.random() < 0.8:
            row["resourceTags/user:" + key] = ""
    if dice.random() < 0.2:
        row["resourceTags/user:" + dice.choice(TAGS)] = dice.choice(["Claims", 'say "AI", please', "two\nlines", "=1+1", "Zürich 🏔"])
    if kind == "Usage":
        row["lineItem/UsageAmount"], row["lineItem/UnblendedCost"] = usage(dice)
    else:
        row["lineItem/UsageAmount"] = dice.choice(["", "1", row["lineItem/UsageAmount"], "not looked at"])
        cost = number(dice)
        row["lineItem/UnblendedCost"] = cost if kind == "Tax" else negative(cost)
        if dice.random() < 0.5:
            row["lineItem/UsageStartDate"] = period + "-01T00:00:00Z"
            row["lineItem/UsageEndDate"] = dice.choice([period + "-31T23:59:59Z", "2026-11-01T00:00:00.000Z", ""])
    if dice.random() < 0.05:
        row["bill/BillingPeriodStartDate"], sort = "2026-09-01T00:00:00Z", "other period"
    return sort


def convert(source, target, period, seed):
    """Writes the bill anew and returns how many rows it made what."""
    made = collections.Counter()
    for number_of_file, path in enumerate(bill.files(source, period)):
        dice = random.Random(seed * 1000 + number_of_file)
        everything = bill.records(path)
        text, header = next(everything)
        out = io.StringIO(newline="")
        out.write(text)
        writer = csv.writer(out)  # as the generator's own: commas, CRLF, quotes where needed
        for text, cells in everything:
            chance = dice.random()
            if chance >= 0.055:
                out.write(text)
                continue
            row = dict(zip(header, cells))
            if chance < 0.05:
                made[charged(row, dice, period)] += 1
            else:
                row["lineItem/LegalEntity"] = "Anthropic Ireland, Limited"
                made["near miss"] += 1
            writer.writerow([row[column] for column in header])
        key = os.path.join(target, os.path.relpath(path, source))
        with open(key, "wb") as raw, gzip.GzipFile(filename="", mode="wb", fileobj=raw, mtime=0) as packed:
            packed.write(out.getvalue().encode("utf-8"))
    return made


def platform(row):
    """Whether the default profile takes the row; Bedrock must not occur."""
    name, code = row["product/ProductName"].lower(), row["lineItem/ProductCode"].lower()
    if name.endswith("(amazon bedrock edition)") or code.startswith("amazonbedrock") or row["product/productFamily"].lower() == "amazon bedrock":
        raise SystemExit("the generator writes Bedrock now: convert.py must learn it")
    return "claude platform" in name or row["lineItem/UsageType"].lower().endswith("mp:ccu-units")


def method(row):
    """Where the money of a Usage row goes when there is no evidence."""
    if row["lineItem/ResourceId"] == CLAIMED:
        return "workspace-claim"
    if any(row["resourceTags/user:" + key] for key in TAGS):
        return "workspace-tags"
    return "registry-tags" if row["lineItem/ResourceId"] == TAGGED else "none"


def expect(bucket, period):
    """What the totals of the bill must be, from the files alone."""
    taken = [(row, platform(row)) for path in bill.files(bucket, period) for row in bill.rows(path)]
    here = [row["bill/BillingPeriodStartDate"].startswith(period) for row, _ in taken]
    codes = {(row["bill/PayerAccountId"], row["lineItem/ProductCode"]) for (row, ours), now in zip(taken, here)
             if ours and now and row["lineItem/LineItemType"] == "Usage" and row["lineItem/ProductCode"]}
    counts = collections.Counter({name: 0 for name in ("read", "charges", "other_service", "other_period", "rejected", "near_miss",
                                                       "price_mismatch", "inexact_amounts", "adopted")})
    charged = collections.defaultdict(Decimal)
    types = collections.defaultdict(lambda: collections.defaultdict(Decimal))
    methods = collections.defaultdict(lambda: collections.defaultdict(Decimal))
    quantity = collections.defaultdict(Decimal)
    invoices = collections.defaultdict(lambda: collections.defaultdict(Decimal))
    for (row, ours), now in zip(taken, here):
        counts["read"] += 1
        kind = row["lineItem/LineItemType"]
        adopted = not ours and kind in ("Tax", "Credit", "Refund", "Fee") and (row["bill/PayerAccountId"], row["lineItem/ProductCode"]) in codes
        if not ours and not adopted:
            counts["other_service"] += 1
            counts["near_miss"] += ("anthropic" in row["lineItem/LegalEntity"].lower() or "claude" in row["product/ProductName"].lower()
                                    or "claude" in row["lineItem/LineItemDescription"].lower())
            continue
        if not now:
            counts["other_period"] += 1
            continue
        counts["charges"] += 1
        counts["adopted"] += adopted
        currency = row["lineItem/CurrencyCode"]
        cost, changed = bill.amount(row["lineItem/UnblendedCost"])
        counts["inexact_amounts"] += changed
        charged[currency] += cost
        types[currency][kind] += cost
        column = kind.lower() if kind in ("Usage", "Tax", "Credit", "Refund") else "other"
        for name in (column, "total"):
            invoices[row["bill/PayerAccountId"], row["bill/InvoiceId"], row["lineItem/LegalEntity"], currency][name] += cost
        if kind == "Usage":
            units, changed = bill.amount(row["lineItem/UsageAmount"] or "0")
            counts["inexact_amounts"] += changed
            counts["price_mismatch"] += currency == "USD" and abs(cost - units * Decimal("0.01")) > Decimal("1e-6")
            quantity[currency] += units
            methods[currency][method(row)] += cost

    def texts(sums):
        return {key: bill.plain(value) for key, value in sorted(sums.items())}

    return {"rows": counts, "charged": texts(charged), "quantity": texts(quantity),
            "by_line_item_type": {currency: texts(sums) for currency, sums in types.items()},
            "usage_by_method": {currency: texts(sums) for currency, sums in methods.items()},
            "by_invoice": [dict(zip(("payer_account_id", "invoice_id", "legal_entity", "currency"), key),
                                **{name: bill.plain(sums[name]) for name in ("usage", "tax", "credit", "refund", "other", "total")})
                           for key, sums in sorted(invoices.items(), key=lambda item: [part.encode() for part in item[0]])]}


def main():
    parser = argparse.ArgumentParser()
    for name in ("bucket", "to", "registry", "expected", "period"):
        parser.add_argument("--" + name, required=True)
    parser.add_argument("--seed", type=int, default=1)
    words = parser.parse_args()
    shutil.copytree(words.bucket, words.to)
    made = convert(words.bucket, words.to, words.period, words.seed)
    expected = expect(words.to, words.period)
    expected["made"] = made
    with open(words.registry, "w", encoding="utf-8") as file:
        json.dump(REGISTRY, file, indent=2)
    with open(words.expected, "w", encoding="utf-8") as file:
        json.dump(expected, file, indent=2)
    print("made of the bill's rows: " + ", ".join(f"{count} {sort}" for sort, count in sorted(made.items())))


if __name__ == "__main__":
    main()
