#!/bin/sh
# A browser, and what drives it, in a throw-away environment under .build: Debian's Chromium, or the one that CHROMIUM names.
set -eu

if [ -z "${CHROMIUM:-}" ] && ! command -v chromium >/dev/null 2>&1; then
    command -v apt-get >/dev/null 2>&1 || { echo 'no Chromium here: name one in CHROMIUM' >&2; exit 3; }
    as_root=''
    [ "$(id -u)" -eq 0 ] || as_root=sudo
    $as_root apt-get update -qq
    DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core >/dev/null
fi
if [ ! -x .build/browser/bin/python ] || ! cmp -s Tests/Browser/requirements.txt .build/browser/requirements.txt; then
    rm -rf .build/browser
    python3 -m venv .build/browser
    .build/browser/bin/pip install -q --disable-pip-version-check -r Tests/Browser/requirements.txt
    cp Tests/Browser/requirements.txt .build/browser/requirements.txt
fi
