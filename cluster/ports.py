"""Ports of this machine that are free, and whether something answers at one."""

from __future__ import annotations

import random
import socket
from pathlib import Path

_LEAST = 20_000
_GIVEN = Path("/proc/sys/net/ipv4/ip_local_port_range")
_USUALLY_GIVEN = 32_768


def free_port() -> int:
    """A port on loopback that nothing listens on, and that no connection is given to come from."""
    for port in random.sample(range(_LEAST, _first_given()), 1000):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise RuntimeError("no port of this machine is free")


def _first_given() -> int:
    """The first of the ports that outgoing connections are given: any of them may be taken in the next moment."""
    try:
        return int(_GIVEN.read_text(encoding="ascii").split()[0])
    except OSError:
        return _USUALLY_GIVEN


def is_open(port: int) -> bool:
    """Whether something accepts connections there."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
            return not is_its_own(connection)
    except OSError:
        return False


def is_its_own(connection: socket.socket) -> bool:
    """Whether a connection to a port that nobody listens on met itself: it was given that port to come from."""
    return bool(connection.getsockname() == connection.getpeername())
