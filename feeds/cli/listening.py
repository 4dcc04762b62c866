"""Host and port in, a bound socket out."""

from __future__ import annotations

import socket

from feeds.errors import StartError


def listen(host: str, port: int, *, is_shared: bool = False) -> socket.socket:
    """A bound socket; with ``is_shared`` others may be bound to the same port, and the kernel deals out connections.

    Raises:
        StartError: the port is in use, or the address is not this machine's.
    """
    bound: socket.socket | None = None
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        bound = socket.socket(family, socket.SOCK_STREAM)
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if is_shared:
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        bound.bind((host, port))
    except OSError as error:
        if bound is not None:
            bound.close()
        raise StartError(
            f"cannot listen on {host}:{port}: {error.strerror or error}; name another with --port or POLYFEED_PORT"
        ) from error
    return bound


def free_port(host: str, port: int) -> int:
    """The port when it can be listened on, a free one for 0.

    Raises:
        StartError: the port is in use, or the address is not this machine's.
    """
    with listen(host, port) as probe:
        probe.listen()
        return int(probe.getsockname()[1])
