"""How services are written on the command line."""

import click
import pytest

from client.commands.admin.assets import ServiceWords


@pytest.mark.parametrize(
    ("written", "service"),
    [
        ("plc=modbus://10.0.0.5:502", {"name": "plc", "protocol": "modbus", "host": "10.0.0.5", "port": 502}),
        ("bus=serial:/dev/ttyS0", {"name": "bus", "protocol": "modbus-rtu", "host": "serial:/dev/ttyS0", "port": 502}),
    ],
)
def test_a_service_is_a_name_and_where_it_is(written: str, service: dict[str, object]) -> None:
    assert ServiceWords().convert(written, None, None) == service


@pytest.mark.parametrize("written", ["", "plc", "=serial:/dev/ttyS0", "plc=10.0.0.5", "plc=modbus://10.0.0.5"])
def test_what_is_no_service_is_refused(written: str) -> None:
    with pytest.raises(click.UsageError):
        ServiceWords().convert(written, None, None)
