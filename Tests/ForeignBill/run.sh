#!/usr/bin/env bash
# A bill that nobody here wrote: koku-nise generates a Cost and Usage Report, apportion reads it as it is, then with some rows made charges.
# usage: run.sh [--bin PATH] [--seed N] [--keep DIR]
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
nise='koku-nise==5.4.4'
period=2026-10
first=2026-10-01
last=2026-10-11

program=$here/../../.build/release/apportion
seed=1
keep=
while [ $# -gt 0 ]; do
    case $1 in
        --bin | --seed | --keep)
            [ $# -gt 1 ] || { echo "run.sh: $1 needs a value" >&2; exit 64; } ;;
    esac
    case $1 in
        --bin) program=$2; shift 2 ;;
        --seed) seed=$2; shift 2 ;;
        --keep) keep=$2; shift 2 ;;
        *) echo 'usage: run.sh [--bin PATH] [--seed N] [--keep DIR]' >&2; exit 64 ;;
    esac
done
case $seed in *[!0-9]* | '') echo "run.sh: --seed is a number, not '$seed'" >&2; exit 64 ;; esac
[ -x "$program" ] || { echo "run.sh: no program at $program" >&2; exit 66; }
program=$(cd "$(dirname "$program")" && pwd)/$(basename "$program")
[ -z "$keep" ] || { mkdir -p "$keep" && keep=$(cd "$keep" && pwd) || exit 73; }

work=$(mktemp -d) || exit 73
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
export PYTHONDONTWRITEBYTECODE=1

give_up() {
    echo "FAILED: $1"
    [ -z "${2:-}" ] || tail -n 20 "$2"
    echo '0 passed, 1 failed'
    exit 1
}

echo "installing $nise"
python3 -m venv "$work/venv" >"$work/venv.log" 2>&1 || give_up 'no virtual environment (python3-venv?)' "$work/venv.log"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check "$nise" >"$work/pip.log" 2>&1 ||
    give_up "pip could not install $nise (it needs Python 3.11 or newer)" "$work/pip.log"

# The command `nise`, with its dice seeded, so that a seed gives the same rows again. It writes its files where it stands.
mkdir "$work/bucket" "$work/scratch"
cat >"$work/seeded.py" <<'PYTHON'
import random
import sys

from faker import Faker
from nise.__main__ import main

seed = int(sys.argv.pop(1))
random.seed(seed)
Faker.seed(seed)
sys.exit(main())
PYTHON
echo "nise report aws, $first to $last, seed $seed"
(cd "$work/scratch" && TMPDIR=$work/scratch PYTHONHASHSEED=1 "$work/venv/bin/python" "$work/seeded.py" "$seed" \
    report aws --start-date "$first" --end-date "$last" --file-row-limit 5000 \
    --aws-s3-bucket-name "$work/bucket" --aws-s3-report-name cur --aws-s3-report-prefix reports) >"$work/nise.log" 2>&1 ||
    give_up 'nise ended with an error' "$work/nise.log"

python3 "$here/convert.py" --bucket "$work/bucket" --to "$work/converted" --registry "$work/registry.json" \
    --expected "$work/expected.json" --period "$period" --seed "$seed" || give_up 'convert.py ended with an error'
python3 "$here/check.py" --bin "$program" --work "$work" --period "$period"
code=$?
if [ -n "$keep" ]; then
    for name in bucket converted registry.json expected.json runs; do
        if [ -e "$work/$name" ]; then cp -R "$work/$name" "$keep/"; fi
    done
fi
exit "$code"
