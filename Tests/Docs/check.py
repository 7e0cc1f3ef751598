#!/usr/bin/env python3
"""Whether the documentation shows what the program prints.

Every block that begins with ```console holds commands (`$ …`) and their output. Each command is run from the project's root with the
built program in the path, and what it prints must be what stands there, byte for byte. The block of `make test` is held against
the names of its steps only, as counts grow. A page with the line `<!-- run in an empty folder -->` is run in one, from its first command
to its last, as its reader would.

With --update the pages are rewritten to show what is printed now: read the diff before you believe it.

usage: check.py --bin PATH [--update] [FILE…]
"""
import argparse
import os
import re
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def documents():
    found = [os.path.join(ROOT, "README.md"), os.path.join(ROOT, "SampleData", "README.md")]
    for folder, _, names in os.walk(os.path.join(ROOT, "docs")):
        found += [os.path.join(folder, name) for name in names if name.endswith(".md")]
    return sorted(found)


def blocks(path):
    """The console blocks of a page: (line, [(command, expected output, the lines of the output)])."""
    lines = open(path, encoding="utf-8").read().split("\n")
    at = 0
    while at < len(lines):
        if lines[at].strip() != "```console":
            at += 1
            continue
        start = at + 1
        at = start
        commands = []
        while at < len(lines) and lines[at].strip() != "```":
            line = lines[at]
            if line.startswith("$ "):
                command = line[2:]
                while command.endswith("\\"):
                    at += 1
                    command = command[:-1] + lines[at].lstrip("> ").strip()
                commands.append([command, [], at + 1])
            elif commands:
                commands[-1][1].append(line)
            at += 1
        yield start, [
            (command, "\n".join(output).rstrip("\n"), (first, first + len(output))) for command, output, first in commands
        ]


def run(command, environment, folder):
    done = subprocess.run(["bash", "-c", command], cwd=folder, env=environment, capture_output=True, text=True, timeout=900)
    return (done.stdout + done.stderr).rstrip("\n")


def steps(text):
    """The names of the steps in the closing lines of `make test`."""
    return re.findall(r"^(\S.*?) +\d+ passed, \d+ failed$", text, re.M)


def rewrite(path, changes):
    """Puts new outputs in the place of old ones, from the end, so that line numbers stay true."""
    if not changes:
        return
    lines = open(path, encoding="utf-8").read().split("\n")
    for (first, end), output in reversed(changes):
        blank = [""] if end < len(lines) and lines[end].startswith("$ ") and end > first and lines[end - 1] == "" else []
        lines[first:end] = (output.split("\n") if output else []) + blank
    open(path, "w", encoding="utf-8").write("\n".join(lines))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bin", required=True)
    parser.add_argument("--update", action="store_true")
    parser.add_argument("files", nargs="*")
    arguments = parser.parse_args()
    passed = failed = 0
    with tempfile.TemporaryDirectory() as folder:
        os.symlink(os.path.abspath(arguments.bin), os.path.join(folder, "apportion"))
        # A make within make would tell of folders entered.
        outer = {name: value for name, value in os.environ.items() if not name.startswith("MAKE") and name != "MFLAGS"}
        outer.pop("COLUMNS", None)
        environment = dict(outer, PATH=folder + os.pathsep + os.environ["PATH"], LC_ALL="C.UTF-8")
        for path in arguments.files or documents():
            name = os.path.relpath(path, ROOT)
            changes = []
            with open(path, encoding="utf-8") as page:
                is_apart = "<!-- run in an empty folder -->" in page.read()
            place = tempfile.mkdtemp(dir=folder) if is_apart else ROOT
            for line, commands in blocks(path):
                for command, expected, lines in commands:
                    if command == "make test":
                        source = open(os.path.join(ROOT, "Tests", "run.sh"), encoding="utf-8").read()
                        wrong = [step for step in steps(expected) if f"'{step}'" not in source and f'"{step}"' not in source]
                        wrong += [] if steps(expected) else ["no steps are shown"]
                        problem = f"unknown steps: {wrong}" if wrong else None
                    else:
                        got = run(command, environment, place)
                        if got != expected and arguments.update:
                            changes.append((lines, got))
                            print(f"updated {name}:{lines[0]}: $ {command}")
                            expected = got
                        problem = None if got == expected else f"prints\n{got}\n     but the page shows\n{expected}"
                    if problem:
                        failed += 1
                        print(f"FAIL {name}:{line}: $ {command}\n     {problem}")
                    else:
                        passed += 1
            rewrite(path, changes)
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed or not passed else 0)


main()
