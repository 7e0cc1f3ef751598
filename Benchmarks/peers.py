#!/usr/bin/env python3
"""Measures DuckDB, chdb and Polars at the job of `apportion attribute`, beside it, and compares what they answer.

Every peer has two forms in Peers/: the best, as one who knows the tool well would write it, and the obvious, as an analyst would write it first.
All are whole processes, in turn, round by round; a figure is a ratio to the yardstick, or to apportion, of the same round, the median of all
rounds with the least and the most beside it. Every answer is compared with apportion's agent-bills.csv of that round: the same rows, the same
calls, and costs within the tolerance of the form's numbers. A wrong answer fails the benchmark. A form that ends with an error, or takes longer
than the limit, is reported as that.

usage: peers.py [--bin DIR] [--scale 1GB] [--rounds 5] [--threads 2] [--data DIR] [--limit SECONDS] [--json FILE] [--results DIR] [--only WORD…]
"""
import csv
import datetime
import decimal
import json
import os
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time

import bench

HERE = os.path.dirname(os.path.abspath(__file__))
SCRIPTS = os.path.join(HERE, "Peers")
ENVIRONMENT = os.path.join(os.path.dirname(HERE), ".build", "peers")
PACKAGES = ["duckdb", "chdb", "polars"]
KEY = ["bill_id", "agent", "workspace_arn", "platform", "currency"]

# Name, script, tolerance of a cost in units of currency, what its numbers are. A cost is the sum of at most some thousand shares, each of which
# apportion rounds to a whole 10^-18: where a form carries 18 digits, what is left is that rounding.
FORMS = [
    ("DuckDB, best", "duckdb_best.py", "1e-13", "HUGEINT of 10^-18, tax DOUBLE"),
    ("DuckDB, obvious", "duckdb_obvious.py", "1e-9", "DOUBLE"),
    ("chdb, best", "chdb_best.py", "1e-14", "Decimal256(18)"),
    ("chdb, obvious", "chdb_obvious.py", "1e-9", "Float64"),
    ("Polars, best", "polars_best.py", "1e-14", "Decimal(38, 18)"),
    ("Polars, obvious", "polars_obvious.py", "1e-9", "Float64"),
]


