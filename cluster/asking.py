"""A request to a port of this machine, and its answer as it came."""

from __future__ import annotations

import http.client
from dataclasses import dataclass

from cluster.ports import is_its_own

ANSWER_S = 30.0


@dataclass(frozen=True, slots=True)
class Answer:
    """``headers`` has their names in small letters."""

    status: int
    headers: dict[str, str]
    body: bytes

    def __getitem__(self, name: str) -> str:
        """A header, "" when there is none."""
        return self.headers.get(name.lower(), "")


def ask(port: int, path: str, method: str = "GET", *, source: str = "127.0.0.1", **headers: str) -> Answer:
    """Asks once, from the address ``source``; names of headers have underscores here: ``If_None_Match=…``.

    Raises:
        OSError, http.client.HTTPException: there was no answer.
    """
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=ANSWER_S, source_address=(source, 0))
    try:
        connection.putrequest(method, path, skip_accept_encoding=True)
        for name, value in headers.items():
            connection.putheader(name.replace("_", "-"), value)
        connection.endheaders()
        if is_its_own(connection.sock):
            raise ConnectionRefusedError(f"nothing listens on port {port}")
        answer = connection.getresponse()
        told = {name.lower(): value for name, value in answer.getheaders()}
        assert len(told) == len(answer.getheaders()), f"a header twice: {answer.getheaders()}"
        return Answer(answer.status, told, answer.read())
    finally:
        connection.close()
