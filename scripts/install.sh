#!/bin/sh
# Install the office from the offline bundle: check every file, make .venv, install the wheels. No registry is asked.
set -eu
cd "$(dirname "$0")"
if [ ! -d wheels ]; then
    echo "This is not an unpacked bundle: wheels/ is missing. With a package registry, use: make run" >&2
    exit 1
fi
sha256sum --quiet -c SHA256SUMS || { echo "The bundle is damaged or was changed; fetch it again." >&2; exit 1; }
scripts/make_venv.sh .venv
.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-index --find-links wheels \
    -r requirements.txt -c constraints.txt
touch .venv/.runtime-installed
echo "Installed. Demonstration office: make run.  A real one: README, Start."
