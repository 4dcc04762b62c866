"""Where fetching dials: a host name in, a connection to an address that was checked out, or a FetchError.

A name is resolved once, every address of the answer is checked, and the literal address that passed is dialled: a
name that answers differently the next moment (DNS rebinding) gains nothing. TLS and the Host header keep the name.
Each connection also obeys one deadline for the whole request, whatever the server does between two bytes.
"""

from __future__ import annotations

import contextlib
import contextvars
import ipaddress
import queue
import socket
import ssl
import threading
import time
from collections.abc import Callable, Generator, Iterable, Sequence
from typing import Any

import httpcore2

from feeds.errors import FetchError

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolver = Callable[[str, int], Sequence[str]]

_MOST_ADDRESSES = 6  # tried of one answer; each gets its share of the time


def _networks(*texts: str) -> tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]:
    return tuple(ipaddress.ip_network(text) for text in texts)


# What ``allow_private`` opens: this machine, private networks (RFC 1918, RFC 4193), carrier NAT (RFC 6598).
_PRIVATE = _networks(
    "127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "::1/128", "fc00::/7"
)
# What nothing opens: where clouds hand out the machine's own keys. Link-local for most of them, else single hosts.
_METADATA = _networks(
    "169.254.0.0/16",
    "fe80::/10",
    "fd00:ec2::254/128",
    "fd20:ce::254/128",
    "100.100.100.200/32",
    "168.63.129.16/32",
    "192.0.0.192/32",
)
# IANA special-purpose registries (RFC 6890 and after): nobody's public server lives there. Stated here since what
# ``ipaddress`` calls global differs between releases of Python; that opinion is asked as well.
_SPECIAL = _networks(
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.0.0.0/24",
    "192.0.2.0/24",
    "192.88.99.0/24",
    "192.168.0.0/16",
    "198.18.0.0/15",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "224.0.0.0/4",
    "240.0.0.0/4",
    "2001::/23",  # IETF protocols, Teredo among them
    "2001:db8::/32",
    "2002::/16",  # 6to4: an IPv4 address in disguise
    "3fff::/20",
)
# All public IPv6 lies here: this alone refuses loopback, local, multicast, IPv4-mapped and local NAT64 forms.
_GLOBAL_IPV6 = ipaddress.IPv6Network("2000::/3")
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")  # RFC 6052: how a network without IPv4 reaches IPv4 servers

_deadline_s: contextvars.ContextVar[float] = contextvars.ContextVar("deadline_s")  # of time.monotonic()


def refusal(address: Address, *, allow_private: bool) -> str:
    """Why ``address`` must not be dialled, in words; empty when it may."""
    if any(address in network for network in _METADATA):
        return "where clouds keep a machine's secrets, never a source"
    if isinstance(address, ipaddress.IPv6Address) and address in _NAT64:
        inner = ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
        return refusal(inner, allow_private=False)
    if any(address in network for network in _PRIVATE):
        return "" if allow_private else "private"
    if any(address in network for network in _SPECIAL) or not address.is_global:
        return "no public address"
    if isinstance(address, ipaddress.IPv6Address) and address not in _GLOBAL_IPV6:
        return "no public address"
    return ""


def resolve_host(host: str, port: int) -> list[str]:
    """The IP addresses of ``host``, as the system answers, in the order to try them (RFC 6724)."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


@contextlib.contextmanager
def deadline(timeout_s: float) -> Generator[None]:
    """Everything this thread sends and receives inside is over ``timeout_s`` seconds from now."""
    token = _deadline_s.set(time.monotonic() + timeout_s)
    try:
        yield
    finally:
        _deadline_s.reset(token)


def time_left_s() -> float:
    """Seconds until the deadline.

    Raises:
        httpcore2.ReadTimeout: there are none.
    """
    left_s = _deadline_s.get() - time.monotonic()
    if left_s <= 0:
        raise httpcore2.ReadTimeout("deadline")
    return left_s


class GuardedBackend(httpcore2.NetworkBackend):
    """Dials for one connection pool; ``allow_private`` is the pool's, so that its connections serve no other call."""

    def __init__(self, *, allow_private: bool, resolve: Resolver = resolve_host) -> None:
        self._allow_private = allow_private
        self._resolve = resolve
        self._tcp = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002 - the deadline stands for it
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        """A connection to the first address of ``host`` that may be dialled and answers.

        Raises:
            FetchError: the name has no address, or none that may be dialled.
            httpcore2.ConnectError, httpcore2.ConnectTimeout: none answers.
        """
        addresses = self._checked(host, port)
        for position, address in enumerate(addresses):
            remaining = len(addresses) - position
            try:
                stream = self._tcp.connect_tcp(
                    host=str(address),
                    port=port,
                    timeout=time_left_s() / remaining,
                    local_address=local_address,
                    socket_options=socket_options,
                )
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout):
                if remaining == 1:
                    raise
            else:
                return _TimedStream(stream)
        raise FetchError(f"no address of {host} could be tried")

    def _checked(self, host: str, port: int) -> list[Address]:
        """The addresses of ``host`` that may be dialled, after one look-up."""
        addresses = [ipaddress.ip_address(text) for text in self._look_up(host, port)]
        refusals = {address: refusal(address, allow_private=self._allow_private) for address in addresses}
        allowed = [address for address in addresses if not refusals[address]]
        if not allowed:
            raise FetchError(_refused(host, refusals))
        return allowed[:_MOST_ADDRESSES]

    def _look_up(self, host: str, port: int) -> Sequence[str]:
        with contextlib.suppress(ValueError):
            return [str(ipaddress.ip_address(host))]
        found = _in_time(lambda: self._resolve(host, port))
        if isinstance(found, OSError | UnicodeError):
            raise FetchError(f"the name {host} has no address ({found}); check its spelling and this machine's DNS")
        if not found:
            raise FetchError(f"the name {host} has no address; check its spelling")
        return found


class _TimedStream(httpcore2.NetworkStream):
    """A stream whose every step ends at the deadline, not at a time-out of its own that starts again and again."""

    def __init__(self, stream: httpcore2.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002 - the deadline stands for it
        return self._stream.read(max_bytes, time_left_s())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002 - the same
        self._stream.write(buffer, time_left_s())

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002 - the same
    ) -> httpcore2.NetworkStream:
        return _TimedStream(self._stream.start_tls(ssl_context, server_hostname, time_left_s()))

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _in_time(look_up: Callable[[], Sequence[str]]) -> Sequence[str] | OSError | UnicodeError:
    """What ``look_up`` answers before the deadline; the system's resolver itself cannot be given a time."""
    answers: queue.SimpleQueue[Sequence[str] | OSError | UnicodeError] = queue.SimpleQueue()

    def run() -> None:
        try:
            answers.put(look_up())
        except (OSError, UnicodeError) as error:
            answers.put(error)

    # a daemon: a look-up that hangs ends by itself, and must not keep the process from ending
    threading.Thread(target=run, daemon=True, name="resolve").start()
    try:
        return answers.get(timeout=time_left_s())
    except queue.Empty:
        raise httpcore2.ConnectTimeout("look-up") from None


def _refused(host: str, refusals: dict[Address, str]) -> str:
    address, why = next(iter(refusals.items()))
    named = str(address) if str(address) == host else f"{host} ({address})"
    advice = "; if the source is yours, say allow_private = true in its file" if "private" in refusals.values() else ""
    return f"refused to connect to {named}: the address is {why}{advice}"
