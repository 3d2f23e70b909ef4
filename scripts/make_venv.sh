#!/bin/sh
# Make the virtual environment in $1 (default .venv) with the first Python 3.11 or 3.12 found.
# Debian splits venv into a package of its own: where it is missing, use the system's pip, or apt as root.
set -eu
target=${1:-.venv}
[ -x "$target/bin/python" ] && "$target/bin/python" -m pip --version >/dev/null 2>&1 && exit 0

fits() {
    "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 12))' 2>/dev/null
}

python=
for name in ${PYTHON:-} python3.12 python3.11 python3 python; do
    if command -v "$name" >/dev/null && fits "$name"; then
        python=$name
        break
    fi
done
if [ -z "$python" ]; then
    echo "No Python 3.11 or 3.12 found. Install one, or name it: make PYTHON=/path/to/python3.12 run" >&2
    exit 1
fi

with_own_pip() {
    "$python" -m venv --clear "$target" >/dev/null 2>&1
}

with_system_pip() {
    "$python" -m pip --version >/dev/null 2>&1 &&
        "$python" -m venv --clear --without-pip "$target" >/dev/null 2>&1 &&
        "$python" -m pip --python "$target/bin/python" install --quiet pip
}

with_apt() {
    [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || return 1
    version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    apt-get update -q >&2 &&
        { apt-get install -q -y --no-install-recommends "python$version-venv" >&2 ||
            apt-get install -q -y --no-install-recommends python3-venv >&2; } &&
        with_own_pip
}

if ! with_own_pip && ! with_system_pip && ! with_apt; then
    rm -rf "$target"
    echo "Cannot make a virtual environment with $python. Install its venv module (Debian: apt-get install python3-venv)." >&2
    exit 1
fi
