"""A command run in this process: its arguments in, its exit code and what it wrote out."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from feeds.cli import main


@dataclass(frozen=True, slots=True)
class Ran:
    code: int
    out: str
    err: str


def run_command(capsys: pytest.CaptureFixture[str], *arguments: str) -> Ran:
    """Runs ``polyfeed`` with these arguments."""
    with pytest.raises(SystemExit) as ended:
        main(list(arguments))
    captured = capsys.readouterr()
    assert isinstance(ended.value.code, int)
    return Ran(ended.value.code, captured.out, captured.err)
