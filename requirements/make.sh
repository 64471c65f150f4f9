#!/bin/sh
# Makes the locks anew from pyproject.toml: names, versions and hashes, for every platform; no index address.
set -eu
cd "$(dirname -- "$0")/.."
for extra in client desktop server home dev; do
    uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header \
        --no-emit-index-url --no-emit-find-links --no-emit-package hive-mind \
        --extra "$extra" --output-file "requirements/$extra.lock" "$@" pyproject.toml
done
uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header \
    --no-emit-index-url --no-emit-find-links --group pyproject.toml:audit --output-file requirements/audit.lock "$@"
