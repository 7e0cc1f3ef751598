#!/usr/bin/env python3
"""Runs the twin and a built `apportion` on random worlds and compares every figure.

usage: differential.py --bin PATH [--rounds N] [--seed S] [--keep DIR]

Round i uses seed S + i: a failure is repeated with `--seed THAT --rounds 1`. Needs Python 3.8+, nothing else.
"""
import argparse
import collections
import contextlib
import csv
import io
import json
import os
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import money
import oracle
import trail
import usage
import worlds
from files import Stop

CSV_FILES = ["allocations.csv", "spend-cards.csv", "agent-bills.csv", "gaps.csv"]
# what a long run must have met, or it proves less than it seems to
MUST_MEET = {
    "warm cache": ["hits"],
    "no memory": ["spilled"],
    "no memory, warm cache": ["spilled"],
    "method": ["cur-principal", "sole-principal", "token-weighted", "call-weighted", "workspace-claim", "workspace-tags", "registry-tags", "none",
               "follows-cost", "kept-central", "split-fixed", "split-even", "split-direct"],
    "window": ["interval", "shared", "before", "none"],
    "gap": ["shared-role", "unclaimed-principal", "no-evidence", "no-estimate", "no-usage"],
    "level": ["workload", "workspace", "unallocated"],
    "source": ["resource-id", "tag", "tag-match", "none", "follows-cost"],
    "scope": ["1", "2", "3", "4", "5"],
    "token_type": ["cache-read", "cache-write-1h", "cache-write", "input", "output", ""],
    "band": ["no-estimate", "not-started", "on-plan", "under", "over", "far-over"],
    "card": ["workload", "workspace", "unallocated", "element1", "total"],
    "finality": ["open", "invoiced"],
    "rows": ["read", "charges", "other_service", "other_period", "rejected", "near_miss", "price_mismatch", "inexact_amounts"],
    "events": trail.COUNTERS,
    "usage_records": usage.COUNTERS,
    "exit": ["0", "1", "2", "65"],
    "own evidence credited": ["yes"],
    "merged row": ["yes"],
}


def rows_of(path):
    with open(path, newline="", encoding="utf-8") as f:
        return list(csv.DictReader(f))


def unguarded(text):
    return text[1:] if text[:1] == "'" and text[1:2] in ("=", "+", "-", "@", "\t", "\r") else text


def compare_csv(name, want, got):
    """The first differences of a file, in the columns both have."""
    if not os.path.exists(got):
        return ["%s: not written" % name]
    w, g = rows_of(want), rows_of(got)
    with open(want, encoding="utf-8") as a, open(got, encoding="utf-8") as b:
        columns, theirs = next(csv.reader(a)), next(csv.reader(b), [])
    missing = [c for c in columns if c not in theirs]
    if missing:
        return ["%s: columns missing: %s" % (name, ", ".join(missing))]
    found = ["%s: %d rows, expected %d" % (name, len(g), len(w))] if len(w) != len(g) else []
    for line, (a, b) in enumerate(zip(w, g), 2):
        different = [c for c in columns if unguarded(a[c]) != unguarded(b[c] or "")]
        if different:
            found.append("%s:%d: %s" % (name, line, "; ".join("%s is %r, expected %r" % (c, b[c], a[c]) for c in different)))
            found.append("    of the row %s" % ",".join(a[c] for c in columns))
            break
    else:
        for row in (w[len(g):] or g[len(w):])[:1]:
            found.append("    only %s: %s" % ("expected" if len(w) > len(g) else "written", ",".join(row[c] for c in columns)))
    return found


def compare_json(path, want, got):
    if isinstance(want, dict) and isinstance(got, dict):
        found = []
        for key in sorted(set(want) | set(got)):
            if key not in got:
                found.append("%s.%s missing" % (path, key))
            elif key in want:
                found += compare_json("%s.%s" % (path, key), want[key], got[key])
            elif path.count(".") >= 1 and ".by_invoice" not in path:
                found.append("%s.%s is %r, expected none" % (path, key, got[key]))
        return found
    if isinstance(want, list) and isinstance(got, list) and len(want) == len(got):
        return [d for i, (a, b) in enumerate(zip(want, got)) for d in compare_json("%s[%d]" % (path, i), a, b)]
    return [] if want == got else ["%s is %r, expected %r" % (path, got, want)]


