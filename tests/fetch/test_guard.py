"""feeds.fetch.guard: which addresses are dialled, and that what was checked is what is dialled."""

from __future__ import annotations

import ipaddress
import socket
import time
from collections.abc import Callable, Iterator

import httpcore2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.errors import FetchError
from feeds.fetch import guard
from feeds.fetch.guard import GuardedBackend, deadline, refusal, resolve_host

NAT64 = int(ipaddress.IPv6Address("64:ff9b::"))


def why(text: str, *, allow_private: bool = False) -> str:
    return refusal(ipaddress.ip_address(text), allow_private=allow_private)


@pytest.mark.parametrize("address", ["8.8.8.8", "93.184.215.14", "2606:4700::1111", "2a00:1450:4001::1"])
def test_public_addresses_are_dialled(address: str) -> None:
    assert why(address) == ""
    assert why(address, allow_private=True) == ""


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.9.9.9",
        "10.1.2.3",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.0.1",
        "100.64.0.1",
        "::1",
        "fd12::1",
    ],
)
def test_private_addresses_need_leave(address: str) -> None:
    assert why(address) == "private"
    assert why(address, allow_private=True) == ""


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",
        "0.1.2.3",
        "169.254.169.254",
        "169.254.0.1",
        "168.63.129.16",
        "100.100.100.200",
        "192.0.0.192",
        "192.0.0.9",
        "192.0.2.1",
        "192.88.99.1",
        "198.18.0.1",
        "198.51.100.1",
        "203.0.113.1",
        "224.0.0.1",
        "239.255.255.250",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::127.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "::ffff:169.254.169.254",
        "::ffff:8.8.8.8",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b::7f00:1",
        "64:ff9b::a00:1",
        "64:ff9b:1::1",
        "2001::1",
        "2001:db8::1",
        "2002:7f00:1::",
        "2002:a9fe:a9fe::",
        "2002:808:808::1",
        "3fff::1",
        "5f00::1",
        "100::1",
        "fe80::1",
        "fe80::1%1",
        "fec0::1",
        "fd00:ec2::254",
        "fd20:ce::254",
        "ff02::1",
    ],
)
def test_no_leave_opens_these(address: str) -> None:
    assert why(address)
    assert why(address, allow_private=True)


def test_an_ipv6_only_network_reaches_public_ipv4() -> None:
    assert why("64:ff9b::808:808") == ""


@given(st.one_of(st.ip_addresses(v=4), st.ip_addresses(v=6)))
def test_what_is_dialled_is_public_in_the_eyes_of_ipaddress(address: guard.Address) -> None:
    if not refusal(address, allow_private=False):
        assert _is_public(address)


@given(st.ip_addresses(v=4))
def test_every_public_ipv4_address_is_dialled_but_known_exceptions(address: ipaddress.IPv4Address) -> None:
    exceptions = ["192.0.0.0/24", "192.88.99.0/24", "168.63.129.16/32"]
    is_exception = any(address in ipaddress.ip_network(text) for text in exceptions)
    assert bool(refusal(address, allow_private=False)) == (is_exception or not _is_public(address))


@given(st.ip_addresses(v=4))
def test_an_ipv4_address_in_disguise_is_never_better_off(address: ipaddress.IPv4Address) -> None:
    bare = refusal(address, allow_private=False)
    for disguise in (0, 0xFFFF << 32, NAT64):
        inside = ipaddress.IPv6Address(disguise | int(address))
        if inside != ipaddress.IPv6Address("::1"):  # both 0.0.0.1 and the loopback of IPv6
            assert refusal(inside, allow_private=True) or (not bare and disguise == NAT64)


def _is_public(address: guard.Address) -> bool:
    flags = (address.is_private, address.is_loopback, address.is_link_local, address.is_multicast)
    if isinstance(address, ipaddress.IPv6Address):
        if address in ipaddress.ip_network("64:ff9b::/96"):
            return _is_public(ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF))
        if any((address.ipv4_mapped, address.sixtofour, address.teredo, address.is_site_local)):
            return False
    return address.is_global and not any((*flags, address.is_reserved, address.is_unspecified))


