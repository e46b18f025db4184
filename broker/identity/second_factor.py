"""A user's second factor: the sealed TOTP secret with its replay protection, and the recovery codes.

Passkeys, which are a second factor of their own, are in ``own_passkeys.py``; they go when this one goes.
"""

import base64
import hashlib
import secrets

from sqlalchemy import delete

from broker.db.engine import Transaction
from broker.identity import totp
from broker.identity.tables import EnrolmentRow, PasskeyRow, RecoveryCodeRow, UserRow
from broker.vault.rekey import SealedColumn
from broker.vault.sealing import Sealer
from tunnel.clock import Clock

RECOVERY_CODES = 10
RECOVERY_CODE_BYTES = 10
_DOMAIN = b"wicketgate-recovery-code-v1\n"

SEALED_COLUMNS = (
    SealedColumn(UserRow, "totp_sealed", "users.totp:"),
    SealedColumn(EnrolmentRow, "secret_sealed", "totp_enrolments.secret:"),
)
USERS_TOTP, ENROLMENTS_SECRET = SEALED_COLUMNS


class SecondFactor:
    """Checks and sets second factors on rows that the caller's transaction holds locked."""

    def __init__(self, sealer: Sealer, clock: Clock) -> None:
        self._sealer = sealer
        self._clock = clock

    def accept_code(self, user: UserRow, code: str) -> bool:
        """Take a TOTP code of a locked user row, once: also two at the same moment are never both taken."""
        if user.totp_sealed is None:
            return False
        secret = self._sealer.unseal(user.totp_sealed, USERS_TOTP.place(user.id)).decode()
        step = totp.matching_step(secret, code, self._clock.now(), after=user.totp_step)
        if step is None:
            return False
        user.totp_step = step
        return True

    def propose(self, enrolment: EnrolmentRow) -> str:
        """Put a new secret into an enrolment and return it."""
        secret = totp.new_secret()
        enrolment.secret_sealed = self._sealer.seal(secret.encode(), ENROLMENTS_SECRET.place(enrolment.id))
        return secret

    def enrol(self, user: UserRow, enrolment: EnrolmentRow, code: str) -> bool:
        """Make the enrolment's secret the user's, if the code proves that an app has it."""
        if enrolment.secret_sealed is None:
            return False
        secret = self._sealer.unseal(enrolment.secret_sealed, ENROLMENTS_SECRET.place(enrolment.id))
        now = self._clock.now()
        step = totp.matching_step(secret.decode(), code, now, after=None)
        if step is None:
            return False
        user.totp_sealed = self._sealer.seal(secret, USERS_TOTP.place(user.id))
        user.totp_step, user.totp_enrolled_at = step, now
        return True

    async def remove(self, tx: Transaction, user: UserRow) -> list[str]:
        """Forget secret, recovery codes and passkeys (whose ids are returned): the next sign-in enrols anew."""
        user.totp_sealed = user.totp_step = user.totp_enrolled_at = None
        await tx.execute(delete(RecoveryCodeRow).where(RecoveryCodeRow.user_id == user.id))
        await tx.execute(delete(EnrolmentRow).where(EnrolmentRow.user_id == user.id))
        mine = delete(PasskeyRow).where(PasskeyRow.user_id == user.id)
        return sorted(await tx.scalars(mine.returning(PasskeyRow.id)))

    async def renew_recovery_codes(self, tx: Transaction, user_id: str) -> list[str]:
        """Replace the user's recovery codes by ten new ones and return them: they are shown this once."""
        await tx.execute(delete(RecoveryCodeRow).where(RecoveryCodeRow.user_id == user_id))
        codes = [_new_code() for _ in range(RECOVERY_CODES)]
        tx.add_all([RecoveryCodeRow(user_id=user_id, code_hash=_code_hash(user_id, code)) for code in codes])
        await tx.flush()
        return codes

    async def use_recovery_code(self, tx: Transaction, user_id: str, code: str) -> bool:
        """Use a recovery code up; two uses at the same moment delete one row, and one of them gets it."""
        mine = RecoveryCodeRow.user_id == user_id
        found = delete(RecoveryCodeRow).where(mine, RecoveryCodeRow.code_hash == _code_hash(user_id, code))
        used = await tx.scalars(found.returning(RecoveryCodeRow.user_id))
        return used.one_or_none() is not None


def _new_code() -> str:
    text = base64.b32encode(secrets.token_bytes(RECOVERY_CODE_BYTES)).decode().lower()
    return "-".join(text[i : i + 4] for i in range(0, len(text), 4))


def _code_hash(user_id: str, code: str) -> bytes:
    # 80 random bits cannot be searched through; the user's id keeps equal hashes from meaning anything.
    plain = code.replace("-", "").replace(" ", "").lower()
    return hashlib.sha256(_DOMAIN + f"{user_id}\n{plain}".encode()).digest()
