"""What is counted of a stream: what guards saw, and how it ended, as Prometheus reads it."""

from prometheus_client import generate_latest

from broker.gateways.carrying import count_end, operation_counter
from broker.http.metrics import Metrics
from broker.sessions.inspector import RecordingInspector
from broker.sessions.ledger import Ledger
from guards.effects import Cut, Direction
from guards.registry import make_guard
from policies.rules import Rules, Tier
from tests.unit.broker.fakes import FakeClock
from tests.unit.guards.material import MATERIAL
from tunnel.relay import EndedBy, RelayEnd


def told(metrics: Metrics) -> str:
    return generate_latest(metrics.registry).decode()


def inspector(metrics: Metrics) -> RecordingInspector:
    guard = make_guard("modbus", Rules(tiers=frozenset({Tier.READ})), device_timeout_seconds=30.0, material=MATERIAL)
    count = operation_counter(metrics, Ledger(FakeClock()), 1)
    return RecordingInspector(1, None, guard, required=False, on_full=lambda: None, on_operation=count)


def test_what_is_malformed_is_counted_by_protocol_and_verdict() -> None:
    metrics = Metrics()
    list(inspector(metrics).inspect(Direction.TO_ASSET, bytes.fromhex("0001 0000 0003 01 03 00"), 0.0))
    assert 'wicketgate_operations_total{protocol="modbus",tier="read",verdict="malformed"} 1.0' in told(metrics)


def test_what_cannot_be_read_at_all_ends_the_stream_and_is_counted_by_its_fault() -> None:
    metrics = Metrics()
    (cut,) = inspector(metrics).inspect(Direction.TO_ASSET, b"GET / HTTP/1.1\r\n\r\n", 0.0)
    assert isinstance(cut, Cut)
    count_end(metrics, RelayEnd(cut.code, cut.reason, 0, 0, EndedBy.HERE))
    assert 'wicketgate_stream_ends_total{code="modbus_protocol_id",ended_by="here"} 1.0' in told(metrics)


def test_a_peer_cannot_make_new_labels() -> None:
    metrics = Metrics()
    for number in range(3):
        count_end(metrics, RelayEnd(f"made-up-{number}", "", 0, 0, EndedBy.USER))
    assert 'wicketgate_stream_ends_total{code="",ended_by="user"} 3.0' in told(metrics)
    assert "made-up" not in told(metrics)
