"""The ceiling: nothing that is not listed passes."""

from ipaddress import IPv4Address, ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.addresses import hazard, parse_address
from agent.ceiling import Ceiling, Entry, Permit, Resolve
from agent.refusals import Refusal, RefusalCode
from policies.rules import Rules, Tier
from tests.unit.agent.grant_tokens import target

READ = Rules(tiers=frozenset({Tier.READ}))


def entry(*networks: str, hostnames: frozenset[str] = frozenset()) -> Entry:
    nets = tuple(ip_network(net) for net in networks)
    return Entry("presses", nets, ((502, 503),), frozenset({"modbus"}), READ, hostnames)


def judge(host: str, *networks: str, port: int = 502, protocol: str = "modbus") -> Permit | Resolve | Refusal:
    return Ceiling((entry(*networks),)).judge(target(host, port, protocol))


def test_the_empty_ceiling_allows_nothing() -> None:
    answer = Ceiling().judge(target())
    assert isinstance(answer, Refusal)
    assert answer.code is RefusalCode.CEILING_DENIED


def test_a_listed_device_is_permitted_with_the_sites_rules() -> None:
    answer = judge("10.0.0.5", "10.0.0.0/24")
    assert isinstance(answer, Permit)
    assert (answer.address, answer.port, answer.rules) == (IPv4Address("10.0.0.5"), 502, READ)


@pytest.mark.parametrize(
    ("host", "port", "protocol", "said"),
    [
        ("10.0.1.5", 502, "modbus", "10.0.1.5 is not listed"),
        ("10.0.0.5", 22, "modbus", "port 22"),
        ("10.0.0.5", 502, "tcp", "protocol tcp"),
        ("plc.plant.local", 502, "modbus", "hostname"),
        ("127.1", 502, "modbus", "neither a plain IP address"),
        ("0x0a000005", 502, "modbus", "neither a plain IP address"),
        ("10.0.0.05", 502, "modbus", "neither a plain IP address"),
        ("fe80::1%eth0", 502, "modbus", "neither a plain IP address"),
    ],
)
def test_a_refusal_says_what_is_missing(host: str, port: int, protocol: str, said: str) -> None:
    answer = judge(host, "10.0.0.0/24", port=port, protocol=protocol)
    assert isinstance(answer, Refusal)
    assert said in answer.detail


HAZARDS = [
    "127.0.0.1",
    "127.8.8.8",
    "::1",
    "0.0.0.0",
    "0.1.2.3",
    "::",
    "169.254.1.1",
    "fe80::1",
    "224.0.0.1",
    "ff02::1",
    "255.255.255.255",
    "240.0.0.1",
    "169.254.169.254",
    "fd00:ec2::254",
    "100.100.100.200",
    "168.63.129.16",
    "64:ff9b::7f00:1",
    "2002:7f00:1::",
]


@pytest.mark.parametrize("address", HAZARDS)
def test_an_unusual_address_is_dialled_only_when_listed_by_itself(address: str) -> None:
    wide = ip_network(address).supernet(new_prefix=8 if "." in address else 3)
    assert isinstance(judge(address, str(wide)), Refusal)
    assert isinstance(judge(address, address), Permit)


@pytest.mark.parametrize("address", ["127.0.0.1", "169.254.169.254", "10.0.0.5"])
def test_ipv4_inside_ipv6_is_judged_as_ipv4(address: str) -> None:
    assert isinstance(judge(f"::ffff:{address}", "::/0"), Refusal)
    assert isinstance(judge(f"::ffff:{address}", address), Permit)


@pytest.mark.parametrize("edge", ["10.0.0.0", "10.0.0.255"])
def test_a_networks_own_and_broadcast_addresses_are_no_devices(edge: str) -> None:
    assert isinstance(judge(edge, "10.0.0.0/24"), Refusal)


addresses = st.one_of(st.ip_addresses(v=4), st.ip_addresses(v=6), st.sampled_from(HAZARDS).map(ip_address))
networks = st.one_of(
    st.builds(lambda a, p: ip_network((a, p), strict=False), st.ip_addresses(v=4), st.integers(8, 32)),
    st.builds(lambda a, p: ip_network((a, p), strict=False), st.ip_addresses(v=6), st.integers(16, 128)),
)


@given(addresses, st.lists(networks, max_size=4), st.data())
def test_an_address_never_passes_that_is_not_listed(address: object, nets: list[object], data: st.DataObject) -> None:
    if nets and data.draw(st.booleans()):  # also from inside
        net = data.draw(st.sampled_from(nets))
        address = net[data.draw(st.integers(0, min(net.num_addresses - 1, 2**20)))]  # type: ignore[index, attr-defined]
    answer = judge(str(address), *(str(net) for net in nets))
    if isinstance(answer, Permit):
        assert answer.address == parse_address(str(address))
        inside = [net for net in map(ip_network, map(str, nets)) if answer.address in net]
        assert inside
        assert hazard(answer.address) is None or any(net.num_addresses == 1 for net in inside)


@given(st.text(max_size=30))
def test_no_text_that_is_not_a_listed_literal_passes(host: str) -> None:
    answer = Ceiling((entry("10.0.0.5/32"),)).judge(target().model_copy(update={"host": host}))
    assert isinstance(answer, Refusal) or parse_address(host) == IPv4Address("10.0.0.5")


def named(*networks: str) -> Ceiling:
    return Ceiling((entry("192.168.7.0/24"), entry(*networks, hostnames=frozenset({"plc.plant.local"}))))


def test_a_listed_hostname_asks_to_be_resolved_first() -> None:
    assert named("10.0.0.0/24").judge(target("PLC.plant.local.")) == Resolve("plc.plant.local")


@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.1.1", "169.254.169.254", "192.168.7.7", "::1"])
def test_a_name_that_leads_elsewhere_is_refused(address: str) -> None:
    answer = named("10.0.0.0/24").judge(target("plc.plant.local"), ip_address(address))
    assert isinstance(answer, Refusal)


def test_a_name_is_dialled_at_the_address_that_was_checked() -> None:
    answer = named("10.0.0.0/24").judge(target("plc.plant.local"), ip_address("10.0.0.9"))
    assert isinstance(answer, Permit)
    assert answer.address == IPv4Address("10.0.0.9")
