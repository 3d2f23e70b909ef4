#!/bin/sh
# See to a Chromium for the browser tests and print where it is: the system's (the shell without windows first, for it needs
# half the time); else playwright's own build; else apt's where it may. Without any it prints nothing and ends well: the
# tests then skip, or fail where DESK_TEST_REQUIRE names "browser". Playwright's build goes to .browsers/, beside this
# tree's other made things.
set -eu
python=${1:-.venv/bin/python}
browsers=${PLAYWRIGHT_BROWSERS_PATH:-$(pwd)/.browsers}

find_one() {
    for name in ${DESK_TEST_CHROMIUM:-} chromium-headless-shell chromium chromium-browser google-chrome google-chrome-stable; do
        command -v "$name" && return 0
    done
    found=$(find "$browsers" -type f \( -name chrome -o -name headless_shell -o -name chrome-headless-shell \) 2>/dev/null | sort -r | head -n 1)
    [ -n "$found" ] && echo "$found"
}

find_one && exit 0
echo "No Chromium on this machine; trying playwright's own build ..." >&2
PLAYWRIGHT_BROWSERS_PATH=$browsers timeout 300 "$python" -m playwright install chromium >&2 || true
find_one && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "Trying apt ..." >&2
    { apt-get update -q && apt-get install -q -y --no-install-recommends chromium fonts-noto-cjk; } >&2 || true
    find_one && exit 0
fi
echo "No Chromium could be had: the browser tests will be skipped." >&2
