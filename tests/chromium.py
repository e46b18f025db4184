"""The Chromium that tests drive: Debian's headless shell, which draws no window of its own and takes half the time."""

CHROMIUM = "/usr/bin/chromium-headless-shell"
