"""What a service touches and gives, and how its data is decoded without ever raising."""

from collections.abc import Callable
from typing import NamedTuple

from guards.bacnet.tags import Reader, WrongTagsError, read
from guards.effects import Value
from guards.given import Access
from guards.reasons import Reason
from policies.rules import Tier


class Contents(NamedTuple):
    """The meaning of a request. ``tier``: what it does makes it more than its service alone is.

    ``subscription``: the data of the request that takes back what is asked for; ``is_taken_back``: it is that.
    ``first``: identifier and property of the first object that would be written.
    ``is_interrogation``: it reads whatever properties an object has.
    """

    accesses: tuple[Access, ...] = ()
    values: tuple[Value, ...] = ()
    tier: Tier = Tier.READ
    subscription: bytes = b""
    is_taken_back: bool = False
    first: tuple[int, int] = (0, 0)
    is_interrogation: bool = False


class Malformed(NamedTuple):
    """A request that is not laid out as its service asks for."""

    reason: Reason


Decoder = Callable[[Reader], Contents]
NOTHING = Contents()


def decode(decoder: Decoder | None, data: bytes) -> Contents | Malformed:
    """Return the meaning of a service's data; without ``decoder`` it is not looked into. Never raises."""
    if decoder is None:
        return NOTHING
    try:
        reader = Reader(read(data))
        found = decoder(reader)
        reader.end()
    except WrongTagsError as error:
        return Malformed(error.reason)
    return found
