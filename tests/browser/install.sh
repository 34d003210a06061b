#!/bin/sh
# Find a Chromium for the browser tests: one already here, the distribution's, or Playwright's.
# Where there is a package of it without a window of its own, that one: a page takes half the time.
python=$1

works() { # a snap's stub is on the PATH too, but starts no browser
    timeout 20 "$1" --version >/dev/null 2>&1
}

found() {
    for name in chromium-headless-shell chromium chromium-browser google-chrome google-chrome-stable; do
        path=$(command -v "$name") && works "$path" && return 0
    done
    path=$("$python" -c 'from playwright.sync_api import sync_playwright as p
with p() as play: print(play.chromium.executable_path)' 2>/dev/null) && [ -x "$path" ] && works "$path"
}

sudo=
[ "$(id -u)" = 0 ] || sudo="sudo -n"
light=chromium-headless-shell
if ! command -v $light >/dev/null && { $sudo true && apt-cache show $light; } >/dev/null 2>&1; then
    echo "Installing the distribution's Chromium for the browser tests (once) ..."
    timeout 180 $sudo apt-get install -y -qq $light fonts-noto-cjk >/dev/null 2>&1
fi
found && exit 0
if command -v apt-get >/dev/null; then
    echo "Installing the distribution's Chromium for the browser tests (once) ..."
    { $sudo apt-get update -qq && $sudo apt-get install -y -qq chromium fonts-noto-cjk; } >/dev/null 2>&1
    found && exit 0
fi
echo "Installing Playwright's Chromium for the browser tests (once) ..."
timeout 180 "$python" -m playwright install chromium >/dev/null 2>&1
found && exit 0
echo "No Chromium: the browser tests will fail. Install one: sudo apt-get install chromium" >&2
