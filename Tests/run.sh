#!/usr/bin/env bash
# Runs every test, or those named: unit, conformance, oracle, fuzz, foreign, browser, trends, docs, bench. Ends with a line for each and fails if any failed.
set -uo pipefail
cd "$(dirname "$0")/.."

steps=("$@")
[ ${#steps[@]} -eq 0 ] && steps=(unit conformance oracle fuzz foreign browser trends docs bench)
program=.build/release/apportion
summary=()
failed=0

# step NAME LOG COMMAND…: runs it, shows what it prints, and keeps its last "N passed, M failed".
note() {
    local name=$1 log=$2 code=$3 counts
    counts=$(grep -Eo '[0-9]+ passed, [0-9]+ failed' "$log" | tail -1)
    [ -n "$counts" ] || { counts='0 passed, 1 failed'; code=1; }
    [ "$code" -eq 0 ] || failed=1
    summary+=("$(printf '%-32s %7s passed, %s failed' "$name" "${counts%% *}" "$(echo "$counts" | cut -d' ' -f3)")")
}

unit() {
    local log=.build/unit.log code
    swift build --build-tests >.build/build.log 2>&1 || { cat .build/build.log; summary+=('build failed'); failed=1; return; }
    swift test --skip-build 2>&1 | tee "$log" | grep -vE '^(◇|✔|􀟈|􁁛) .*(started|passed)' ; code=${PIPESTATUS[0]}
    # Swift Testing closes with "Test run with N tests … passed" or "… failed … with M issues".
    local count issues
    count=$(grep -Eo 'Test run with [0-9]+ tests?' "$log" | tail -1 | grep -Eo '[0-9]+')
    issues=$(grep -Eo 'with [0-9]+ issues?' "$log" | tail -1 | grep -Eo '[0-9]+')
    echo "${count:-0} passed, ${issues:-0} failed" >>"$log"
    [ "${count:-0}" -gt 0 ] || code=1
    note 'unit, golden and error tests' "$log" "$code"
}

conformance() {
    if [ ! -e ../shared/conformance/check.py ]; then
        echo 'no conformance cases beside this checkout: the golden tests cover the same ground'
        return
    fi
    local log=.build/conformance.log code=0
    { python3 ../shared/conformance/check.py --bin "$program" --threads 1,2,7 &&
      python3 ../shared/conformance/check.py --bin "$program" --threads 1,2,7 --extra '--window 7' &&
      rm -rf .build/cache && python3 ../shared/conformance/check.py --bin "$program" --threads 1,2,7 --extra "--cache $PWD/.build/cache"; } 2>&1 | tee "$log" | grep -v '^ok'
    code=${PIPESTATUS[0]}
    note 'conformance' "$log" "$code"
}

oracle() {
    local log=.build/oracle.log
    python3 Tests/Oracle/differential.py --bin "$program" --rounds "${ROUNDS:-400}" --seed "${SEED:-1}" 2>&1 | tee "$log"
    note 'random worlds against the twin' "$log" "${PIPESTATUS[0]}"
}

fuzz() {
    local log=.build/fuzz.log
    sh Tests/build.sh apportion-fuzz || { failed=1; return; }
    .build/release/apportion-fuzz --rounds "${ROUNDS:-10000}" --seed "${SEED:-1}" 2>&1 | tee "$log"
    note 'damaged inputs' "$log" "${PIPESTATUS[0]}"
}

foreign() {
    local log=.build/foreign.log
    bash Tests/ForeignBill/run.sh --bin "$program" 2>&1 | tee "$log" | grep -v '^ok'
    note "a bill of another's making" "$log" "${PIPESTATUS[0]}"
}

# The report in a real browser.
browser() {
    local log=.build/browser.log
    { sh Tests/Browser/setup.sh && .build/browser/bin/python Tests/Browser/browse.py --bin "$program" ${PICTURES:+--pictures "$PICTURES"}; } 2>&1 | tee "$log"
    note 'the report in a browser' "$log" "${PIPESTATUS[0]}"
}

# What trends would have said in generated years, as docs/trends.md tells it.
trends() {
    local log=.build/trends.log
    python3 Tests/Trends/backtest.py --bin "$program" --page docs/trends.md 2>&1 | tee "$log"
    note 'looking back on trends' "$log" "${PIPESTATUS[0]}"
}

docs() {
    local log=.build/docs.log
    python3 Tests/Docs/check.py --bin "$program" 2>&1 | tee "$log"
    note 'documentation' "$log" "${PIPESTATUS[0]}"
}

# The benchmarks at a tiny scale: that they run and measure everything, not what they measure.
bench() {
    local log=.build/bench.log code=0
    sh Tests/build.sh apportion apportion-inflate apportion-layers || { failed=1; return; }
    python3 Benchmarks/bench.py --scale 8MB --rounds 3 --files 300 --events 20000 --memory 1MiB --json .build/bench.json 2>&1 | tee "$log"
    code=${PIPESTATUS[0]}
    if [ "$code" -eq 0 ]; then
        python3 -c '
import json
rows = json.load(open(".build/bench.json"))["rows"]
wrong = [row["name"] for row in rows if not row["rounds"]]
print(f"{len(rows) - len(wrong)} passed, {len(wrong) + (15 - len(rows) if len(rows) < 15 else 0)} failed")' >>"$log"
    fi
    note 'benchmarks, tiny' "$log" "$code"
}

mkdir -p .build
sh Tests/build.sh apportion || exit 1
for step in "${steps[@]}"; do
    echo "== $step"
    "$step"
done
echo
printf '%s\n' "${summary[@]}"
exit "$failed"
