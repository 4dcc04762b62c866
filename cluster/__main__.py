"""``make cluster``: a whole Polyfeed on this machine, to look at and to break, until Ctrl-C."""

from __future__ import annotations

import argparse
import signal
import sys
import time
from pathlib import Path
from types import FrameType

from cluster.ports import is_open
from cluster.processes import Process
from cluster.whole import Cluster, missing, running_cluster

LOOK_S = 0.5
TRIES = {
    "web": "a web dies: nginx asks the other, and no reader notices",
    "worker": "a worker dies: the other takes its polls up when their lease runs out",
    "schedule": "the scheduler dies: nothing new is polled until it is back, and nothing is lost",
}
AGAIN_S = 5.0  # long enough to see how it is without it; systemd's units wait one second


def main() -> int:
    """Runs it; 1 when it cannot start, 3 when something is not installed."""
    parser = argparse.ArgumentParser(prog="make cluster", description=__doc__)
    parser.add_argument("--port", type=int, default=8000, help="of nginx; 0 takes a free one (%(default)s)")
    parser.add_argument("--workers", type=int, default=2, help="polyfeed worker (%(default)s)")
    parser.add_argument("--webs", type=int, default=2, help="polyfeed web (%(default)s)")
    parser.add_argument(
        "--every", type=float, default=5.0, help="seconds between the newsroom's articles (%(default)s)"
    )
    parser.add_argument("--articles", type=int, default=60, help="its old articles at the start (%(default)s)")
    parser.add_argument("--config", type=Path, default=Path("config"), help="settings.toml and sources/ (%(default)s)")
    given = parser.parse_args()
    if lacking := missing():
        print("\n".join(lacking), file=sys.stderr)
        print("Install them: sh cluster/debian-packages postgresql redis-server nginx-light", file=sys.stderr)
        return 3
    if given.port and is_open(given.port):
        print(f'Something listens on port {given.port}; name another: make cluster ARGS="--port 8080"', file=sys.stderr)
        return 1
    for which in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(which, _stop)
    print("Starting PostgreSQL, Redis, the sample newsroom, every role and nginx …", flush=True)
    try:
        with running_cluster(
            workers=given.workers,
            webs=given.webs,
            port=given.port,
            every_s=given.every,
            articles=given.articles,
            config=given.config.absolute(),
        ) as cluster:
            _tell(cluster)
            _watch(cluster)
    except RuntimeError as error:
        print(f"make cluster: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped: nothing of it is left.", flush=True)
    return 0


def _stop(_signal: int, _frame: FrameType | None) -> None:
    """Unwinds everything, which a second Ctrl-C does not break off."""
    for which in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(which, signal.SIG_IGN)
    raise KeyboardInterrupt


def _tell(cluster: Cluster) -> None:
    """Says where it is, what runs, and what to try."""
    base = cluster.url
    print(
        f"\nPolyfeed is at {base}/\n"
        f"  a feed to subscribe to   {base}/feeds/all.atom\n"
        f"  how the sources are      {base}/sources\n"
    )
    print(f"{'what runs':<14}{'process':>8}{'port':>7}  log")
    for part in cluster.parts:
        print(f"{part.name:<14}{part.pid:>8}{part.port:>7}  {part.log}")
    print("\nTo try:")
    for command, says in TRIES.items():
        for role in cluster.all(command)[-1:]:
            print(f"  kill -9 {role.pid:<7} {says}")
    print(
        f"  curl -sI {base}/feeds/all.atom  (Cache-Status: whether nginx had it kept)\n"
        f"  psql '{cluster.database_url.replace('+psycopg', '')}'\n"
        f"What dies is told here, with the end of its log, and started again after {AGAIN_S:.0f} s.\n"
        f"Ctrl-C stops all of it and removes what it wrote.\n",
        flush=True,
    )


def _watch(cluster: Cluster) -> None:
    """Tells what died and starts it again, for as long as that works; RuntimeError when it does not."""
    died_at: dict[Process, float] = {}
    while True:
        time.sleep(LOOK_S)
        for part in cluster.parts:
            if part.exit_code is None:
                continue
            if part not in died_at:
                died_at[part] = time.monotonic()
                print(f"{part.name} {_why(part)}. The end of {part.log}:\n{part.end_of_log(lines=5)}", flush=True)
            elif time.monotonic() - died_at[part] > AGAIN_S:
                del died_at[part]
                part.start()
                print(f"{part.name} runs again, as process {part.pid}.", flush=True)


def _why(part: Process) -> str:
    code = part.exit_code
    assert code is not None
    return f"was ended by {signal.Signals(-code).name}" if code < 0 else f"ended by itself with exit code {code}"


if __name__ == "__main__":
    sys.exit(main())