def due(path):
    with open(path, encoding="utf-8") as f:
        return {" ".join((b["bill_id"], b["payer_account_id"], b["currency"])): "%s of which tax %s" % (b["amount_due"], b["of_which_tax"])
                for b in json.load(f)["bills"]}


def compare(want, got):
    found = [d for name in CSV_FILES for d in compare_csv(name, os.path.join(want, name), os.path.join(got, name))]
    try:
        with open(os.path.join(want, "reconciliation.json"), encoding="utf-8") as a, open(os.path.join(got, "reconciliation.json"), encoding="utf-8") as b:
            found += compare_json("reconciliation", json.load(a), json.load(b))
        w, g = due(os.path.join(want, "agent-bills.json")), due(os.path.join(got, "agent-bills.json"))
        found += ["agent-bills.json: %s: %s, expected %s" % (k, g.get(k), w.get(k)) for k in sorted(set(w) | set(g)) if w.get(k) != g.get(k)]
    except (OSError, ValueError, KeyError, TypeError) as e:
        found.append("%r" % e)
    return found


def run_twin(world, out):
    """(exit code, Run or None, message) of the twin, in this process."""
    os.chdir(world.folder)
    try:
        with contextlib.redirect_stderr(io.StringIO()):
            run = oracle.run(oracle.options(["attribute"] + world.arguments + ["--out", out]))
        return run.code, run, ""
    except Stop as e:
        return e.code, None, str(e)


def note(met, run, out):
    """Adds what a round met to the coverage."""
    here = collections.defaultdict(set)
    ledger = rows_of(os.path.join(out, "allocations.csv"))
    for row in ledger:
        for kind, column in (("method", "method"), ("window", "evidence_window"), ("gap", "gap"), ("level", "level"), ("source", "workspace_source")):
            here[kind].add(row[column])
        if row["platform"] == "bedrock":
            here["token_type"].add(row["token_type"])
    for card in rows_of(os.path.join(out, "spend-cards.csv")):
        here["band"].add(card["band"])
        here["card"].add(card["card_type"])
        here["finality"].add(card["finality"])
    for share in run.shares:
        if share.scope:
            here["scope"].add(str(share.scope))
    if any(e.own for g in run.groups if g.pool and g.pool.window == "interval" for e in g.pool.events):
        here["own evidence credited"].add("yes")
    if len(ledger) < sum(1 for s in run.shares if s.cost or s.quantity or s.calls or not (s.group.cost or s.group.quantity)):
        here["merged row"].add("yes")
    for kind in ("rows", "events", "usage_records"):
        here[kind].update(k for k, v in run.summary[kind].items() if v)
    for kind, values in here.items():
        for value in values:
            met[kind][value] += 1


def tune(world, out):
    """Moves the estimates near to what was spent."""
    world.tune_estimates({c["card_id"]: money.amount(c["actual"])[0] for c in rows_of(os.path.join(out, "spend-cards.csv"))
                          if c["period_kind"] == "month" and c["card_type"] == "workload" and c["currency"] == "USD"
                          and not c["actual"].startswith("-")})


def one_round(binary, seed, folder, met):
    """Differences of one round; empty means passed."""
    world = worlds.World(seed, os.path.join(folder, "inputs"))
    os.makedirs(world.folder)
    world.build()
    want, got = os.path.join(folder, "expected"), os.path.join(folder, "written")
    code, run, message = run_twin(world, want)
    if run and world.chance(40):
        tune(world, want)
        shutil.rmtree(want)
        code, run, message = run_twin(world, want)
    met["exit"][str(code)] += 1
    if world.fault:
        met["fault"]["%s -> %d" % (world.fault, code)] += 1
    threads = world.r.choice(["1", "2", "3"])
    command = [binary, "attribute"] + world.arguments + ["--out", got, "--threads", threads]
    with open(os.path.join(folder, "command"), "w") as f:
        f.write(" ".join(command) + "\n")
    try:
        p = subprocess.run(command, cwd=world.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120)
    except subprocess.TimeoutExpired:
        return world, ["no end in 120 s"]
    said = p.stderr.decode("utf-8", "replace").strip()
    if run:
        note(met, run, want)
    if p.returncode != code:
        return world, ["exit %d, expected %d; it says: %s; the twin: %s" % (p.returncode, code, said[-400:] or "nothing", message or "nothing")]
    if not world.fault and (run is None or code == 2):
        return world, ["a sound world is refused by both: exit %d: %s" % (code, message)]
    if run is None:
        found = ["a failed run published files"] if os.path.exists(got) and os.listdir(got) else []
    else:
        found = compare(want, got)
    return world, found or otherwise(command, world, folder, got, p, met)