def environment():
    """The Python of the throw-away environment, made with the pinned versions if it is not there."""
    wanted = os.path.join(SCRIPTS, "requirements.txt")
    stamp = os.path.join(ENVIRONMENT, "requirements.txt")
    python = os.path.join(ENVIRONMENT, "bin", "python")
    with open(wanted, encoding="utf-8") as file:
        pins = file.read()
    if not os.path.exists(stamp) or open(stamp, encoding="utf-8").read() != pins:
        print(f"installing {', '.join(PACKAGES)} into .build/peers", flush=True)
        shutil.rmtree(ENVIRONMENT, ignore_errors=True)
        for command in [
            [sys.executable, "-m", "venv", ENVIRONMENT],
            [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement", wanted],
        ]:
            if subprocess.run(command).returncode != 0:
                sys.exit("peers: no environment; it needs PyPI, and a Python for which the pinned versions are built (3.11 or newer)")
        shutil.copyfile(wanted, stamp)
    return python


class Peers:
    def __init__(self, arguments):
        self.arguments = arguments
        self.python = environment()
        self.folder = tempfile.mkdtemp(prefix="apportion-peers-")
        self.data = self.made()
        self.forms = [form for form in FORMS if not arguments.only or any(word.lower() in form[0].lower() for word in arguments.only)]
        self.rows = []
        self.yardstick = []
        self.bytes = 0

    def made(self):
        """The month, made once."""
        folder = os.path.abspath(os.path.join(self.arguments.data or self.folder, f"month-{self.arguments.scale}"))
        if not os.path.exists(os.path.join(folder, "registry.json")):
            bench.timed([self.program("apportion"), "sample", folder, "--scale", self.arguments.scale])
        return folder

    def program(self, name):
        return os.path.join(self.arguments.bin, name)

    def inflate(self):
        wall, _, _, output = bench.timed(
            [self.program("apportion-inflate"), str(self.arguments.threads), f"{self.data}/cur", f"{self.data}/cloudtrail"])
        self.bytes = int(re.search(r"(\d+) bytes", output)[1])
        return wall

    def attribute(self):
        """Wall seconds and peak bytes of apportion's own run, and its answer."""
        run = os.path.join(self.folder, "run")
        wall, _, peak, _ = bench.timed([
            self.program("apportion"), "attribute", "--cur", f"{self.data}/cur", "--cloudtrail", f"{self.data}/cloudtrail", "--registry",
            f"{self.data}/registry.json", "--period", bench.PERIOD, "--out", run, "--threads", str(self.arguments.threads), "--quiet"])
        return wall, peak, answer(os.path.join(run, "agent-bills.csv"))

    def start(self, package):
        """Wall seconds of a process that only imports the package."""
        return bench.timed([self.python, "-c", f"import {package}"])[0]

    def ask(self, script, result):
        """Wall seconds and peak bytes of one form, and what was wrong, if anything."""
        if os.path.exists(result):
            os.remove(result)
        log = os.path.join(self.folder, "log")
        start = time.perf_counter()
        with open(log, "wb") as output:
            process = subprocess.Popen(
                [self.python, os.path.join(SCRIPTS, script), self.data, result, str(self.arguments.threads)],
                stdout=output, stderr=subprocess.STDOUT, cwd=self.folder, env={**os.environ, "TZ": "UTC", "PYTHONDONTWRITEBYTECODE": "1"})
        late = threading.Timer(self.arguments.limit, os.kill, [process.pid, signal.SIGKILL])
        late.start()
        _, status, usage = os.wait4(process.pid, 0)
        late.cancel()
        wall = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        trouble = ""
        if wall >= self.arguments.limit:
            trouble = f"longer than {self.arguments.limit} s"
        elif process.returncode < 0:
            trouble = f"ended by signal {-process.returncode}"
        elif process.returncode > 0:
            lines = [line for line in open(log, encoding="utf-8", errors="replace").read().splitlines() if line and not line.startswith(" ")]
            trouble = next((line for line in reversed(lines) if "Error" in line or "Exception" in line), (lines or ["no message"])[-1])[:200]
        return wall, usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024), trouble

    # What is measured

    def measure(self):
        own = {"z": [], "seconds": [], "peak": 0}
        starts = {package: [] for package in PACKAGES}
        found = {form[0]: {"z": [], "apportion": [], "seconds": [], "peak": 0, "trouble": "", "wrong": "", "off": None} for form in self.forms}
        self.inflate()  # Brings the files into the system's cache, and the packages.
        for package in PACKAGES:
            self.start(package)
        for _ in range(self.arguments.rounds):
            z = self.inflate()
            self.yardstick.append(z)
            apportion, peak, truth = self.attribute()
            own["z"].append(apportion / z)
            own["seconds"].append(apportion)
            own["peak"] = max(own["peak"], peak)
            for package in PACKAGES:
                starts[package].append(self.start(package))
            for name, script, tolerance, _ in self.forms:
                one = found[name]
                if one["trouble"]:
                    continue  # It would fail again.
                result = os.path.join(self.folder, "result.csv")
                wall, peak, one["trouble"] = self.ask(script, result)
                one["peak"] = max(one["peak"], peak)
                if one["trouble"]:
                    continue
                one["z"].append(wall / z)
                one["apportion"].append(wall / apportion)
                one["seconds"].append(wall)
                off, wrong = compare(truth, answer(result), decimal.Decimal(tolerance))
                one["off"] = off if one["off"] is None or off > one["off"] else one["off"]
                one["wrong"] = one["wrong"] or wrong
        self.row({
            "name": "apportion", "rounds": len(own["z"]), "peak_mib": mib(own["peak"]), "numbers": "whole 10^-18", "z": spread(own["z"]),
            "seconds": spread(own["seconds"]), "answer": "the reference"})
        for name, _, tolerance, numbers in self.forms:
            one = found[name]
            row = {"name": name, "rounds": len(one["z"]), "peak_mib": mib(one["peak"]), "numbers": numbers, "tolerance": tolerance}
            if one["z"]:
                package = starts[name.split(",")[0].lower()]
                row |= {
                    "z": spread(one["z"]), "apportion": spread(one["apportion"]), "seconds": spread(one["seconds"]),
                    "start_seconds": round(statistics.median(package), 3), "largest_difference": f"{one['off']:.1e}"}
            row["answer"] = "failed: " + one["trouble"] if one["trouble"] else "wrong: " + one["wrong"] if one["wrong"] else "the same"
            self.row(row)
        z = self.yardstick
        print(f"{'Z, the yardstick':<17} {statistics.median(z):>7.3f} {min(z):>7.3f} {max(z):>7.3f} seconds")

    def row(self, row):
        self.rows.append(row)
        figures = " ".join(f"{row['z'][key]:>7.2f}" for key in ["median", "least", "most"]) if "z" in row else f"{'–':>7} {'–':>7} {'–':>7}"
        times = " ".join(f"{row['apportion'][key]:>7.2f}" for key in ["median", "least", "most"]) if "apportion" in row else f"{'':>23}"
        print(f"{row['name']:<17} {figures}  {times} {row['peak_mib']:>8} {row.get('largest_difference', ''):>9}  {said(row)}", flush=True)

    def report(self):
        """Everything that a reader of the figures has to know."""
        versions = subprocess.run(
            [self.python, "-c", f"import platform, importlib.metadata as m\nprint(platform.python_version(), *map(m.version, {PACKAGES!r}))"],
            capture_output=True, text=True, check=True).stdout.split()
        own = subprocess.run([self.program("apportion"), "--version"], capture_output=True, text=True, check=True).stdout.split()[-1]
        z = self.yardstick
        return {
            "date": datetime.date.today().isoformat(), "machine": bench.machine(),
            "versions": {"apportion": own, **dict(zip(["python", *PACKAGES], versions))},
            "scale": self.arguments.scale, "inflated_bytes": self.bytes, "threads": self.arguments.threads, "rounds": self.arguments.rounds,
            "yardstick_seconds": spread(z), "rows": self.rows}


