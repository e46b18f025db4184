"""Ports for programs that cannot bind to port 0 and say which one it became."""

import random
import socket

# Below what Linux gives to outgoing connections, so that nobody takes it by accident before the program has it.
FIRST, LAST = 10_240, 32_767
TRIES = 100


def free_port(kind: socket.SocketKind = socket.SOCK_STREAM) -> int:
    """Return a loopback port that nobody had a moment ago, for TCP or (``SOCK_DGRAM``) UDP."""
    for _ in range(TRIES):
        port = random.SystemRandom().randint(FIRST, LAST)
        with socket.socket(socket.AF_INET, kind) as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise OSError(f"no free loopback port between {FIRST} and {LAST} after {TRIES} tries")
