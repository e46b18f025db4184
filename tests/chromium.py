"""The Chromium that tests drive."""

CHROMIUM = "/usr/bin/chromium"