def otherwise(command, world, folder, got, plain, met):
    """Differences of the same run with an empty cache, with what that left in it, and with so little memory that all goes by way of the disk."""
    found = []
    cache = ["--cache", os.path.join(folder, "cache")]
    for name, options in (("cold cache", cache), ("warm cache", cache), ("no memory", ["--max-memory", "1"]),
                          ("no memory, warm cache", cache + ["--max-memory", "1"])):
        out = os.path.join(folder, name.replace(" ", "-").replace(",", ""))
        command_here = [out if word == got else word for word in command] + options
        p = subprocess.run(command_here, cwd=world.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120)
        if (p.returncode, p.stderr) != (plain.returncode, plain.stderr):
            found.append("with %s: exit %d, without %d; it says: %s" % (name, p.returncode, plain.returncode, p.stderr.decode("utf-8", "replace")))
        files = sorted(os.listdir(got)) if os.path.isdir(got) else []
        if (sorted(os.listdir(out)) if os.path.isdir(out) else []) != files:
            found.append("with %s other files are written" % name)
            continue
        for file in files:
            if file != "run.json" and open(os.path.join(got, file), "rb").read() != open(os.path.join(out, file), "rb").read():
                found.append("with %s %s differs" % (name, file))
        if files:
            with open(os.path.join(out, "run.json"), encoding="utf-8") as f:
                facts = json.load(f)
            if "memory" not in name:
                met[name]["hits" if facts["cache"]["hits"] else "no hits"] += 1
            else:
                met[name]["spilled" if facts["spilled_bytes"] else "not spilled"] += 1
    return found


def report(met, rounds):
    """Prints what was met in how many rounds; the number of things that a long run never met."""
    lacking = 0
    for kind in sorted(set(MUST_MEET) | set(met)):
        wanted = MUST_MEET.get(kind, [])
        names = wanted + sorted(v for v in met[kind] if v not in wanted)
        print("%-22s %s" % (kind, ", ".join("%s %d" % (n or "(empty)", met[kind][n]) for n in names)))
        never = [n for n in wanted if not met[kind][n]]
        if never and rounds >= 200:
            print("never met: %s: %s" % (kind, ", ".join(never)))
            lacking += len(never)
    return lacking


def main():
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("--bin", required=True)
    p.add_argument("--rounds", type=int, default=200)
    p.add_argument("--seed", type=int)
    p.add_argument("--keep", help="where the folders of failed rounds go (default: a new temporary folder)")
    a = p.parse_args()
    binary = os.path.abspath(a.bin)
    seed = a.seed if a.seed is not None else int.from_bytes(os.urandom(4), "big")
    keep = os.path.abspath(a.keep) if a.keep else None
    print("seed %d, %d rounds" % (seed, a.rounds))
    met = collections.defaultdict(collections.Counter)
    passed = failed = 0
    for i in range(a.rounds):
        folder = tempfile.mkdtemp(prefix="differential-")
        world, found = one_round(binary, seed + i, folder, met)
        os.chdir("/")
        if not found:
            passed += 1
            shutil.rmtree(folder)
            continue
        failed += 1
        if keep:
            os.makedirs(keep, exist_ok=True)
            kept = os.path.join(keep, "seed-%d" % (seed + i))
            shutil.rmtree(kept, ignore_errors=True)
            folder = shutil.move(folder, kept)
        print("FAIL seed %d%s, kept in %s" % (seed + i, " (%s)" % world.fault if world.fault else "", folder))
        print("     attribute %s" % " ".join(world.arguments))
        for line in found[:8]:
            print("     " + line)
        sys.stdout.flush()
    print("met in how many of %d rounds:" % a.rounds)
    lacking = report(met, a.rounds)
    if lacking:
        print("%d things that should have been met never were" % lacking)
        failed += 1
    print("%d passed, %d failed" % (passed, failed))
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
