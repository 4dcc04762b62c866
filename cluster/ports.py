"""Ports of this machine that are free, and whether something answers at one."""

from __future__ import annotations

import socket


def free_port() -> int:
    """A port on loopback that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


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
