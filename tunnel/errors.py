"""Why a connection did not become a stream."""


class UpgradeError(Exception):
    """The connection did not become a stream."""


class UpgradeRefusedError(UpgradeError):
    """The broker, or a proxy (codes ``proxy_*``), answered and said no.

    Carries the HTTP status and what the problem document (RFC 9457) said; texts are at most 500 characters.
    """

    def __init__(self, status: int, code: str, title: str, detail: str) -> None:
        super().__init__(f"{status} {code}: {detail or title}")
        self.status, self.code, self.title, self.detail = status, code, title, detail


class UpgradeFailedError(UpgradeError):
    """There is no understandable answer.

    ``code``: ``unreachable``, ``untrusted`` (certificate), ``tls``, ``timeout``, ``closed``, ``malformed``.
    """

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code, self.detail = code, detail


class NotAnUpgradeError(UpgradeError):
    """Server side: the request does not ask for our protocol, or has a body (answer 426)."""


class EarlyBytesError(UpgradeError):
    """Server side: bytes came before the ``101`` (answer 400)."""


class PeerGoneError(UpgradeError):
    """Server side: the peer left while it was being authorised."""
