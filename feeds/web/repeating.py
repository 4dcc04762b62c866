"""What a worker does beside answering, again and again until its process ends."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable


def repeat(step: Callable[[], object], *, every_s: float, name: str) -> None:
    """Calls ``step`` from now on in a thread of its own, which keeps no process from ending."""

    def run() -> None:
        while True:
            time.sleep(every_s)
            step()

    threading.Thread(target=run, name=name, daemon=True).start()
