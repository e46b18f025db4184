"""One canonical form for each name, made once at the edge, so that two spellings never mean two people."""

import re
import unicodedata

from broker.http.errors import InvalidInputError

USER_NAME = re.compile(r"[a-z0-9][a-z0-9.@+-]{1,62}")
SLUG = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")


def canonical(name: str) -> str:
    """Return the name in NFKC, lower case, without spaces around it."""
    return unicodedata.normalize("NFKC", name).strip().lower()


def user_name(name: str) -> str:
    """Return a canonical user name; raise ``InvalidInputError``. Names hold no ``_``, so no name looks like an id."""
    found = canonical(name)
    if not USER_NAME.fullmatch(found):
        raise InvalidInputError(
            f"{name[:80]!r} is not a user name.",
            hint="Use 2 to 63 lower-case letters, digits and . @ + - and begin with a letter or digit.",
        )
    return found


def slug(name: str, what: str) -> str:
    """Return the canonical name of a group or an organization (``what``); raise ``InvalidInputError``."""
    found = canonical(name)
    if not SLUG.fullmatch(found):
        raise InvalidInputError(
            f"{name[:80]!r} is not a name for {what}.",
            hint="Use up to 63 lower-case letters, digits and inner hyphens.",
        )
    return found
