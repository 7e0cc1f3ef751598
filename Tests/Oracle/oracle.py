#!/usr/bin/env python3
"""A slow, obvious twin of `apportion attribute`: same command line, same figures, written from the specification alone.

Exit codes, options and files: outputs.md. `--threads`, `--window`, `--quiet` and `--max-inflated` are taken and ignored.
"""
import argparse
import json
import os
import re
import shutil
import sys
import tempfile
from fractions import Fraction

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import attribute
import bill
import files
import money
import registry as reg
import reports
import trail
import usage
from files import Stop


class Parser(argparse.ArgumentParser):
    def error(self, message):
        raise Stop(64, message)


def options(arguments):
    """The command line (outputs.md, first lines)."""
    p = Parser(prog="oracle.py", description=__doc__.splitlines()[0], allow_abbrev=False)
    p.add_argument("command", choices=["attribute"])
    for name in ("--cur", "--cloudtrail", "--usage-log", "--report", "--fail-if"):
        p.add_argument(name, nargs="+", action="extend", default=[])
    for name in ("--registry", "--period", "--out"):
        p.add_argument(name, required=True)
    p.add_argument("--weights", choices=["auto", "calls", "tokens"], default="auto")
    p.add_argument("--cost", choices=["unblended", "net"], default="unblended")
    p.add_argument("--as-of")
    p.add_argument("--rates")
    p.add_argument("--trail-slack", type=int, default=7)
    for name in ("--trust-usage-log", "--keep-going", "--accept-drop", "--quiet"):
        p.add_argument(name, action="store_true")
    for name in ("--threads", "--window", "--max-inflated"):
        p.add_argument(name)
    o = p.parse_args(arguments)
    if not o.cur:
        p.error("--cur is needed")
    try:
        if not re.match(r"[0-9]{4}-[0-9]{2}\Z", o.period):
            raise ValueError
        money.month_bounds(o.period)
        o.as_of = money.instant(o.as_of) if o.as_of is not None else None
        o.rules = [_rule(text) for text in o.fail_if]
        if o.trail_slack < 0:
            raise ValueError
    except ValueError:
        p.error("bad --period, --as-of, --trail-slack or --fail-if")
    return o


def _rule(text):
    m = re.match(r"(unallocated|coverage)([<>])([0-9.]+)%\Z", text)
    if not m:
        raise ValueError
    return m.group(1), m.group(2), money.decimal(m.group(3)) / 100


class Run(object):
    """What a run found, for those who look closer than the files."""

    def __init__(self, code, summary, groups, shares):
        self.code, self.summary, self.groups, self.shares = code, summary, groups, shares


def run(o):
    """One run, published at the end or not at all."""
    registry = reg.read(o.registry)
    card = usage.read_card(o.rates) if o.rates else usage.built_in_card()
    rejected = files.Rejected(o.keep_going)
    events, event_counters = trail.read(o.cloudtrail, o.period, o.trail_slack, registry, rejected)
    usage_counters = dict.fromkeys(usage.COUNTERS, 0)
    records = usage.read(o.usage_log, registry, rejected, usage_counters)
    events = events + usage.rate_events(records, events, card, o.period, o.trust_usage_log, registry, usage_counters)
    charged = bill.read(o.cur, o.period, o.report, registry, o.cost, rejected)
    groups, shares = attribute.attribute(charged.charges, events, registry, o.period, o.weights)
    event_counters["unused"] = attribute.unused(groups, events)
    check_counters(charged.rows, event_counters, usage_counters)
    ledger = attribute.ledger(shares)
    first, following = money.month_bounds(o.period)
    through = reports.data_through(groups, o.as_of, first, following)
    summary = reports.reconciliation(ledger, groups, o.period, bool(rejected.items), through, o.cost, charged.rows, event_counters,
                                     usage_counters)
    refuse_drop(o, summary)
    publish(o.out, lambda folder: reports.write_all(folder, ledger, groups, registry, o.period, through, summary))
    if not charged.charges:
        sys.stderr.write("oracle: warning: no charge in %s\n" % o.period)
    code = 2 if rejected.items else 1 if any(_holds(rule, summary) for rule in o.rules) else 0
    return Run(code, summary, groups, shares)


def check_counters(rows, events, records):
    """attribution.md section 9 and outputs.md: every row and record is in exactly one counter."""
    assert rows["read"] == sum(rows[k] for k in ("charges", "other_service", "other_period", "rejected"))
    assert events["read"] == sum(v for k, v in events.items() if k not in ("read", "unused"))
    assert records["read"] == sum(records[k] for k in ("rated", "unrated", "duplicate", "rejected"))
    assert records["rated"] + records["unrated"] == sum(records[k] for k in ("joined", "own_evidence", "unmatched"))


def _holds(rule, summary):
    what, sign, bound = rule
    for entry in summary["currencies"].values():
        if what == "coverage":
            value = None if entry["coverage"] is None else Fraction(entry["coverage"])
        else:
            whole = Fraction(entry["charged"])
            value = Fraction(entry["by_level"].get("unallocated", "0")) / whole if whole else None
        if value is not None and (value > bound if sign == ">" else value < bound):
            return True
    return False


def refuse_drop(o, summary):
    """outputs.md: a run of the same period is not replaced by one that lost its charges or much of its evidence."""
    path = os.path.join(o.out, "reconciliation.json")
    if o.accept_drop or not os.path.exists(path):
        return
    with open(path, encoding="utf-8") as f:
        before = json.load(f)
    if before.get("billing_period") != o.period:
        return
    if not summary["currencies"]:
        raise Stop(65, "%s holds a run of %s and this one has no charge: --accept-drop" % (o.out, o.period))
    for currency, entry in summary["currencies"].items():
        old = before["currencies"].get(currency, {}).get("coverage")
        if old is not None and entry["coverage"] is not None and Fraction(old) - Fraction(entry["coverage"]) > Fraction(20, 100):
            raise Stop(65, "%s: evidence coverage fell from %s to %s: --accept-drop" % (o.out, old, entry["coverage"]))


def publish(out, write):
    """A whole run or nothing. The twin is content with two renames."""
    parent = os.path.dirname(os.path.abspath(out))
    try:
        os.makedirs(parent, exist_ok=True)
        fresh = tempfile.mkdtemp(prefix=".oracle-", dir=parent)
    except OSError as e:
        raise Stop(73, "%s: %s" % (out, e))
    try:
        write(fresh)
        if os.path.exists(out):
            shutil.rmtree(out)
        os.rename(fresh, out)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def main(arguments):
    try:
        return run(options(arguments)).code
    except Stop as e:
        sys.stderr.write("oracle: error: %s\n" % e)
        return e.code
    except AssertionError:
        import traceback
        traceback.print_exc()
        return 70


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
