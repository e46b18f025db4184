"""Application fragments: control, function, indications, and the objects behind them (IEEE Std 1815-2012, 4.2, 4.3)."""

from typing import NamedTuple

from guards.dnp3.functions import (
    AUTHENTICATION,
    BARE,
    CLASS_0,
    CONFIRM,
    CREDENTIALS,
    FILE,
    FREEZES_AT_TIME,
    OPEN_FILE,
    READ,
    RESPONSES,
    SILENT,
    TIME,
    WRITE,
    WRITES,
    Function,
    function_of,
)
from guards.dnp3.objects import Header, header
from guards.given import Access, worst
from guards.malformations import flaw
from guards.reasons import UNSAID, Reason, why
from policies.rules import Tier

FIRST, LAST, CONFIRM_BIT, UNSOLICITED_BIT = 0x80, 0x40, 0x20, 0x10
_ONLY = FIRST | LAST
SEQUENCES = 16
"""Fragments are numbered from 0 to 15."""
_SEQUENCE = SEQUENCES - 1
_OPEN_TO_READ = 1
_REFUSING = 0x17
"""Of the second byte of indications: no such function, no such object, parameter error, already executing (4.3.3)."""


class Fragment(NamedTuple):
    """One fragment. ``fault`` says why it is not what one side may say, or why its objects cannot all be read.

    ``data`` is all of it. ``indications`` are a response's, ``statuses`` where the status bytes of control objects
    stand; ``is_control``: it has no other objects. ``states`` are the outputs whose values a response tells,
    ``handles`` the open files that are meant. ``is_interrogation``: a read of class 0, all that an outstation has now.
    """

    data: bytes
    function: Function
    tier: Tier
    accesses: tuple[Access, ...] = ()
    states: tuple[Access, ...] = ()
    indications: int = 0
    statuses: tuple[int, ...] = ()
    is_control: bool = False
    handles: tuple[int, ...] = ()
    is_upload: bool = False
    fault: Reason = UNSAID
    is_interrogation: bool = False

    @property
    def sequence(self) -> int:
        """The number that an answer shares with its request."""
        return self.data[0] & _SEQUENCE

    @property
    def is_last(self) -> bool:
        """Whether no further fragment of the same message follows."""
        return bool(self.data[0] & LAST)

    @property
    def wants_confirmation(self) -> bool:
        """Whether the other side is to confirm it."""
        return bool(self.data[0] & CONFIRM_BIT)

    @property
    def is_bare(self) -> bool:
        """Whether it is a function that names no objects by its nature, of the reading ones."""
        return self.tier is Tier.READ and not self.accesses and self.function.code in BARE

    @property
    def is_silent(self) -> bool:
        """Whether it is a request that no outstation answers."""
        return self.function.code in SILENT

    @property
    def objects(self) -> bytes:
        """Everything behind the function code of a request."""
        return self.data[2:]

    @property
    def refusal(self) -> tuple[int | None, Reason]:
        """The code with which a response refuses, and where: its indications, or the first status that is not 0."""
        indicated = self.indications >> 8 & _REFUSING
        if indicated:
            return indicated, UNSAID
        statuses = [self.data[at] & 0x7F for at in self.statuses]
        number = next((number for number, status in enumerate(statuses) if status), None)
        return (
            (None, UNSAID)
            if number is None
            else (statuses[number], why("object_failed", number=number + 1, count=len(statuses)))
        )


def read(data: bytes, *, from_master: bool) -> Fragment | Reason:
    """Read a whole fragment; return what is wrong with one that has not even a head."""
    if len(data) < 2:
        return flaw("fragment_cut_short")
    function = function_of(data[1])
    is_response = data[1] in RESPONSES
    if is_response and len(data) < 4:
        return flaw("no_indications")
    headers, fault = _headers(data, 4 if is_response else 2, function)
    fault = fault or _misuse(data, headers, from_master=from_master)
    tier = _tier(function, headers)
    return Fragment(
        data,
        function,
        worst([function.tier, tier]) if fault else tier,
        *_told(headers, data[2] | data[3] << 8 if is_response else 0),
        _is_upload(function, tier, headers),
        fault,
        function.code == READ and any(one.kind == CLASS_0 for one in headers),
    )


class _Told(NamedTuple):
    """See ``Fragment``."""

    accesses: tuple[Access, ...] = ()
    states: tuple[Access, ...] = ()
    indications: int = 0
    statuses: tuple[int, ...] = ()
    is_control: bool = False
    handles: tuple[int, ...] = ()


def _told(headers: list[Header], indications: int) -> _Told:
    if len(headers) == 1:  # nearly always so
        one = headers[0]
        return _Told(one.accesses, one.states, indications, one.statuses, one.is_control, one.handles)
    return _Told(
        tuple(access for one in headers for access in one.accesses),
        tuple(state for one in headers for state in one.states),
        indications,
        tuple(at for one in headers for at in one.statuses),
        bool(headers) and all(one.is_control for one in headers),
        tuple(handle for one in headers for handle in one.handles),
    )


def _headers(data: bytes, at: int, function: Function) -> tuple[list[Header], Reason]:
    headers: list[Header] = []
    while at < len(data):
        has_data = function.has_data and (function.code not in FREEZES_AT_TIME or data[at] == TIME)
        found = header(data, at, has_data=has_data)
        if isinstance(found, str):
            return headers, found
        headers.append(found)
        at = found.end
    return headers, UNSAID


def _misuse(data: bytes, headers: list[Header], *, from_master: bool) -> Reason:
    """Return what this side may not say (4.2.2.1, 4.2.2.2): whose function it is, one fragment to a request."""
    if not from_master:
        return UNSAID if data[1] in RESPONSES else flaw("request_from_outstation")
    if data[1] in RESPONSES:
        return flaw("response_from_master")
    if data[0] & _ONLY != _ONLY:
        return flaw("request_in_fragments")
    if data[1] == CONFIRM:
        return flaw("confirmation_with_objects") if headers else UNSAID
    return flaw("request_unsolicited") if data[0] & UNSOLICITED_BIT else UNSAID


def _tier(function: Function, headers: list[Header]) -> Tier:
    """Return the tier: of a write by what is written, of opening a file by what for, of proofs by what they change."""
    if function.code == WRITE and headers:
        return worst(WRITES.get(one.kind[0], function.tier) for one in headers)
    if function.code == OPEN_FILE and headers and all(set(one.modes) == {_OPEN_TO_READ} for one in headers):
        return Tier.READ
    administers = any(one.kind[0] == AUTHENTICATION and one.kind[1] not in CREDENTIALS for one in headers)
    return worst([function.tier, Tier.PROGRAM]) if administers and function.code not in RESPONSES else function.tier


def _is_upload(function: Function, tier: Tier, headers: list[Header]) -> bool:
    if function.code == OPEN_FILE:
        return tier is Tier.READ
    return function.code == READ and any(one.kind[0] == FILE for one in headers)
