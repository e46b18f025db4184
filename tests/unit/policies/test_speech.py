"""Words that none of a policy's protocols has are errors with their line, since they would look like rights."""

import pytest

from policies.loader import Loaded, load
from policies.rules import Rules
from tests.unit.policies.builders import problems

TEXT = """\
apiVersion: wicketgate/v1
kind: AccessPolicy
metadata: {name: speech}
spec:
  who: {anyone: true}
  what: {services: SERVICES}
  access: {max_duration: 1h}
  allow:
    ALLOW
"""


def text(services: str, allow: str) -> str:
    return TEXT.replace("SERVICES", services).replace("ALLOW", allow)


def rules(services: str, allow: str) -> Rules:
    match load(text(services, allow)):
        case Loaded(policy_set):
            return policy_set.allowing[0].spec.allow.as_rules()
        case faulty:
            raise AssertionError(faulty)


@pytest.mark.parametrize(
    ("services", "allow"),
    [
        ("[s7]", 'writes: [{table: db10, addresses: "4-7", min: -5, max: 1.5}]'),
        ("[s7]", 'writes: [{table: flags, names: ["10.3"]}]'),
        ("[s7]", "routes: [0/2, direct]"),
        ("[enip]", 'writes: [{table: tag, names: ["Motor[*].Speed"], step: 5, rate: 50/min}]'),
        ("[enip]", 'reads: [{table: class142, addresses: "1", names: ["3"]}, {table: n7, addresses: "0-19"}]'),
        ("[enip]", "routes: [1/0, 1/2/2/192.0.2.7]"),
        ("[opcua]", 'writes: [{table: node, names: ["ns=2;s=Pump*"]}, {table: method, names: ["ns=2;i=7"]}]'),
        ("[dnp3]", 'units: [65519], writes: [{table: binary_output, addresses: "3"}]'),
        ("[iec104]", 'writes: [{table: single_command, addresses: "16777215"}]'),
        ("[bacnet]", 'writes: [{table: analog_value, addresses: "1-20", names: [present_value], max: 80.5}]'),
        ("[fins]", 'writes: [{table: dm, addresses: "100-119"}, {table: em3}]'),
        ("[slmp]", 'writes: [{table: w, addresses: "0x1A0-0x1FF"}]'),
        ("[modbus, dnp3]", 'units: [1000], writes: [{table: holding, addresses: "1"}, {table: binary_output}]'),
        ("[plc-service]", "writes: [{table: db10}, {table: holding}]"),
    ],
)
def test_the_words_of_each_protocol_are_taken_and_travel(services: str, allow: str) -> None:
    found = rules(services, "{" + allow + "}")
    assert found != Rules()
    assert Rules.model_validate_json(found.model_dump_json(exclude_defaults=True)) == found


@pytest.mark.parametrize(
    ("services", "allow", "path", "said"),
    [
        ("[modbus]", "reads: [{table: tag}]", "reads[0].table", "'tag' are objects of enip, and not of modbus"),
        ("[plc-service]", "reads: [{table: tags}]", "reads[0].table", "no protocol has objects called 'tags'"),
        ("[s7]", "units: [1]", "units", "there are no units in s7 (fence it with 'routes')"),
        ("[opcua]", "routes: [1/0]", "routes", "there are no routes in opcua (leave it out)"),
        ("[enip]", "routes: [01/0]", "routes", "write '1/0'"),
        ("[enip]", "routes: [nonsense]", "routes", "pairs of port/link (1/0)"),
        ("[opcua]", 'reads: [{table: node, addresses: "1"}]', "reads[0].addresses", "node has names, not addresses"),
        ("[iec104]", "reads: [{table: setpoint}]", "reads[0].table", "'reads' names what can only be written"),
        ("[iec104]", "writes: [{table: information}]", "writes[0].table", "'writes' names what can only be read"),
        ("[iec104]", 'writes: [{table: setpoint, addresses: "16777216"}]', "writes[0].addresses", "up to 16777215"),
        ("[modbus]", "writes: [{table: coils, max: 2}]", "writes[0].max", "values of coils are 0 to 1, raw"),
        ("[dnp3]", "units: [65536]", "units", "there is no unit 65536 in dnp3"),
    ],
)
def test_other_words_are_named_with_line_and_help(services: str, allow: str, path: str, said: str) -> None:
    (found,) = problems(text(services, "{" + allow + "}"))
    assert (found.line, found.path) == (9, f"spec.allow.{path}")
    assert said in str(found)


def test_every_word_that_does_not_fit_is_told_at_once() -> None:
    found = problems(text("[s7]", "{units: [1], reads: [{table: coils}], writes: [{table: flags}, {table: tag}]}"))
    assert [problem.path for problem in found] == [
        "spec.allow.units",
        "spec.allow.reads[0].table",
        "spec.allow.writes[1].table",
    ]


def test_scan_arming_and_reading_before_reach_the_guard() -> None:
    found = rules("[modbus]", "{ask: [program], arm_seconds: 30, read_before_write: true, scan: {limit: 50, per: 2m}}")
    assert (found.arm_seconds, found.read_before_write) == (30, True)
    assert [scan.model_dump() for scan in found.scan] == [{"limit": 50, "seconds": 120, "action": "throttle"}]
