"""Plain words for what can stand between an agent and its broker: code, what happened, what to do."""

import ssl

import aiohttp

from tunnel.errors import UpgradeError, UpgradeFailedError, UpgradeRefusedError

_NOT_YET_VALID, _EXPIRED, _HOSTNAME, _ADDRESS = 9, 10, 62, 64  # X509_V_ERR_* of OpenSSL's x509_vfy.h

_UNTRUSTED = {
    _NOT_YET_VALID: ("clock_off", "the broker's certificate is not valid yet: this machine's clock is behind; set it"),
    _EXPIRED: ("clock_off", "the broker's certificate has expired, or this machine's clock is ahead: check it first"),
    _HOSTNAME: ("wrong_name", "the broker's certificate is for another host name: use the name that it was made for"),
    _ADDRESS: ("wrong_name", "the broker's certificate is for another address: use the name that it was made for"),
}
_STRANGER = (
    "untrusted",
    "the server is not the broker that this agent enrolled with: an interceptor (a TLS-inspecting proxy must let this "
    "address through untouched), or a broker with a new CA (enrol again)",
)
_PROXY_PASSWORD = "the proxy wants a user and password that it accepts (proxy.user, proxy.password_file)"  # noqa: S105
_PROXY = {
    401: ("proxy_refused", _PROXY_PASSWORD),  # what tinyproxy answers
    407: ("proxy_refused", _PROXY_PASSWORD),
    403: ("proxy_refused", "the proxy does not allow this address: ask for CONNECT to the broker's host and port"),
}
_HTTP = {
    401: ("certificate_refused", "the broker does not know this agent's certificate: it was revoked, or enrol again"),
    403: ("certificate_refused", "the broker refuses this agent: revoked or quarantined; ask the broker's admin"),
    404: ("wrong_address", "there is no Wicketgate broker at this address"),
    429: ("busy", "the broker asks to come back later"),
    503: ("busy", "the broker is starting or stopping"),
}


def explain(error: BaseException) -> tuple[str, str]:
    """Return a code and a sentence for anything that a connection to the broker raises."""
    if isinstance(error, UpgradeError):
        return _explain_upgrade(error)
    if isinstance(error, aiohttp.ClientHttpProxyError):
        return _PROXY.get(error.status, ("proxy_refused", f"the proxy answered {error.status} {error.message}"))
    if isinstance(error, aiohttp.ClientProxyConnectionError):
        return "proxy_unreachable", f"the proxy {error.host}:{error.port} cannot be reached: {error.os_error}"
    if isinstance(error, aiohttp.ClientResponseError):
        return _HTTP.get(error.status, ("refused", f"the broker answered {error.status} {error.message}"))
    return _explain_network(error)


def _explain_network(error: BaseException) -> tuple[str, str]:
    inner = getattr(error, "certificate_error", None) or getattr(error, "os_error", None) or error
    if isinstance(inner, ssl.SSLCertVerificationError):
        return _UNTRUSTED.get(inner.verify_code, _STRANGER)
    if isinstance(inner, ssl.SSLError):
        return _explain_alert(inner)
    if isinstance(inner, TimeoutError):
        return "timeout", "the broker did not answer in time"
    if isinstance(inner, OSError):
        return "unreachable", f"the broker cannot be reached: {inner.strerror or inner}"
    return "closed", f"the connection to the broker ended: {str(error) or type(error).__name__}"


def _explain_alert(error: ssl.SSLError) -> tuple[str, str]:
    reason = (error.reason or str(error)).lower().replace("_", " ")
    if "certificate" in reason:
        return "certificate_refused", f"the broker refuses this agent's certificate ({reason}): revoked or expired?"
    return "tls", f"TLS with the broker failed: {reason}"


def _explain_upgrade(error: UpgradeError) -> tuple[str, str]:
    if isinstance(error, UpgradeRefusedError):
        status = _PROXY.get(error.status, ("", "")) if error.code.startswith("proxy_") else ("", "")
        return error.code, status[1] or f"{error.title} {error.detail}".strip()
    if isinstance(error, UpgradeFailedError):
        if isinstance(error.__cause__, OSError):
            return _explain_network(error.__cause__)
        return error.code, error.detail
    return "closed", str(error)
