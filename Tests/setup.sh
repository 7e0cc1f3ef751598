#!/bin/sh
# Installs what building and testing need and the machine lacks: zlib's header, and python3 for the twin and the documentation's check.
set -eu

missing=''
if ! printf '#include <zlib.h>\nint main(void) { return zlibVersion() == 0; }\n' | ${CC:-cc} -x c -fsyntax-only - 2>/dev/null &&
   ! printf '#include <zlib.h>\nint main(void) { return zlibVersion() == 0; }\n' | clang -x c -fsyntax-only - 2>/dev/null; then
    missing="$missing zlib"
fi
command -v python3 >/dev/null 2>&1 || missing="$missing python3"
command -v swift >/dev/null 2>&1 || { echo 'error: no Swift toolchain found; install Swift 6.3 or later from swift.org' >&2; exit 1; }
[ -z "$missing" ] && exit 0

as_root=''
[ "$(id -u)" -eq 0 ] || as_root=sudo
if command -v apt-get >/dev/null 2>&1; then
    packages=$(echo "$missing" | sed 's/zlib/zlib1g-dev/')
    echo "installing with apt-get:$packages"
    $as_root apt-get update -qq
    DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq $packages >/dev/null
elif command -v dnf >/dev/null 2>&1; then
    packages=$(echo "$missing" | sed 's/zlib/zlib-devel/')
    echo "installing with dnf:$packages"
    $as_root dnf install -y -q $packages
elif command -v brew >/dev/null 2>&1; then
    echo "installing with brew:$missing"
    brew install $missing
else
    echo "error: please install:$missing" >&2
    exit 1
fi