# --- dialling ---------------------------------------------------------------------------------------------------


@pytest.fixture
def listener() -> Iterator[tuple[str, int]]:
    with socket.create_server(("127.0.0.2", 0)) as server:
        yield server.getsockname()


def dial(host: str, port: int, resolve: Callable[[str, int], list[str]], *, allow_private: bool = True) -> str:
    """The IP address at the other end."""
    with deadline(2.0):
        stream = GuardedBackend(allow_private=allow_private, resolve=resolve).connect_tcp(host, port)
        peer = stream.get_extra_info("server_addr")
        stream.close()
    return str(peer[0])


def test_a_name_is_resolved_once_and_the_checked_address_dialled(listener: tuple[str, int]) -> None:
    answers = iter([["127.0.0.2"], ["127.0.0.3"]])  # DNS rebinding: another answer to whoever asks again
    assert dial("rebind.example", listener[1], lambda _host, _port: next(answers)) == "127.0.0.2"
    assert next(answers) == ["127.0.0.3"]


def test_the_name_never_reaches_the_system_resolver(listener: tuple[str, int], monkeypatch: pytest.MonkeyPatch) -> None:
    looked_up: list[str] = []
    real = socket.getaddrinfo

    def spy(host: str, *args: object, **kwargs: object) -> object:
        looked_up.append(host)
        return real(host, *args, **kwargs)  # type: ignore[arg-type] # passed on as it came

    monkeypatch.setattr(socket, "getaddrinfo", spy)
    dial("name.example", listener[1], lambda _host, _port: ["127.0.0.2"])
    assert looked_up == ["127.0.0.2"]


def test_a_name_that_resolves_to_private_addresses_is_refused(listener: tuple[str, int]) -> None:
    with pytest.raises(FetchError, match=r"inside\.example \(127\.0\.0\.2\): the address is private.*allow_private"):
        dial("inside.example", listener[1], lambda _host, _port: ["127.0.0.2", "::1"], allow_private=False)


def test_of_a_mixed_answer_only_what_passed_is_dialled(listener: tuple[str, int]) -> None:
    mixed = ["169.254.169.254", "::ffff:127.0.0.1", "127.0.0.2"]
    assert dial("mixed.example", listener[1], lambda _host, _port: mixed) == "127.0.0.2"


def test_the_next_address_is_tried_when_one_does_not_answer(listener: tuple[str, int]) -> None:
    assert dial("two.example", listener[1], lambda _host, _port: ["127.0.0.3", "127.0.0.2"]) == "127.0.0.2"


def test_an_ip_literal_is_checked_too(listener: tuple[str, int]) -> None:
    with pytest.raises(FetchError, match=r"127\.0\.0\.2: the address is private"):
        dial("127.0.0.2", listener[1], resolve_host, allow_private=False)
    assert dial("127.0.0.2", listener[1], resolve_host) == "127.0.0.2"


def test_a_name_without_an_address() -> None:
    def fail(_host: str, _port: int) -> list[str]:
        raise socket.gaierror(-2, "Name or service not known")

    with pytest.raises(FetchError, match=r"nowhere\.example has no address"):
        dial("nowhere.example", 80, fail)
    with pytest.raises(FetchError, match=r"nowhere\.example has no address"):
        dial("nowhere.example", 80, lambda _host, _port: [])


def test_a_look_up_that_hangs_ends_at_the_deadline() -> None:
    def hang(_host: str, _port: int) -> list[str]:
        time.sleep(2)
        return ["127.0.0.2"]

    started = time.monotonic()
    with deadline(0.1), pytest.raises(httpcore2.ConnectTimeout):
        GuardedBackend(allow_private=True, resolve=hang).connect_tcp("slow.example", 80)
    assert time.monotonic() - started < 1


def test_the_system_resolver_knows_this_machine() -> None:
    assert set(resolve_host("localhost", 80)) <= {"127.0.0.1", "::1"}
