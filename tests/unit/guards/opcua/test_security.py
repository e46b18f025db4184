"""Basic256Sha256 outside, nothing inside: who proves what to whom, and what is refused."""

import hashlib

import pytest
from cryptography.hazmat.primitives import hashes, hmac
from hypothesis import given, settings
from hypothesis import strategies as st

from guards.opcua import passwords, security
from guards.opcua.binary import Reader, blob, extension, string
from guards.opcua.status import Status
from tests.unit.guards.opcua import traffic
from tests.unit.guards.opcua.secure import (
    ENCRYPT,
    NONCE,
    SIGN,
    SecureTool,
    certified,
    endpoint,
    identity,
    secured,
    token_policy,
)
from tests.unit.guards.opcua.traffic import NULL, TO_ASSET, array, cuts, double, operations, u32, verdicts

each_mode = pytest.mark.parametrize("mode", [SIGN, ENCRYPT], ids=["sign", "sign_and_encrypt"])
POLICIES = "http://opcfoundation.org/UA/SecurityPolicy#"
ANONYMOUS = extension(321, string("anonymous"))


def tool(mode: int = ENCRYPT, *, bits: int = 2048) -> SecureTool:
    made = SecureTool(secured("read", "operate", bits=bits), mode, bits=bits)
    made.open()
    return made


def in_session(*tokens: bytes, nonce: bytes = b"", certificate: bytes = b"") -> SecureTool:
    made = tool()
    made.create()
    made.created(endpoint(*tokens), nonce=nonce, certificate=certificate)
    return made


def user_name(password: bytes, nonce: bytes = bytes(32), *, algorithm: str | None = passwords.RSA_OAEP) -> bytes:
    content = password + nonce
    secret = identity("ours").peer.encrypt(u32(len(content)) + content, bytes)
    return extension(324, string("name") + string("maria") + blob(secret) + string(algorithm))


def fault_of(made: SecureTool, effects: list[traffic.Effect]) -> int:
    (told,) = made.heard(effects)
    return int.from_bytes(told[16:20], "little")


@pytest.mark.parametrize(("mode", "bits"), [(SIGN, 2048), (ENCRYPT, 2048), (ENCRYPT, 3072)])
def test_a_tool_is_served_under_security_and_the_device_without(mode: int, bits: int) -> None:
    made = tool(mode, bits=bits)
    made.ask(traffic.READ)
    assert made.sent() == traffic.READ
    assert made.heard(made.answer(traffic.answer_read(double(1.5)))) == [traffic.answer_read(double(1.5))]
    effects = made.ask(traffic.write(attribute=4))
    assert verdicts(effects) == ["denied"]
    assert made.heard(effects)[0].startswith(b"\x01\x00\xa4\x02")


@each_mode
def test_what_the_tool_did_not_sign_or_nobody_encrypted_for_us_ends_the_connection(mode: int) -> None:
    for at in (30, -1):
        made = tool(mode)
        chunk = bytearray(made.sealed(traffic.READ))
        chunk[at] ^= 1
        assert cuts(made.tell(TO_ASSET, bytes(chunk))) == ["opcua_security"]
        assert made.asked[-1][:3] == b"OPN"


def test_a_message_without_security_on_a_channel_that_has_it_ends_the_connection() -> None:
    made = tool()
    assert cuts(made.tell(TO_ASSET, traffic.message(traffic.READ, 2, 2))) == ["opcua_security"]


def test_a_message_that_comes_twice_ends_the_connection() -> None:
    made = tool()
    chunk = made.sealed(traffic.READ)
    made.tell(TO_ASSET, chunk)
    assert cuts(made.tell(TO_ASSET, chunk)) == ["opcua_sequence"]


def test_an_opening_for_another_certificate_mode_or_nonce_is_refused() -> None:
    for fields, code in (
        ({"thumbprint": bytes(20)}, "opcua_certificate"),
        ({"mode": 1}, "opcua_mode"),
        ({"mode": 4}, "opcua_mode"),
        ({"nonce": NONCE[:16]}, "opcua_nonce"),
        ({"renews": True}, "opcua_open"),
    ):
        made = SecureTool(secured("read"))
        assert cuts(made.tell(TO_ASSET, made.opening(**fields))) == [code]  # type: ignore[arg-type]
        assert made.asked[-1][:3] == b"HEL"


