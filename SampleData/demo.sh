#!/bin/sh
# The main job on the sample: a month of Example Insurance, from synced files to spend cards.
set -eu
exec .build/release/apportion attribute --cur SampleData/cur --cloudtrail SampleData/cloudtrail --usage-log SampleData/usage-log \
    --registry SampleData/registry.json --period 2026-10 --out runs/2026-10 2>&1
