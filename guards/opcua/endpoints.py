"""Where a server can be reached and how: as it says, and as tools are told (OPC 10000-4 1.05, 5.5, 7.2, 7.14, 7.42)."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from guards.opcua.binary import Reader, array, blob, int32, string
from guards.opcua.outside import NO_SECURITY, SIGN, SIGN_AND_ENCRYPT
from guards.opcua.passwords import can_seal
from guards.opcua.security import NO_POLICY, POLICY, Identity

ANONYMOUS, USER_NAME = 0, 1
_BINARY = "http://opcfoundation.org/UA-Profile/Transport/uatcp-uasc-uabinary"
_LEVELS = {SIGN: 0x10, SIGN_AND_ENCRYPT: 0x20}


class Application(NamedTuple):
    """An ApplicationDescription; ``about`` is what stands between its URI and its URLs, as it is encoded."""

    uri: str | None
    about: bytes
    urls: tuple[str | None, ...]

    def encoded(self) -> bytes:
        """Return its encoding."""
        return string(self.uri) + self.about + array([string(url) for url in self.urls])


class TokenPolicy(NamedTuple):
    """A UserTokenPolicy: one way to say who one is; ``policy_uri`` says how secrets are encrypted."""

    policy_id: str | None
    kind: int
    issued: str | None
    issuer: str | None
    policy_uri: str | None

    def encoded(self) -> bytes:
        """Return its encoding."""
        return string(self.policy_id) + int32(self.kind) + b"".join(map(string, self[2:]))


class Endpoint(NamedTuple):
    """An EndpointDescription."""

    url: str | None
    server: Application
    certificate: bytes | None
    mode: int
    policy_uri: str | None
    tokens: tuple[TokenPolicy, ...]
    transport: str | None
    level: int

    @property
    def is_plain(self) -> bool:
        """Whether it is one that is spoken with devices: OPC UA over TCP, without security."""
        return (
            self.mode == NO_SECURITY
            and self.policy_uri in {NO_POLICY, "", None}
            and self.transport in {_BINARY, "", None}
        )

    def encoded(self) -> bytes:
        """Return its encoding."""
        head = string(self.url) + self.server.encoded() + blob(self.certificate) + int32(self.mode)
        tokens = array([token.encoded() for token in self.tokens])
        return head + string(self.policy_uri) + tokens + string(self.transport) + bytes([self.level])


def application(reader: Reader) -> Application:
    """Read an ApplicationDescription; raises ``LayoutError``."""
    uri, start = reader.string(), reader.at
    reader.string()
    reader.localized_text()
    reader.int32()
    reader.string()
    reader.string()
    about = reader.since(start)
    return Application(uri, about, tuple(reader.array(Reader.string)))


def endpoint(reader: Reader) -> Endpoint:
    """Read an EndpointDescription; raises ``LayoutError``."""
    url, server, certificate = reader.string(), application(reader), reader.blob()
    mode, policy_uri, tokens = reader.int32(), reader.string(), reader.array(_token)
    return Endpoint(url, server, certificate, mode, policy_uri, tuple(tokens), reader.string(), reader.byte())


def _token(reader: Reader) -> TokenPolicy:
    return TokenPolicy(reader.string(), reader.int32(), reader.string(), reader.string(), reader.string())


def offered(endpoints: Iterable[Endpoint], url: str, identity: Identity | None) -> list[Endpoint]:
    """Return what tools are offered, under the URL that they called: the device's own, and ours with security."""
    found: list[Endpoint] = []
    for plain in endpoints:
        if plain.is_plain:
            here = plain._replace(url=url, server=plain.server._replace(urls=(url,)))
            found += (here, *_secured(here, identity))
    return found


def _secured(plain: Endpoint, identity: Identity | None) -> Iterator[Endpoint]:
    if identity is None:
        return
    tokens = tuple(_kept(plain.tokens))
    if plain.tokens and not tokens:
        return
    server = plain.server._replace(uri=identity.application_uri)
    for mode, level in _LEVELS.items():
        yield plain._replace(
            server=server, certificate=identity.certificate, mode=mode, policy_uri=POLICY, tokens=tokens, level=level
        )


def _kept(tokens: Iterable[TokenPolicy]) -> Iterator[TokenPolicy]:
    """Yield the ways to say who one is that can be carried over: names with passwords, encrypted for us, and nobody."""
    for token in tokens:
        if token.kind == ANONYMOUS:
            yield token._replace(policy_uri=None)
        elif token.kind == USER_NAME and can_seal(token.policy_uri):
            yield token._replace(policy_uri=POLICY)
