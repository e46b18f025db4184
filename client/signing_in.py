"""Signing in: password and second factor, the enrolment at the first time, and keeping what comes of it."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from client.app import App
from client.asking import ask
from client.config import Profile, save_profile
from client.errors import ClientError
from client.files import write_private
from client.output import is_terminal
from client.tokens import Tokens, best_place, token_store
from client.totp import totp_code
from client.transport import Json, Transport

OTP_HOW = "Give --otp CODE or set WICKET_OTP."


@dataclass(frozen=True, slots=True)
class Proof:
    """Who signs in, and by what."""

    user: str
    password: str = field(repr=False)
    otp: str | None = field(default=None, repr=False)
    recovery_code: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """What a sign-in ended in; ``recovery_codes`` are there after an enrolment, this once."""

    tokens: Tokens
    recovery_codes: tuple[str, ...] = ()


class SigningIn:
    """The dialogue with the broker before there are tokens."""

    def __init__(self, transport: Transport, app: App, *, secret_out: Path | None) -> None:
        self._transport = transport
        self._app = app
        self._secret_out = secret_out
        self._now: Callable[[], float] = time.time

    async def sign_in(self, proof: Proof) -> SignedIn:
        """Sign in; at the first time, enrol the second factor."""
        body: Json = {"username": proof.user, "password": proof.password}
        if proof.recovery_code:
            body["recovery_code"] = proof.recovery_code
        elif proof.otp:
            body["otp"] = proof.otp
        return await self._conclude(await self._transport.call("POST", "/auth/login", body=body), proof.otp)

    async def set_up(self, token: str, proof: Proof) -> SignedIn:
        """Make the first admin."""
        body: Json = {"token": token, "username": proof.user, "password": proof.password}
        return await self._conclude(await self._transport.call("POST", "/setup", body=body), None)

    async def _conclude(self, answer: Json, otp: str | None) -> SignedIn:
        match answer:
            case {"status": "signed_in", "tokens": dict(tokens)}:
                return SignedIn(Tokens.of(tokens, self._now()))
            case {"status": "totp_enrolment_required", "enrolment_token": str(token)}:
                return await self._enrol(token, otp)
            case _:
                raise ClientError("The broker's answer to the sign-in cannot be understood.")

    async def _enrol(self, token: str, otp: str | None) -> SignedIn:
        secret = await self._transport.call("POST", "/auth/enrol/totp", body={"enrolment_token": token})
        code = self._first_code(secret, otp)
        body = {"enrolment_token": token, "otp": code}
        answer = await self._transport.call("POST", "/auth/enrol/totp/confirm", body=body)
        return SignedIn(Tokens.of(answer["tokens"], self._now()), tuple(map(str, answer.get("recovery_codes", ()))))

    def _first_code(self, secret: Json, otp: str | None) -> str:
        """Give the secret to the user's app, or to a file, and return the code that proves it arrived."""
        if self._secret_out is not None:
            write_private(self._secret_out, f"{secret['secret']}\n".encode())
            return totp_code(str(secret["secret"]), self._now())
        note = self._app.out.note
        note("This account has no second factor yet. Add it to an authenticator app:")
        note(f"  secret: {secret['secret']}")
        note(f"  {secret['otpauth_uri']}")
        how = "Sign in once at a terminal, or give --totp-secret-out FILE to keep the secret in a file."
        return otp if otp and not is_terminal() else ask("Code that the app shows", how)


def remember(app: App, profile: Profile, user: str, signed_in: SignedIn) -> Profile:
    """Keep profile and tokens for the next commands."""
    chosen = replace(profile, user=user, tokens=best_place(app.given.tokens))
    token_store(app.given.home, chosen).save(signed_in.tokens)
    save_profile(app.given.home, chosen)
    return chosen
