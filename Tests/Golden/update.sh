#!/usr/bin/env bash
# Makes the expected files of the golden cases anew, or of those named.
#
#     Tests/Golden/update.sh [--bin PATH] [CASE…]
#
# expected/       by the twin (Tests/Oracle/oracle.py), never by the program that is tested
# expected-more/  by the program: what only it writes. Read `git diff` before you believe it.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
bin=$root/.build/release/apportion
if [ "${1:-}" = --bin ]; then
    bin=$(realpath "$2")
    shift 2
fi
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cases=("$@")
if [ ${#cases[@]} -eq 0 ]; then
    for folder in "$here"/cases/*/; do cases+=("$(basename "$folder")"); done
fi
for name in "${cases[@]}"; do
    cd "$here/cases/$name"
    mapfile -t arguments < arguments.txt
    wanted=0
    if [ -f exit.txt ]; then wanted=$(cat exit.txt); fi
    for side in twin program; do
        command=("$root/Tests/Oracle/oracle.py")
        if [ $side = program ]; then command=("$bin"); fi
        code=0
        "${command[@]}" attribute "${arguments[@]}" --out "$scratch/$side/$name" --quiet 2> "$scratch/stderr" || code=$?
        if [ "$code" != "$wanted" ]; then
            echo "$name: the $side ended with $code, but $wanted is expected: $(cat "$scratch/stderr")" >&2
            exit 1
        fi
    done
    rm -rf expected expected-more
    mkdir expected expected-more
    for file in allocations.csv spend-cards.csv agent-bills.csv gaps.csv agent-bills.json reconciliation.json; do
        cp "$scratch/twin/$name/$file" expected/
    done
    for file in agent-bills.json gaps.csv spend-cards.json rejected.csv; do
        if [ -f "$scratch/program/$name/$file" ]; then
            # The fingerprint of a run changes with the version; the test passes it over.
            sed '/^ *"run_id": /d' "$scratch/program/$name/$file" > "expected-more/$file"
        fi
    done
    echo "$name"
done
