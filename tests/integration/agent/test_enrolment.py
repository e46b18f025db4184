"""Enrolment and renewal against a real TLS server, and each way in which they fail."""

import stat
from datetime import timedelta
from pathlib import Path

import pytest

from agent.door import Door
from agent.enrol import Enroller, read_join_token
from agent.errors import EnrolmentError, NotEnrolledError, StateError
from agent.files import read_text
from agent.keys import belongs_to
from agent.renewal import Renewer
from agent.state import StateDirectory
from tests.integration.agent.fake_broker import FakeBroker, FakePki
from tests.integration.agent.plant import Plant, until
from tunnel.clock import SystemClock
from tunnel.tasks import Backoff

pytestmark = pytest.mark.integration


@pytest.fixture
def state(tmp_path: Path) -> StateDirectory:
    made = StateDirectory(tmp_path / "state")
    made.prepare()
    return made


async def fault(state: StateDirectory, token: str) -> EnrolmentError:
    with pytest.raises(EnrolmentError) as caught:
        await Enroller(state, None, SystemClock()).enrol(read_join_token(token), "north-1")
    with pytest.raises(NotEnrolledError):
        state.load()
    assert list(state.path.iterdir()) == []
    return caught.value


async def test_an_enrolled_agent_has_its_own_key_in_a_file_for_itself(plant: Plant) -> None:
    enrolment = plant.state.load()
    text = read_text(enrolment.identity)
    key = text[: text.index("-----BEGIN CERT")]
    assert belongs_to(text[text.index("-----BEGIN CERT") :], key)
    assert {stat.S_IMODE(path.stat().st_mode) for path in plant.state.path.iterdir()} == {0o600}
    assert "PRIVATE" not in plant.broker.enrolments[0].csr


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("join_token_expired", "15 minutes"),
        ("join_token_used", "used before"),
        ("join_token_invalid", "does not know"),
        ("clock_skew", "set it"),
        ("name_taken", "--name"),
        ("something_new", "the broker says something_new"),
    ],
)
async def test_a_refusal_by_the_broker_says_what_to_do(
    state: StateDirectory, broker: FakeBroker, code: str, said: str
) -> None:
    broker.refuse_enrolment = (403, code)
    error = await fault(state, broker.join_token())
    assert error.code == code
    assert said in str(error)


async def test_the_secret_is_not_sent_to_a_broker_of_another_ca(state: StateDirectory, broker: FakeBroker) -> None:
    error = await fault(state, broker.join_token(ca_fingerprint="0" * 64))
    assert error.code == "wrong_ca"
    assert "intercepts" in str(error)
    assert broker.enrolments == []


async def test_a_server_that_only_shows_the_pinned_ca_is_not_believed(
    state: StateDirectory, pki: FakePki, tmp_path: Path
) -> None:
    thief = FakeBroker(FakePki(tmp_path / "thief"))
    leaf = thief.pki.server_chain.read_text().split("-----END CERTIFICATE-----\n")[0]
    thief.pki.server_chain.write_text(f"{leaf}-----END CERTIFICATE-----\n{pki.pem}")
    await thief.start()
    error = await fault(state, thief.join_token(ca_fingerprint=pki.fingerprint))
    assert error.code == "untrusted"
    assert thief.enrolments == []
    await thief.stop()


async def test_a_clock_that_is_behind_is_named(state: StateDirectory, tmp_path: Path) -> None:
    future = FakeBroker(FakePki(tmp_path / "future", valid_from=timedelta(hours=1)))
    await future.start()
    error = await fault(state, future.join_token())
    assert error.code == "clock_off"
    await future.stop()


async def test_a_broker_that_is_not_there_is_named(state: StateDirectory, broker: FakeBroker) -> None:
    token = broker.join_token()
    await broker.stop()
    assert (await fault(state, token)).code == "unreachable"


async def test_an_answer_for_another_site_is_not_kept(state: StateDirectory, broker: FakeBroker) -> None:
    assert (await fault(state, broker.join_token(site="ste_other"))).code == "malformed"


@pytest.mark.parametrize("token", ["", "wgj1.", "wgj1.%%%", "wgj2.e30", "wgj1.e30", "wgj1." + "A" * 5000])
def test_a_damaged_join_token_is_named(token: str) -> None:
    with pytest.raises(EnrolmentError) as caught:
        read_join_token(token)
    assert caught.value.code == "token_malformed"


async def test_renewal_makes_a_new_key_and_shows_the_new_certificate(plant: Plant, broker: FakeBroker) -> None:
    enrolment = plant.state.load()
    door = Door(enrolment.record.url, enrolment.ca, enrolment.identity, None)
    renewer = Renewer(plant.state, enrolment.record, door, SystemClock(), Backoff(1, 2, lambda: 0), lambda: 0)
    before = read_text(enrolment.identity)
    await renewer.renew()
    await renewer.renew()
    assert read_text(enrolment.identity).split("-----BEGIN CERT")[0] != before.split("-----BEGIN CERT")[0]
    first, second = broker.certificates
    assert first is not None
    assert second is not None
    assert first != second


async def test_a_certificate_past_two_thirds_of_its_life_is_renewed_by_the_running_agent(
    plant: Plant, broker: FakeBroker
) -> None:
    broker.lifetime = timedelta(minutes=80)  # the fake dates certificates one hour back
    await plant.enrol()
    broker.lifetime = timedelta(days=7)
    async with plant.running():
        await broker.link()
        agent = plant.agent
        assert agent is not None
        await until(lambda: (agent.status().certificate_not_after or broker.pki.now) > broker.pki.now + timedelta(1))


def test_a_state_directory_that_others_can_read_is_refused(tmp_path: Path) -> None:
    open_state = StateDirectory(tmp_path / "open")
    open_state.path.mkdir()
    open_state.path.chmod(0o755)
    with pytest.raises(StateError, match="chmod 0700"):
        open_state.prepare()


async def test_an_identity_that_others_can_read_is_refused(plant: Plant) -> None:
    plant.state.identity.chmod(0o640)
    with pytest.raises(StateError, match="chmod 0600"):
        plant.state.load()


def test_a_second_agent_on_one_state_directory_is_refused(state: StateDirectory) -> None:
    with state.held(), pytest.raises(StateError, match="another wicket-agent"), StateDirectory(state.path).held():
        pass
