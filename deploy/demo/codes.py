"""Prints the present code of the second factor of every user of a running demo."""

import json
import time
from pathlib import Path

import pyotp

FACTS = Path(".demo/demo.json")


def main() -> None:
    """Print user, code, and how long it holds."""
    try:
        users = json.loads(FACTS.read_text())["users"]
    except FileNotFoundError:
        raise SystemExit("No demo runs in this folder. Start one with: make demo") from None
    left = 30 - int(time.time()) % 30
    for name, user in users.items():
        print(f"{name:12} {pyotp.TOTP(user['totp_secret']).now()}   ({left} s)")


if __name__ == "__main__":
    main()
