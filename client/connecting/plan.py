"""What ``wicket connect`` was asked to do."""

from dataclasses import dataclass

from client.requesting import Wish

HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Plan:
    """What to connect, how to ask for it, and what to run. ``local`` 0 lets the system choose the port."""

    asset: str
    wish: Wish
    local: int = 0
    grant: str | None = None
    otp: str | None = None
    wait: bool = False
    accept_banner: bool = False
    command: tuple[str, ...] = ()
