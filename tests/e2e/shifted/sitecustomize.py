"""On PYTHONPATH of a process: its clock goes by as many seconds as the file CLOCK_SHIFT names, whenever that changes.

Only what Python tells of the time of day; how long something takes (``time.monotonic``) stays true, as it does when a
machine's clock is set.
"""

from __future__ import annotations

import datetime as dt
import os
import time
from pathlib import Path
from typing import Any

_FILE = Path(os.environ["CLOCK_SHIFT"])
_true_time = time.time
_true_datetime = dt.datetime


def _time() -> float:
    return _true_time() + float(_FILE.read_text() or 0)


class _Alike(type):
    """Instants that were made by others are such instants as well."""

    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, _true_datetime)

    def __subclasscheck__(cls, subclass: type) -> bool:
        return issubclass(subclass, _true_datetime)


class _Shifted(_true_datetime, metaclass=_Alike):
    __slots__ = ()  # as large as C code expects it

    @classmethod
    def now(cls, tz: dt.tzinfo | None = None) -> Any:
        return cls.fromtimestamp(_time(), tz)


_Shifted.__module__, _Shifted.__qualname__, _Shifted.__name__ = "datetime", "datetime", "datetime"
time.time = _time
dt.datetime = _Shifted  # type: ignore[misc]
