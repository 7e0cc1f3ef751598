#!/bin/sh
# Builds products in release mode; says nothing unless the build fails.
set -eu
mkdir -p .build
# With Swift's runtime in it the program starts in half the time, and runs where no Swift is. Only Linux's toolchains have it to link.
static=
if [ "$(uname)" = Linux ] && [ -d "$(dirname "$(readlink -f "$(command -v swift)")")/../lib/swift_static" ]; then
    static=--static-swift-stdlib
fi
for product in "$@"; do
    swift build -c release $static --product "$product" >.build/build.log 2>&1 || { cat .build/build.log; exit 1; }
done
