"""Runs every benchmark and prints one table; what cannot run here says why."""

from __future__ import annotations

import subprocess
import sys

NAMES = (
    "pipeline",
    "rendering",
    "serving",
    "entries",
    "copies",
    "stories",
    "tagging",
    "memory",
    "fidelity",
    "sources",
    "scale",
    "sizes",
)


def main() -> int:
    """Runs each in a process of its own, so that none inherits another's memory."""
    failed = []
    for name in NAMES:
        print(f"\n## {name}\n", flush=True)
        if subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], check=False).returncode:
            failed.append(name)
    if failed:
        print(f"failed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