def answer(path):
    """Cost and calls by bill, agent, workspace, platform and currency."""
    sums = {}
    with open(path, encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            key = tuple(row[name] for name in KEY)
            cost, calls = sums.get(key, (decimal.Decimal(0), 0))
            sums[key] = (cost + decimal.Decimal(row["cost"]), calls + int(row["calls"]))
    return sums


def compare(truth, other, tolerance):
    """The largest difference of a cost, and what is wrong beyond the tolerance, or nothing."""
    missing, additional = truth.keys() - other.keys(), other.keys() - truth.keys()
    both = truth.keys() & other.keys()
    off = max((abs(truth[key][0] - other[key][0]) for key in both), default=decimal.Decimal(0))
    calls = sum(truth[key][1] != other[key][1] for key in both)
    wrong = []
    if missing or additional:
        wrong.append(f"{len(missing)} rows missing, {len(additional)} additional")
    if calls:
        wrong.append(f"other calls in {calls} rows")
    if not off <= tolerance:
        wrong.append(f"a cost is off by {off:.1e}, more than {tolerance}")
    return off, ", ".join(wrong)


def spread(figures):
    return {"median": round(statistics.median(figures), 3), "least": round(min(figures), 3), "most": round(max(figures), 3)}


def mib(peak):
    return round(peak / (1 << 20), 1)


def said(row):
    return row["answer"] + ("" if row["answer"] != "the same" else f" within {row['tolerance']} ({row['numbers']})")


def markdown(report):
    """The report as a page."""
    machine, versions = report["machine"], report["versions"]
    lines = [
        f"# Peers, {report['date']}", "",
        f"{machine['processor']}, {machine['cores']} cores, {machine['system']}; " + ", ".join(f"{name} {v}" for name, v in versions.items()) + ".",
        f"`--scale {report['scale']}`: {report['inflated_bytes']:,} bytes inflated. Threads: {report['threads']}. Rounds: {report['rounds']}; "
        "figures are the median, and the least and the most.", f"The yardstick: {cell(report['yardstick_seconds'])} s.", "",
        "| | × yardstick | × apportion | seconds | of them start | peak MiB | largest difference | answer |", "|---|--:|--:|--:|--:|--:|--:|---|"]
    for row in report["rows"]:
        lines.append("| " + " | ".join([
            row["name"], cell(row.get("z")), cell(row.get("apportion")), cell(row.get("seconds")), str(row.get("start_seconds", "")),
            str(row["peak_mib"]), row.get("largest_difference", ""), said(row).replace("|", "\\|")]) + " |")
    return "\n".join(lines) + "\n"


def cell(figures):
    return f"{figures['median']:.2f} ({figures['least']:.2f}–{figures['most']:.2f})" if figures else ""


def main():
    parser = bench.options(__doc__.splitlines()[0])
    parser.add_argument("--limit", type=int, default=900, help="seconds after which a form is ended")
    parser.add_argument("--results", help="a folder for DATE-peers.json and DATE-peers.md")
    arguments = parser.parse_args()
    peers = Peers(arguments)
    try:
        print(f"{'':<17} {'× Z':>7} {'least':>7} {'most':>7}  {'× app.':>7} {'least':>7} {'most':>7} {'MiB':>8} {'off by':>9}  answer")
        peers.measure()
        report = peers.report()
    finally:
        shutil.rmtree(peers.folder, ignore_errors=True)
    text = json.dumps(report, indent=2, ensure_ascii=False) + "\n"
    if arguments.json:
        with open(arguments.json, "w", encoding="utf-8") as file:
            file.write(text)
    if arguments.results:
        os.makedirs(arguments.results, exist_ok=True)
        for ending, content in [("json", text), ("md", markdown(report))]:
            with open(os.path.join(arguments.results, f"{report['date']}-peers.{ending}"), "w", encoding="utf-8") as file:
                file.write(content)
    wrong = [row["name"] for row in peers.rows if row["answer"].startswith("wrong")]
    if wrong:
        sys.exit(f"peers: not the same answer: {', '.join(wrong)}")


if __name__ == "__main__":
    main()
