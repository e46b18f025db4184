"""Where the broker is and what it is trusted by: the environment, then what the last sign-in left behind.

The only place of the client that reads the environment.
"""

import json
import os
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

from client.errors import ClientError, MissingError
from client.exit_codes import Exit
from client.files import read_text, write_private

PROFILE_FILE = "profile.json"
MAX_FILE_BYTES = 1024 * 1024
DEFAULT_PORT = 443
VARIABLES: dict[str, str] = {
    "WICKET_URL": "the broker's address, such as https://gate.example.org",
    "WICKET_CA": "a PEM file: trust this authority only, instead of the system's",
    "WICKET_USER": "the user name to sign in with",
    "WICKET_PASSWORD": "the password to sign in with, where nobody can be asked",
    "WICKET_OTP": "the code of the second factor, where nobody can be asked",
    "WICKET_HOME": "the folder of profile and tokens; default: $XDG_CONFIG_HOME/wicketgate or ~/.config/wicketgate",
    "WICKET_TOKENS": "'file' keeps tokens in WICKET_HOME even where a system keyring is there",
    "WICKET_PROXY": "http://user:password@host:port of a CONNECT proxy; default: https_proxy and no_proxy",
}
"""Every variable that is read, for ``--help`` and the documentation."""


@dataclass(frozen=True, slots=True)
class Given:
    """What was given on the command line and in the environment; ``None`` where nothing was."""

    home: Path
    url: str | None = None
    ca: Path | None = None
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    otp: str | None = field(default=None, repr=False)
    tokens: str | None = None
    proxy: str | None = field(default=None, repr=False)

    def over(self, *, url: str | None = None, ca: Path | None = None, home: Path | None = None) -> "Given":
        """Let options win over the environment."""
        return replace(self, url=url or self.url, ca=ca or self.ca, home=home or self.home)


def read_environment() -> Given:
    """Read the environment, once."""
    text = {name: os.environ.get(name) or None for name in VARIABLES}
    ca, home = text["WICKET_CA"], text["WICKET_HOME"]
    base = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    return Given(
        home=Path(home) if home else base / "wicketgate",
        url=text["WICKET_URL"],
        ca=Path(ca) if ca else None,
        user=text["WICKET_USER"],
        password=text["WICKET_PASSWORD"],
        otp=text["WICKET_OTP"],
        tokens=text["WICKET_TOKENS"],
        proxy=text["WICKET_PROXY"],
    )


def child_environment(**additions: str) -> dict[str, str]:
    """Return our environment for a command that ``connect`` runs, without our secrets."""
    secret = {"WICKET_PASSWORD", "WICKET_OTP"}
    return {name: value for name, value in os.environ.items() if name not in secret} | additions


@dataclass(frozen=True, slots=True)
class ProxyAddress:
    """An HTTP CONNECT proxy."""

    host: str
    port: int
    user: str | None = None
    password: str | None = field(default=None, repr=False)

    @property
    def url(self) -> str:
        """The address without credentials."""
        return f"http://{_authority(self.host, self.port)}"


@dataclass(frozen=True, slots=True)
class Profile:
    """One broker and one user at it. ``ca`` is PEM text; ``tokens`` says where they are kept: keyring or file."""

    url: str
    user: str = ""
    ca: str | None = None
    tokens: str = "file"

    @property
    def host(self) -> str:
        """The broker's host name."""
        return urlsplit(self.url).hostname or ""

    @property
    def port(self) -> int:
        """The broker's port."""
        return urlsplit(self.url).port or DEFAULT_PORT

    @property
    def websocket_url(self) -> str:
        """The address with the scheme of WebSockets."""
        return "wss" + self.url.removeprefix("https")

    def trust(self) -> ssl.SSLContext:
        """Return the TLS context that believes this profile's authority only."""
        from tunnel.tls import client_context

        try:
            return client_context(self.ca)
        except ssl.SSLError as error:
            raise ClientError("The CA file holds no certificate.", exit_code=Exit.USAGE) from error


def profile_of(given: Given) -> Profile:
    """Return the profile to work with: what is given wins over what is stored; raise ``MissingError`` without URL."""
    stored = _stored(given.home)
    url = checked_url(given.url) if given.url else str(stored.get("url") or "")
    if not url:
        raise MissingError("The broker's address", "Give --url or set WICKET_URL; after a sign-in it is remembered.")
    same = url == stored.get("url")
    ca = read_text(given.ca, MAX_FILE_BYTES) if given.ca else stored.get("ca") if same else None
    user, tokens = (str(stored.get("user", "")), str(stored.get("tokens", "file"))) if same else ("", "file")
    return Profile(url, user, ca, tokens)


def save_profile(home: Path, profile: Profile) -> None:
    """Remember the profile."""
    values = {"url": profile.url, "user": profile.user, "ca": profile.ca, "tokens": profile.tokens}
    write_private(home / PROFILE_FILE, json.dumps(values, indent=2).encode())


def checked_url(url: str) -> str:
    """Return ``https://host[:port]``; a URL with anything else is refused."""
    parts = urlsplit(url if "://" in url else f"https://{url}")
    try:
        port = parts.port
    except ValueError:
        port = 0
    plain = (
        parts.scheme == "https" and parts.path in ("", "/") and not (parts.query or parts.fragment or parts.username)
    )
    if not plain or not parts.hostname or port == 0:
        raise ClientError(
            f"{url!r} is no address of a broker.", hint="Write https://host[:port].", exit_code=Exit.USAGE
        )
    return "https://" + (_authority(parts.hostname, port) if port else _bracketed(parts.hostname))


def proxy_for(profile: Profile, given: Given) -> ProxyAddress | None:
    """Return the proxy on the way to the broker: WICKET_PROXY, or the system's variables."""
    if given.proxy:
        return _proxy(given.proxy)
    found: Mapping[str, str] = getproxies()
    url = found.get("https") or found.get("all")
    if not url or proxy_bypass(profile.host):
        return None
    return _proxy(url)


def _proxy(url: str) -> ProxyAddress:
    parts = urlsplit(url if "://" in url else f"http://{url}")
    if parts.scheme != "http" or not parts.hostname:
        raise ClientError(
            "The proxy's address must look like http://host:port.",
            hint="Only HTTP CONNECT proxies are spoken to; what goes through them is TLS in any case.",
            exit_code=Exit.USAGE,
        )
    user = unquote(parts.username) if parts.username else None
    return ProxyAddress(parts.hostname, parts.port or 8080, user, unquote(parts.password) if parts.password else None)


def _authority(host: str, port: int) -> str:
    return f"{_bracketed(host)}:{port}"


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _stored(home: Path) -> dict[str, Any]:
    path = home / PROFILE_FILE
    try:
        values = json.loads(path.read_bytes())
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise ClientError(f"{path} cannot be read: {error}", hint="Remove it and sign in again.") from error
    return values if isinstance(values, dict) else {}
