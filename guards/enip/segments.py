"""The segments of padded EPATHs, one by one: hops to other devices, numbers, names.

The CIP Networks Library, Volume 1, Common Industrial Protocol, appendix C-1.4. Readers return ``None`` for what is cut
short.
"""

from policies.routes import cip_path

LOGICAL = ("class", "instance", "member", "connection_point", "attribute")
SERVICE_ID = "service"
_SPECIAL, _SERVICE = 5, 6
_KEY_BYTES = {4: 10}
_EXTENDED_PORT = 0x0F
ANSI_SYMBOL = 0x91


def port(path: bytes, at: int) -> tuple[str, int] | None:
    """Read a port segment (C-1.4.1); return the hop as fences write it, and where the segment ends."""
    first, at = path[at], at + 1
    size = 1
    if first & 0x10:
        if at >= len(path):
            return None
        size, at = path[at], at + 1
    number = first & 0x0F
    if number == _EXTENDED_PORT:
        number, at = int.from_bytes(path[at : at + 2], "little"), at + 2
    link = path[at : at + size]
    if not size or len(link) < size:
        return None
    end = at + size
    if first & 0x10:
        return _named_hop(number, link), end + end % 2
    return f"{number}/{link[0]}", end


def _named_hop(number: int, link: bytes) -> str:
    """Return a hop whose link is spelled in letters (an address, a host); what no fence can name has a ``?`` in it.

    A link of digits alone is spelled out: it must not pass for a slot.
    """
    text = link.decode("latin-1")
    hop = None if "/" in text or text.isdecimal() else cip_path(f"{number}/{text}")
    return hop or f"{number}/?{link.hex()}"


def logical(path: bytes, at: int) -> tuple[str, int, int] | None:
    """Read a logical segment (C-1.4.2): what its number is, the number, the end; an electronic key names nothing."""
    kind, form = path[at] >> 2 & 7, path[at] & 3
    if kind == _SPECIAL:
        size = _KEY_BYTES.get(path[at + 1], 0) if at + 1 < len(path) else 0
        return ("", 0, at + size) if size else None
    if kind == _SERVICE:
        return SERVICE_ID, 0, at + 2
    if kind >= len(LOGICAL) or form > 2:
        return None
    start, size = (at + 1, 1) if form == 0 else (at + 2, 2 * form)
    if form and path[at + 1 : at + 2] != b"\0":
        return None
    number = path[start : start + size]
    if len(number) < size:
        return None
    return LOGICAL[kind], int.from_bytes(number, "little"), start + size


def named(path: bytes, at: int) -> tuple[str, int] | None:
    """Read a symbolic segment (C-1.4.4, C-1.4.5): a name, padded to an even number of bytes."""
    if path[at] == ANSI_SYMBOL:
        size, start = (path[at + 1], at + 2) if at + 1 < len(path) else (0, at)
    else:
        size, start = path[at] & 0x1F, at + 1
    name = path[start : start + size]
    if not size or len(name) < size:
        return None
    end = start + size
    return name.decode("latin-1"), end + (end - at) % 2