def test_an_opening_that_is_tampered_with_or_signed_by_another_is_refused() -> None:
    made, other = SecureTool(secured("read")), identity("other")
    chunk = bytearray(made.opening())
    chunk[-300] ^= 1
    assert cuts(made.tell(TO_ASSET, bytes(chunk))) == ["opcua_security"]
    made = SecureTool(secured("read"))
    made.theirs = made.theirs._replace(peer=other.peer)
    assert cuts(made.tell(TO_ASSET, made.opening())) == ["opcua_security"]


def test_weak_keys_are_refused() -> None:
    weak, _ = certified("weak", 1024)
    assert security.load_peer(weak) is None
    assert security.load_peer(weak, weakest_bits=1024) is not None
    assert security.load_peer(b"\x30\x82\x00\x01x") is None


def test_a_renewal_changes_keys_and_security_may_not_change() -> None:
    made = tool()
    made.ask(traffic.READ)
    made.answer(traffic.answer_read(double(1.0)))
    before = made.keys
    made.tell(TO_ASSET, made.opening(renews=True, channel=traffic.CHANNEL))
    made.opened(traffic.OPENED, traffic.CHANNEL)
    assert made.token == 2
    made.ask(traffic.READ)
    assert made.heard(made.answer(traffic.answer_read(double(1.0)))) == [traffic.answer_read(double(1.0))]
    assert made.keys is not None
    assert before is not None
    assert cuts(made.tell(TO_ASSET, made.opening(renews=True, channel=traffic.CHANNEL, mode=SIGN))) == ["opcua_open"]


def test_a_token_that_nobody_renewed_lapses() -> None:
    made = tool()
    said = made.sealed(traffic.READ)
    assert cuts(made.guard.receive(TO_ASSET, said, traffic.NOW + 76)) == ["opcua_token"]


# --- sessions


def test_the_device_is_shown_no_certificate_and_the_tool_ours_with_our_signature() -> None:
    made = tool()
    made.create()
    assert made.theirs.certificate not in made.sent()
    told = made.created(endpoint(token_policy("name", 1)), nonce=b"n" * 32, certificate=b"theirs")
    assert b"theirs" not in told
    proof = told[-(4 + 256) : -4]
    assert made.ours.peer.verifies(proof, made.theirs.certificate + NONCE)
    assert told.count(made.ours.certificate) == 3
    assert told.count(security.POLICY.encode()) == 4


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"certificate": b""}, Status.BAD_CERTIFICATE_INVALID),
        ({"certificate": b"other"}, Status.BAD_CERTIFICATE_INVALID),
        ({"nonce": bytes(16)}, Status.BAD_NONCE_INVALID),
    ],
)
def test_a_session_of_another_certificate_or_with_a_short_nonce_is_refused(
    fields: dict[str, bytes], status: Status
) -> None:
    made = tool()
    if fields.get("certificate") == b"other":
        fields = {"certificate": identity("other").certificate}
    assert fault_of(made, made.create(**fields)) == status


def test_a_session_is_activated_with_a_signature_for_us_and_none_reaches_the_device() -> None:
    made = in_session()
    made.activate(ANONYMOUS)
    assert made.sent().endswith(NULL + NULL + array() + array(traffic.text("en")) + ANONYMOUS + NULL + NULL)
    made.answer(traffic.response(470, blob(b"") + array() + array()))


@pytest.mark.parametrize(
    "over", [b"", bytes(32), identity("other").certificate + bytes(32)], ids=["nothing", "nonce", "other"]
)
def test_an_activation_that_its_certificate_did_not_sign_is_refused(over: bytes) -> None:
    made = in_session()
    assert fault_of(made, made.activate(ANONYMOUS, signed=over)) == Status.BAD_SIGNATURE_INVALID


def test_an_activation_with_another_algorithm_or_of_no_session_is_refused() -> None:
    made = in_session()
    assert fault_of(made, made.activate(ANONYMOUS, algorithm="x")) == Status.BAD_SIGNATURE_INVALID
    made = tool()
    assert fault_of(made, made.activate(ANONYMOUS)) == Status.BAD_SESSION_ID


def test_a_password_is_decrypted_and_said_plainly_where_the_device_wants_it_so() -> None:
    made = in_session(token_policy("name", 1))
    made.activate(user_name(b"geheim"))
    assert extension(324, string("name") + string("maria") + blob(b"geheim") + string(None)) in made.sent()
    assert b"geheim" not in repr(operations(made.activate(user_name(b"geheim")))).encode()


