"""Speed and memory of the real programs, next to OpenSSH in the same run: ``make bench``."""
