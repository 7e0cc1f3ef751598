#!/usr/bin/env python3
"""Measures a run and its layers against the yardstick: zlib inflating the same files on as many threads, and nothing else.

Every figure is a ratio to the yardstick of the same round, so that a machine that speeds up or slows down does not matter; the median of
all rounds is what counts, with the least and the most beside it. Peak memory is the system's. No ratio is asserted here.

usage: bench.py [--bin DIR] [--scale 1GB] [--rounds 5] [--threads 2] [--data DIR] [--json FILE] [--only WORD…]
                [--files 20000] [--events 5000000] [--memory 256MiB]
"""
import argparse
import gzip
import json
import os
import platform
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

PERIOD = "2026-10"


def timed(command):
    """Wall seconds, CPU seconds, peak bytes and output of a whole process."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    output = process.stdout.read().decode()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    wall = time.perf_counter() - start
    if process.returncode != 0:
        sys.exit(f"bench: {' '.join(command)} ended with {process.returncode}: {output}")
    unit = 1 if sys.platform == "darwin" else 1024
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * unit, output


class Bench:
    def __init__(self, arguments):
        self.arguments = arguments
        self.bin = arguments.bin
        self.folder = tempfile.mkdtemp(prefix="apportion-bench-")
        self.rows = []

    def program(self, *words):
        return [os.path.join(self.bin, "apportion"), *words]

    def layers(self, layer, data, threads):
        return [os.path.join(self.bin, "apportion-layers"), layer, str(threads), PERIOD, f"{data}/registry.json", f"{data}/cur", f"{data}/cloudtrail"]

    def yardstick(self, threads, *paths):
        return [os.path.join(self.bin, "apportion-inflate"), str(threads), *paths]

    def attribute(self, data, threads, name="run"):
        return self.program(
            "attribute", "--cur", f"{data}/cur", "--cloudtrail", f"{data}/cloudtrail", "--registry", f"{data}/registry.json",
            "--period", PERIOD, "--out", os.path.join(self.folder, name), "--threads", str(threads), "--quiet")

    def wants(self, name):
        return not self.arguments.only or any(word in name for word in self.arguments.only)

    def row(self, name, ratios, unit, peak=None, note=""):
        row = {
            "name": name, "median": round(statistics.median(ratios), 3), "least": round(min(ratios), 3), "most": round(max(ratios), 3),
            "unit": unit, "rounds": len(ratios), "note": note,
        }
        if peak:
            row["peak_mib"] = round(peak / (1 << 20), 1)
        self.rows.append(row)
        memory = f"{row.get('peak_mib', ''):>8}"
        print(f"{name:<44} {row['median']:>8.3f} {row['least']:>8.3f} {row['most']:>8.3f}  {unit:<10}{memory}  {note}", flush=True)

    # What is measured

    def made(self, scale, events=None):
        """A month of about this size, made once; with a number of events instead of as much trail as bill."""
        kept = self.arguments.data
        folder = os.path.join(kept or self.folder, f"month-{scale}" + (f"-{events}" if events else ""))
        if not os.path.exists(os.path.join(folder, "registry.json")):
            timed(self.program("sample", folder, "--scale", scale, *(["--events", str(events)] if events else [])))
        return folder

    def month(self):
        """The whole and its layers, in turn with the yardstick."""
        data, threads = self.made(self.arguments.scale), self.arguments.threads
        commands = {"whole run": self.attribute(data, threads)}
        for layer in ["inflate", "scan", "decode"]:
            commands[f"layers up to {layer}"] = self.layers(layer, data, threads)
        for layer in ["attribute", "write"]:
            commands[f"{layer} alone"] = self.layers(layer, data, threads)
        commands = {name: command for name, command in commands.items() if self.wants(name)}
        ratios, peaks = {name: [] for name in commands}, {}
        z_walls = []
        timed(self.yardstick(threads, f"{data}/cur", f"{data}/cloudtrail"))  # Brings the files into the system's cache.
        for _ in range(self.arguments.rounds):
            z = timed(self.yardstick(threads, f"{data}/cur", f"{data}/cloudtrail"))[0]
            z_walls.append(z)
            for name, command in commands.items():
                wall, _, peak, output = timed(command)
                alone = re.search(r"in (\d+) ms", output)
                ratios[name].append((int(alone[1]) / 1000 if alone else wall) / z)
                peaks[name] = max(peaks.get(name, 0), peak)
        for name in commands:
            self.row(name, ratios[name], "Z", peaks[name])
        print(f"{'Z, the yardstick':<44} {statistics.median(z_walls):>8.3f} {min(z_walls):>8.3f} {max(z_walls):>8.3f}  seconds")

    def growth(self):
        """Four times the input against once."""
        if not self.wants("four times the input"):
            return
        small, large = self.made(self.arguments.scale), self.made(times(self.arguments.scale, 4))
        threads, ratios, peak = self.arguments.threads, [], 0
        for data in (small, large):
            timed(self.yardstick(threads, f"{data}/cur", f"{data}/cloudtrail"))  # Brings the files into the system's cache.
        for _ in range(max(1, self.arguments.rounds // 2)):
            one = timed(self.attribute(small, threads))[0]
            four, _, peak, _ = timed(self.attribute(large, threads, "run4"))
            ratios.append(four / one)
        self.row("four times the input", ratios, "× once", peak)

    def chunk(self):
        """One single chunk of bill on two threads, against one."""
        if not self.wants("one single chunk"):
            return
        data = self.made(self.arguments.scale)
        place = os.path.join(self.folder, "chunk")
        os.makedirs(os.path.join(place, "cur"))
        names = sorted(
            os.path.join(folder, name) for folder, _, found in os.walk(f"{data}/cur/insurance") for name in found if name.endswith(".csv.gz"))
        with gzip.open(os.path.join(place, "cur", "one.csv.gz"), "wb", compresslevel=6) as target:
            # Half of the bill twice: as large as the bill.
            for number, name in enumerate(names + names):
                with gzip.open(name, "rb") as source:
                    if number:
                        source.readline()
                    shutil.copyfileobj(source, target, 1 << 20)
        command = lambda threads: self.program(
            "attribute", "--cur", f"{place}/cur", "--registry", f"{data}/registry.json", "--period", PERIOD, "--out",
            os.path.join(self.folder, "run1"), "--threads", str(threads), "--quiet")
        ratios = []
        for _ in range(self.arguments.rounds):
            one = timed(command(1))[0]
            ratios.append(timed(command(self.arguments.threads))[0] / one)
        self.row("one single chunk of bill", ratios, "× 1 thread")

    def events(self):
        """A trail of nothing but our own records, in little memory: against the yardstick, and against the same run with all memory it wants."""
        arguments = self.arguments
        names = {"whole": f"{arguments.events} events in {arguments.memory}", "disk": f"{arguments.events} events, by way of the disk"}
        if not any(self.wants(name) for name in names.values()):
            return
        data, threads = self.made(arguments.scale, arguments.events), arguments.threads
        timed(self.yardstick(threads, f"{data}/cur", f"{data}/cloudtrail"))  # Brings the files into the system's cache.
        figures, peaks = {name: [] for name in names}, {}
        for _ in range(max(1, arguments.rounds // 2)):
            z = timed(self.yardstick(threads, f"{data}/cur", f"{data}/cloudtrail"))[0]
            disk, _, peaks["whole"], _ = timed(self.attribute(data, threads, "run-disk") + ["--max-memory", arguments.memory])
            held, _, peaks["disk"], _ = timed(self.attribute(data, threads, "run-held") + ["--max-memory", "1024GiB"])
            figures["whole"].append(disk / z)
            figures["disk"].append(disk / held)
        with open(os.path.join(self.folder, "run-disk", "run.json"), encoding="utf-8") as file:
            spilled = json.load(file)["spilled_bytes"]
        if not spilled:
            sys.exit(f"bench: {arguments.memory} was enough for {arguments.events} events: nothing went to disk")
        for name in sorted(os.listdir(os.path.join(self.folder, "run-held"))):
            one, other = (open(os.path.join(self.folder, run, name), "rb").read() for run in ("run-disk", "run-held"))
            if name != "run.json" and one != other:
                sys.exit(f"bench: {name} is not the same by way of the disk")
        self.row(names["whole"], figures["whole"], "Z", peaks["whole"], f"{spilled / (1 << 20):.0f} MiB on disk")
        self.row(names["disk"], figures["disk"], "× held", peaks["disk"], "the same bytes")

    def small_files(self):
        """Many trail files of some 2 KB: all new, and none new."""
        names = {"new": f"{self.arguments.files} small trail files", "same": f"{self.arguments.files} small files, nothing changed"}
        if not any(self.wants(name) for name in names.values()):
            return
        self.trail_of_small_files()
        bill = self.program(
            "attribute", "--cur", f"{self.sample()}/cur", "--registry", f"{self.sample()}/registry.json", "--period", PERIOD, "--out",
            os.path.join(self.folder, "run2"), "--threads", str(self.arguments.threads), "--quiet")
        trail = bill + ["--cloudtrail", os.path.join(self.folder, "small")]
        cache = lambda name: ["--cache", os.path.join(self.folder, name)]
        timed(bill + cache("cache-bill"))
        timed(trail + cache("cache-small"))
        figures = {name: [] for name in names}
        for _ in range(self.arguments.rounds):
            figures["new"].append((timed(trail)[0] - timed(bill)[0]) / self.arguments.files * 1e6)
            same = timed(trail + cache("cache-small"))[0] - timed(bill + cache("cache-bill"))[0]
            figures["same"].append(same / self.arguments.files * 1e6)
        for name in names:
            if self.wants(names[name]):
                self.row(names[name], figures[name], "µs a file")

    def nights(self):
        """The month again with a cache: nothing changed, and one day of the trail new."""
        if not (self.wants("month again")):
            return
        data, threads = self.made(self.arguments.scale), self.arguments.threads
        # The same content under paths of its own, from which a day can be taken.
        trail = os.path.join(self.folder, "trail")
        files = [os.path.join(folder, name) for folder, _, found in os.walk(f"{data}/cloudtrail") for name in found]
        paths = {name: os.path.join(trail, os.path.relpath(name, f"{data}/cloudtrail")) for name in files}
        by_day = {}
        for name in files:
            by_day.setdefault(re.search(r"/(\d{4}/\d\d/\d\d)/", name)[1], []).append(name)
        of_day = max(by_day.values(), key=lambda names: sum(os.path.getsize(name) for name in names))

        def lay(names):
            for name in names:
                os.makedirs(os.path.dirname(paths[name]), exist_ok=True)
                shutil.copyfile(name, paths[name])

        lay(name for name in files if name not in set(of_day))
        command = lambda cache: self.program(
            "attribute", "--cur", f"{data}/cur", "--cloudtrail", trail, "--registry", f"{data}/registry.json", "--period", PERIOD, "--out",
            os.path.join(self.folder, "run4"), "--threads", str(threads), "--quiet", "--accept-drop", "--cache",
            os.path.join(self.folder, cache))
        time.sleep(0.1)
        timed(command("cache-before"))
        lay(of_day)
        time.sleep(0.1)
        size = lambda names: sum(os.path.getsize(name) for name in names)
        bills = [os.path.join(folder, name) for folder, _, found in os.walk(f"{data}/cur") for name in found]
        share = size(of_day) / (size(files) + size(bills))
        ratios, cold, new, unchanged = [], [], [], []
        for _ in range(self.arguments.rounds):
            z = timed(self.yardstick(threads, f"{data}/cur", f"{data}/cloudtrail"))[0]
            shutil.rmtree(os.path.join(self.folder, "cache-cold"), ignore_errors=True)
            cold.append(timed(command("cache-cold"))[0])
            # A day is a small part of all: it is measured more often.
            for _ in range(3):
                shutil.rmtree(os.path.join(self.folder, "cache-night"), ignore_errors=True)
                shutil.copytree(os.path.join(self.folder, "cache-before"), os.path.join(self.folder, "cache-night"))
                new.append(timed(command("cache-night"))[0])
                unchanged.append(timed(command("cache-night"))[0])
            ratios.append(statistics.median(unchanged[-3:]) / z)
        least = statistics.median(unchanged)
        day = (statistics.median(new) - least) / max((statistics.median(cold) - least) * share, 1e-9)
        self.row("the month again, nothing changed", ratios, "Z")
        self.row("the month again, one day new", [day], "× share", note="of what reading all costs, by the day's bytes")

    def trail_of_small_files(self):
        """The folders of thirty days, with as many files each."""
        days = []
        record = ('{"eventSource":"s3.amazonaws.com","eventID":"%d","eventTime":"2026-10-05T10:00:00Z","eventName":"GetObject",'
                  '"requestParameters":{"bucketName":"example-%d","key":"%s"}}')
        for day in range(1, 31):
            days.append(os.path.join(self.folder, "small", "AWSLogs", "111122223333", "CloudTrail", "us-east-1", "2026", "10", f"{day:02}"))
            os.makedirs(days[-1])
        for number in range(self.arguments.files):
            body = '{"Records":[' + ",".join(record % (number * 4 + i, number, "x" * 400) for i in range(4)) + "]}"
            with open(os.path.join(days[number % 30], f"{number:06}.json.gz"), "wb") as file:
                file.write(gzip.compress(body.encode(), 6))
        return days

    def sample(self):
        folder = os.path.join(self.folder, "sample")
        if not os.path.exists(folder):
            timed(self.program("sample", folder))
        return folder

    def whole_sample(self):
        if not self.wants("the sample"):
            return
        data = self.sample()
        command = self.attribute(data, self.arguments.threads, "run3") + ["--usage-log", f"{data}/usage-log"]
        timed(command)
        self.row("the sample, whole process", [timed(command)[0] * 1000 for _ in range(2 * self.arguments.rounds)], "ms")


def times(scale, factor):
    number, unit = re.fullmatch(r"(\d+)([A-Za-z]*)", scale).groups()
    return f"{int(number) * factor}{unit}"


def machine():
    """What the figures were measured on, as far as it matters."""
    model = platform.machine()
    if os.path.exists("/proc/cpuinfo"):
        found = re.search(r"model name\s*: (.*)", open("/proc/cpuinfo", encoding="utf-8").read())
        model = found[1] if found else model
    return {"processor": model, "cores": os.cpu_count(), "system": platform.system()}


def options(description):
    """What every benchmark can be told."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--bin", default=".build/release")
    parser.add_argument("--scale", default="1GB")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--data", help="a folder in which made months are kept")
    parser.add_argument("--json")
    parser.add_argument("--only", nargs="*")
    return parser


def main():
    parser = options(__doc__.splitlines()[0])
    parser.add_argument("--files", type=int, default=20_000)
    parser.add_argument("--events", type=int, default=5_000_000)
    parser.add_argument("--memory", default="256MiB")
    arguments = parser.parse_args()
    bench = Bench(arguments)
    try:
        print(f"{'':<44} {'median':>8} {'least':>8} {'most':>8}  {'unit':<10}{'MiB':>8}")
        bench.month()
        bench.growth()
        bench.chunk()
        bench.events()
        bench.small_files()
        bench.nights()
        bench.whole_sample()
    finally:
        shutil.rmtree(bench.folder, ignore_errors=True)
    if arguments.json:
        with open(arguments.json, "w", encoding="utf-8") as file:
            json.dump({"machine": machine(), "scale": arguments.scale, "threads": arguments.threads, "rows": bench.rows}, file, indent=2)
            file.write("\n")


if __name__ == "__main__":
    main()