@pytest.mark.parametrize("policy", ["Basic256Sha256", "Basic256", "Aes128_Sha256_RsaOaep"])
def test_a_password_is_encrypted_anew_for_a_device_that_wants_it_so(policy: str) -> None:
    device = identity("device")
    made = in_session(token_policy("name", 1, POLICIES + policy), nonce=b"n" * 32, certificate=device.certificate)
    made.activate(user_name(b"geheim"))
    reader = Reader(made.sent(), made.sent().index(string("maria")))
    reader.string()
    secret, algorithm = reader.blob() or b"", reader.string()
    assert algorithm == passwords.RSA_OAEP
    assert device.decrypt(secret) == u32(6 + 32) + b"geheim" + b"n" * 32


@pytest.mark.parametrize(
    "token",
    [
        user_name(b"geheim", b"x" * 32),
        user_name(b"geheim", algorithm="http://www.w3.org/2001/04/xmlenc#rsa-1_5"),
        user_name(b"geheim", algorithm=None),
        extension(324, string("name") + string("maria") + blob(b"geheim") + string(passwords.RSA_OAEP)),
        extension(327, string("certificate") + blob(b"anything")),
        extension(940, string("issued") + blob(b"anything") + string("")),
        extension(324, string("unknown") + string("maria") + blob(b"") + string("")),
        extension(324, b"\xff"),
    ],
)
def test_what_does_not_prove_a_user_to_us_or_cannot_be_carried_over_is_refused(token: bytes) -> None:
    made = in_session(token_policy("name", 1))
    before = len(made.asked)
    assert fault_of(made, made.activate(token)) & 0x80000000
    assert len(made.asked) == before


def test_ways_to_sign_in_that_cannot_be_carried_over_are_not_offered_under_security() -> None:
    made = tool()
    made.create()
    tokens = [token_policy("cert", 2), token_policy("old", 1, POLICIES + "Basic128Rsa15"), token_policy("anonymous", 0)]
    told = made.created(endpoint(*tokens))
    assert [told.count(name) for name in (b"cert", b"old", b"anonymous")] == [1, 1, 3]
    made = tool()
    made.create()
    assert made.created(endpoint(token_policy("cert", 2))).count(made.ours.certificate) == 1


def test_a_device_that_offers_nothing_without_security_gives_no_session() -> None:
    made = tool()
    made.create()
    told = made.created(endpoint(mode=3, policy=security.POLICY))
    assert told[:4] == b"\x01\x00\x8d\x01"
    assert [body[2:4] for body in traffic.bodies(made.guard.good_bye(traffic.NOW), TO_ASSET)] == [
        b"\xd9\x01",
        b"\xc4\x01",
    ]


# --- primitives


def test_derived_keys_are_those_of_the_standard() -> None:
    # P_SHA256 as RFC 5246, 5 lays it out, written once more over the library's own HMAC.
    keys = security.derive(b"secret", b"seed")
    assert keys.signing + keys.encryption + keys.vector == p_hash(b"secret", b"seed", 80)


def p_hash(secret: bytes, seed: bytes, size: int) -> bytes:
    def mac(data: bytes) -> bytes:
        made = hmac.HMAC(secret, hashes.SHA256())
        made.update(data)
        return made.finalize()

    chain, found = mac(seed), b""
    while len(found) < size:
        found += mac(chain + seed)
        chain = mac(chain)
    return found[:size]


@settings(max_examples=20)
@given(data=st.binary(min_size=1, max_size=700), seed=st.binary(min_size=20, max_size=20))
def test_what_is_encrypted_for_somebody_is_what_the_library_decrypts(data: bytes, seed: bytes) -> None:
    ours = identity("ours")
    assert ours.decrypt(ours.peer.encrypt(data, lambda _: seed)) == data


def test_the_thumbprint_is_sha_1_of_the_certificate() -> None:
    ours = identity("ours")
    assert ours.peer.thumbprint == hashlib.sha1(ours.certificate).digest()
    assert ours.application_uri == "urn:ours"


def test_of_a_chain_the_first_certificate_counts() -> None:
    ours, other = identity("ours"), identity("other")
    peer = security.load_peer(ours.certificate + other.certificate)
    assert peer is not None
    assert peer.certificate == ours.certificate


def test_a_certificate_with_a_serial_number_below_zero_is_taken_as_old_tools_have_it() -> None:
    ours = identity("ours").certificate
    before_zero = ours.replace(b"\xa0\x03\x02\x01\x02\x02\x01\x01", b"\xa0\x03\x02\x01\x02\x02\x01\xff")
    assert before_zero != ours
    assert security.load_peer(before_zero) is not None


@given(data=st.binary(max_size=400), mode=st.booleans())
def test_garbage_is_never_unsealed(data: bytes, mode: bool) -> None:
    assert security.unseal(security.derive(b"a", b"b"), data, 16, encrypts=mode) is None
