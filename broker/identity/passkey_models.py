"""What the routes of passkeys take and give. What browsers add to credentials besides is left unread."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from broker.http.paging import Page
from broker.identity.auth_models import Body

CeremonyId = Annotated[str, Field(min_length=1, max_length=64)]
Base64Url = Annotated[str, Field(min_length=1, max_length=16_384, pattern=r"^[A-Za-z0-9_-]+$")]
CredentialId = Annotated[str, Field(min_length=1, max_length=1364, pattern=r"^[A-Za-z0-9_-]+$")]
PasskeyName = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[^\x00-\x1f\x7f]+$")]


class FromBrowser(BaseModel):
    """Base of what ``PublicKeyCredential.toJSON()`` gives (WebAuthn level 3, 5.1)."""

    model_config = ConfigDict(extra="ignore", hide_input_in_errors=True)


class CreationResponse(FromBrowser):
    """What an authenticator says of a passkey that it made."""

    clientDataJSON: Base64Url  # noqa: N815 - the name is the standard's
    attestationObject: Base64Url  # noqa: N815


class AssertionResponse(FromBrowser):
    """What an authenticator signed."""

    clientDataJSON: Base64Url  # noqa: N815
    authenticatorData: Base64Url  # noqa: N815
    signature: Base64Url
    userHandle: Base64Url | None = None  # noqa: N815


class CreatedCredential(FromBrowser):
    """A passkey that was made."""

    id: CredentialId
    rawId: CredentialId  # noqa: N815
    type: Literal["public-key"]
    response: CreationResponse


class ShownCredential(FromBrowser):
    """A passkey that was shown."""

    id: CredentialId
    rawId: CredentialId  # noqa: N815
    type: Literal["public-key"]
    response: AssertionResponse


class NewPasskeyBody(Body):
    """A passkey, and a name to know it by."""

    ceremony: CeremonyId
    name: PasskeyName
    credential: CreatedCredential


class PasskeyProofBody(Body):
    """A passkey as a fresh proof."""

    ceremony: CeremonyId
    credential: ShownCredential


class PasskeyLoginBody(PasskeyProofBody):
    """A passkey to sign in with; ``browser`` asks for a cookie instead of tokens."""

    browser: bool = False


class CeremonyOut(BaseModel):
    """For the browser: ``options`` as ``parseCreationOptionsFromJSON`` or ``parseRequestOptionsFromJSON`` take them."""

    ceremony: str
    options: dict[str, Any]


class PasskeyOut(BaseModel):
    """A passkey; ``backed_up`` tells whether its maker keeps copies of it (so that it is on several devices)."""

    id: str
    name: str
    created_at: datetime
    last_used_at: datetime | None
    backed_up: bool


class PasskeyPage(Page[PasskeyOut]):
    """One's own passkeys, the oldest first."""
