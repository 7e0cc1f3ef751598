#!/bin/sh
# Builds products in release mode; says nothing unless the build fails.
set -eu
mkdir -p .build
for product in "$@"; do
    swift build -c release --product "$product" >.build/build.log 2>&1 || { cat .build/build.log; exit 1; }
done
