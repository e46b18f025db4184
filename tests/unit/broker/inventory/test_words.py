"""Hosts, labels, units and time zones are checked with messages that say what to write instead."""

import pytest
from pydantic import ValidationError

from broker.inventory.models import AssetSpec, NewSite, ServiceSpec
from broker.inventory.words import check_host


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("10.0.0.5", "10.0.0.5"),
        (" PLC-1.Plant.Example. ", "plc-1.plant.example"),
        ("2001:DB8::0:5", "2001:db8::5"),
        ("plc", "plc"),
    ],
)
def test_a_host_is_kept_in_its_canonical_form(written: str, kept: str) -> None:
    assert check_host(written) == kept


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("http://10.0.0.5", "without scheme"),
        ("10.0.0.0/24", "mask"),
        ("10.0.0.5:502", "port"),
        ("[2001:db8::5]", "without brackets"),
        ("10.0.0.256", "looks like an IP address"),
        ("plc_1", "neither"),
        ("a..b", "neither"),
        ("-plc", "neither"),
        ("x" * 64, "neither"),
        ("", "neither"),
    ],
)
def test_what_is_no_host_is_refused_with_what_to_write_instead(written: str, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        check_host(written)


def service(**fields: object) -> dict[str, object]:
    return {"name": "modbus", "protocol": "modbus", "host": "10.0.0.5", "port": 502, **fields}


@pytest.mark.parametrize("port", [0, 65536, -1])
def test_a_port_out_of_range_is_refused(port: int) -> None:
    with pytest.raises(ValidationError, match="port"):
        ServiceSpec.model_validate(service(port=port))


def test_a_modbus_unit_above_255_is_refused() -> None:
    with pytest.raises(ValidationError, match="no unit 256 in modbus: units go up to 255"):
        ServiceSpec.model_validate(service(units=[256]))


def test_routes_are_refused_where_the_protocol_has_none_or_writes_them_otherwise() -> None:
    with pytest.raises(ValidationError, match="there are no routes in modbus"):
        ServiceSpec.model_validate(service(routes=["1/0"]))
    with pytest.raises(ValidationError, match="write '1/0'"):
        ServiceSpec.model_validate(service(protocol="enip", routes=["01/0"]))


def test_units_are_refused_where_the_protocol_has_none() -> None:
    with pytest.raises(ValidationError, match="there are no units in s7: fence it with 'routes'"):
        ServiceSpec.model_validate(service(protocol="s7", units=[1]))


BACNET = {"instance": 7, "vendor": 15}


@pytest.mark.parametrize(
    ("protocol", "identity"),
    [("enip", {"bacnet": BACNET}), ("modbus", {"bacnet": BACNET}), ("bacnet", {}), ("bacnet", {"bacnet": None})],
)
def test_an_identity_is_told_in_the_services_own_protocol_or_not_at_all(protocol: str, identity: object) -> None:
    with pytest.raises(ValidationError, match="named as the service's protocol"):
        ServiceSpec.model_validate(service(protocol=protocol, identity=identity))


def test_an_identity_takes_no_word_that_its_protocol_has_not() -> None:
    assert ServiceSpec.model_validate(service(protocol="bacnet", identity={"bacnet": BACNET})).identity is not None
    with pytest.raises(ValidationError, match="serial_number"):
        ServiceSpec.model_validate(service(protocol="bacnet", identity={"bacnet": {**BACNET, "serial_number": 1}}))
    with pytest.raises(ValidationError, match="product_name"):
        ServiceSpec.model_validate(service(protocol="enip", identity={"enip": {"product_name": "Größe"}}))


def test_an_empty_fence_is_refused_since_it_would_let_nothing_through() -> None:
    with pytest.raises(ValidationError, match="lets nothing through"):
        ServiceSpec.model_validate(service(units=[]))
    with pytest.raises(ValidationError, match="lets nothing through"):
        ServiceSpec.model_validate(service(protocol="enip", routes=[]))


def test_two_services_with_one_name_are_refused() -> None:
    with pytest.raises(ValidationError, match="'modbus' stands there twice"):
        AssetSpec.model_validate({"name": "plc-1", "services": [service(), service(port=503)]})


@pytest.mark.parametrize("name", ["PLC", "a b", "-a", "a-", "a/b", "", "x" * 64, "a\n"])
def test_a_name_is_a_slug(name: str) -> None:
    with pytest.raises(ValidationError):
        AssetSpec.model_validate({"name": name})


def test_a_time_zone_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValidationError, match="IANA"):
        NewSite(name="north", timezone="Europe/Atlantis")


def test_a_label_value_with_a_line_break_is_refused() -> None:
    with pytest.raises(ValidationError, match="label"):
        AssetSpec.model_validate({"name": "plc-1", "labels": {"type": "plc\nhmi"}})


def test_a_serial_line_is_kept_as_it_is_written() -> None:
    by_id = "serial:/dev/serial/by-id/usb-FTDI_FT232R_A1-if00-port0"
    assert check_host(f" {by_id} ") == by_id


@pytest.mark.parametrize(
    "written", ["serial:ttyS0", "serial:/etc/passwd", "serial:/dev/../etc/x", "serial:/dev/ttyS0?baud=9600", "serial:"]
)
def test_what_is_no_serial_line_is_refused_with_what_to_write_instead(written: str) -> None:
    with pytest.raises(ValueError, match="serial:/dev/ttyS0"):
        check_host(written)


@pytest.mark.parametrize(
    "fields",
    [{"host": "serial:/dev/ttyS0"}, {"protocol": "modbus-rtu"}, {"host": "serial:/dev/ttyS0", "protocol": "tcp"}],
)
def test_a_serial_line_speaks_modbus_rtu_and_nothing_else_does(fields: dict[str, str]) -> None:
    with pytest.raises(ValidationError, match="a serial line speaks modbus-rtu"):
        ServiceSpec.model_validate(service(**fields))
    line = ServiceSpec.model_validate(service(host="serial:/dev/ttyS0", protocol="modbus-rtu", units=[0, 1]))
    assert line.host == "serial:/dev/ttyS0"
