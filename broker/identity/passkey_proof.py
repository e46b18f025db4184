"""Judging what an authenticator shows: whose passkey it is, that it signed our challenge, that nobody copied it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from broker.db.engine import Transaction
from broker.identity import passkeys
from broker.identity.ceremonies import Ceremonies, Purpose
from broker.identity.errors import PasskeyRejectedError
from broker.identity.relying_party import RelyingParty
from broker.identity.tables import LoginRow, PasskeyRow, UserRow
from tunnel.clock import Clock


@dataclass(frozen=True, slots=True)
class Shown:
    """What was sent: the ceremony that it answers, on which page, and the credential as the browser put it."""

    ceremony: str
    party: RelyingParty
    credential: Mapping[str, Any]

    @property
    def user_handle(self) -> str | None:
        """Whom the authenticator means, in base64url."""
        handle = self.credential["response"].get("userHandle")
        return handle if isinstance(handle, str) else None


@dataclass(frozen=True, slots=True)
class Proved:
    """It is this user's passkey, used just now."""

    user: UserRow
    passkey: PasskeyRow


@dataclass(frozen=True, slots=True)
class Unproved:
    """It is not good, and why; the passkey, where one of that id is known. For the audit log alone."""

    cause: str
    passkey: PasskeyRow | None = None

    def details(self) -> dict[str, object]:
        """Return it as the audit log keeps it."""
        return {"cause": self.cause, **({"passkey": self.passkey.id} if self.passkey is not None else {})}


class PasskeyProof:
    """Takes the challenge and judges the answer to it, in the caller's transaction."""

    def __init__(self, ceremonies: Ceremonies, clock: Clock) -> None:
        self._ceremonies = ceremonies
        self._clock = clock

    async def judge(
        self, tx: Transaction, purpose: Purpose, shown: Shown, login: LoginRow | None = None
    ) -> Proved | Unproved:
        """Return whose passkey was shown, or why it does not count; to a ``login``, only its own user's does.

        The challenge is used up either way.
        """
        challenge = await self._ceremonies.take(tx, shown.ceremony, purpose, shown.party, login.id if login else None)
        if challenge is None:
            return Unproved("unknown_challenge")
        found = await self._find(tx, shown, login.user_id if login else None)
        if found is None:
            return Unproved("unknown_passkey")
        user, passkey = found
        try:
            if not _names(shown.user_handle, user, required=login is None):
                return Unproved("other_user", passkey)
            proved = passkeys.verify_assertion(shown.credential, shown.party, challenge, passkey.public_key)
        except PasskeyRejectedError:
            return Unproved("not_verified", passkey)
        if not _goes_forward(passkey.sign_count, proved.sign_count):
            return Unproved("sign_count_went_back", passkey)
        passkey.sign_count, passkey.backed_up = proved.sign_count, proved.backed_up
        passkey.last_used_at = self._clock.now()
        return Proved(user, passkey)

    async def _find(self, tx: Transaction, shown: Shown, owner: str | None) -> tuple[UserRow, PasskeyRow] | None:
        """Return the passkey and its user, the user first locked."""
        try:
            credential_id = passkeys.decoded(shown.credential["id"])
        except PasskeyRejectedError:
            return None
        wanted = select(PasskeyRow).filter_by(credential_id=credential_id, rp_id=shown.party.id)
        if owner is not None:
            wanted = wanted.filter_by(user_id=owner)
        user_id = await tx.scalar(wanted.with_only_columns(PasskeyRow.user_id))
        user = await tx.get(UserRow, user_id, with_for_update=True) if user_id is not None else None
        passkey = await tx.scalar(wanted.with_for_update())
        return (user, passkey) if user is not None and passkey is not None else None


def _names(user_handle: str | None, user: UserRow, *, required: bool) -> bool:
    """Tell whether the authenticator means this user: whoever signs in without a name must say so (7.2, 6)."""
    if user_handle is None:
        return not required
    return passkeys.decoded(user_handle) == user.id.encode()


def _goes_forward(stored: int, shown: int) -> bool:
    """Tell whether the count may belong to the one true authenticator; those that do not count say 0 (7.2, 21)."""
    return shown > stored or shown == stored == 0
