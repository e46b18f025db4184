"""Serial lines and families of devices in the ceiling's text, and how dials are judged by them."""

import pytest

from agent.ceiling import Ceiling, Permit
from agent.ceiling_file import parse_ceiling
from agent.families import FAMILIES
from agent.lines import SerialLine, device_of
from agent.refusals import Refusal, RefusalCode
from guards.registry import guarded_protocols
from tests.unit.agent.grant_tokens import target

LINE = """\
version: 1
targets:
  - name: line-a
    serial: {device: /dev/ttyS0, baud: 9600, parity: E, stop_bits: 1}
    protocols: [modbus-rtu]
    tiers: [read]
    units: [1]
"""
DEVICE = """\
version: 1
targets:
  - name: press
    addresses: [10.0.0.5]
    ports: [502]
    protocols: [modbus]
    tiers: [read]
"""


def read(text: str) -> Ceiling:
    ceiling = parse_ceiling(text, guarded_protocols())
    assert isinstance(ceiling, Ceiling), ceiling
    return ceiling


def problem(text: str) -> str:
    found = parse_ceiling(text, guarded_protocols())
    assert isinstance(found, list)
    return "; ".join(str(each) for each in found)


def test_a_line_is_read_with_its_settings_and_opened_once() -> None:
    (entry,) = read(LINE).entries
    assert entry.line == SerialLine("/dev/ttyS0", 9600, "E", 1)
    assert str(entry.line) == "/dev/ttyS0 9600 8E1"
    assert (entry.share, entry.max_connections, entry.networks, entry.ports) == (True, 1, (), ())


def test_characters_take_as_long_as_their_bits() -> None:
    assert SerialLine("/dev/ttyS0", 9600, "E", 1).character_seconds == pytest.approx(11 / 9600)
    assert SerialLine("/dev/ttyS0", 9600, "N", 1).character_seconds == pytest.approx(10 / 9600)
    assert SerialLine("/dev/ttyS0", 9600, "N", 2).silence_seconds == pytest.approx(3.5 * 11 / 9600)


@pytest.mark.parametrize(
    ("was", "is_now", "said"),
    [
        ("/dev/ttyS0", "/etc/passwd", "line 4: '/etc/passwd' is not a serial device"),
        ("/dev/ttyS0", "/dev/../etc/passwd", "is not a serial device"),
        ("/dev/ttyS0", "/dev/.hidden", "is not a serial device"),
        ("/dev/ttyS0", "ttyS0", "is not a serial device"),
        ("9600", "9601", "line 4: 9601 is not a speed"),
        ("9600", "'9600'", "is not a speed"),
        ("parity: E", "parity: even", "line 4: parity"),
        ("stop_bits: 1", "stop_bits: 3", "line 4: stop_bits"),
        (", parity: E", "", "the key 'parity' is missing"),
        ("baud: 9600, ", "", "the key 'baud' is missing"),
        (", stop_bits: 1", "", "the key 'stop_bits' is missing"),
        ("parity: E", "parity: E, bits: 7", "unknown key 'bits'"),
        ("modbus-rtu]", "modbus]", "protocol modbus-rtu is what a serial line speaks"),
        ("modbus-rtu]", "modbus-rtu, modbus]", "protocol modbus-rtu is what a serial line speaks"),
        ("    tiers", "    ports: [502]\n    tiers", "a serial line has no addresses"),
        ("    tiers", "    max_connections: 2\n    tiers", "a serial line has no addresses"),
        ("    tiers", "    family: click\n    tiers", "a serial line has no addresses"),
        ("    tiers", "    share: false\n    tiers", "shared by all its streams"),
    ],
)
def test_what_is_wrong_with_a_line_is_said_with_its_place(was: str, is_now: str, said: str) -> None:
    assert said in problem(LINE.replace(was, is_now))


def test_a_line_stands_in_one_target() -> None:
    again = LINE.partition("targets:\n")[2].replace("line-a", "line-b")
    assert "line 9: the line /dev/ttyS0 stands in two targets" in problem(LINE + again)


def test_modbus_rtu_needs_a_line_and_others_need_addresses_and_ports() -> None:
    assert "is what a serial line speaks" in problem(DEVICE.replace("[modbus]", "[modbus-rtu]"))
    assert "the key 'addresses' is missing" in problem(DEVICE.replace("    addresses: [10.0.0.5]\n", ""))
    assert "the key 'ports' is missing" in problem(DEVICE.replace("    ports: [502]\n", ""))


def judged(text: str, host: str, protocol: str) -> Permit | Refusal:
    answer = read(text).judge(target(host, 502, protocol))
    assert isinstance(answer, Permit | Refusal)
    return answer


def test_a_listed_line_may_be_opened_and_keeps_its_rules() -> None:
    permit = judged(LINE, "serial:/dev/ttyS0", "modbus-rtu")
    assert isinstance(permit, Permit)
    assert (str(permit), permit.resolved, permit.rules.units) == ("/dev/ttyS0", None, frozenset({1}))


@pytest.mark.parametrize(
    ("host", "protocol"),
    [
        ("serial:/dev/ttyS1", "modbus-rtu"),
        ("serial:/dev/ttyS0", "modbus"),
        ("serial:/dev/ttyS0", "tcp"),
        ("serial:/dev/../dev/ttyS0", "modbus-rtu"),
        ("/dev/ttyS0", "modbus-rtu"),
        ("10.0.0.5", "modbus-rtu"),
    ],
)
def test_no_other_line_and_no_other_protocol_is_opened(host: str, protocol: str) -> None:
    answer = judged(LINE, host, protocol)
    assert isinstance(answer, Refusal)
    assert answer.code is RefusalCode.CEILING_DENIED


def test_a_line_covers_no_address() -> None:
    assert isinstance(judged(LINE, "0.0.0.0", "modbus-rtu"), Refusal)
    assert device_of("10.0.0.5") is None


def test_a_family_gives_defaults_and_the_plants_own_values_stand_above_them() -> None:
    usual = read(DEVICE).entries[0]
    assert (usual.max_connections, usual.max_connects_per_minute, usual.share) == (2, 30, False)
    gateway = read(DEVICE + "    family: gateway\n").entries[0]
    assert (gateway.max_connections, gateway.max_connects_per_minute, gateway.share) == (1, 10, True)
    assert gateway.rules.max_rate == 10
    own = "    family: gateway\n    max_connections: 3\n    max_rate: 50\n    share: false\n"
    above = read(DEVICE + own).entries[0]
    assert (above.max_connections, above.max_connects_per_minute, above.share) == (3, 10, False)
    assert above.rules.max_rate == 50


def test_nothing_is_shared_but_modbus() -> None:
    assert not read(DEVICE.replace("[modbus]", "[s7]") + "    family: gateway\n").entries[0].share
    assert not read(DEVICE.replace("[modbus]", "[modbus, s7]") + "    family: gateway\n").entries[0].share
    assert "share is for targets of the protocol modbus" in problem(
        DEVICE.replace("[modbus]", "[s7]") + "    share: true\n"
    )
    assert read(DEVICE + "    share: true\n").entries[0].share


def test_an_unknown_family_is_refused_with_those_that_there_are() -> None:
    assert ", ".join(FAMILIES) in problem(DEVICE + "    family: toaster\n")


def test_no_family_opens_more_than_the_plain_default() -> None:
    plain = FAMILIES["generic"]
    assert all(one.max_connections <= plain.max_connections for one in FAMILIES.values())
    assert all(one.max_connects_per_minute <= plain.max_connects_per_minute for one in FAMILIES.values())
