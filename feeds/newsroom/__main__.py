"""``python -m feeds.newsroom``: runs the sample newsroom alone and prints its addresses."""

from __future__ import annotations

import argparse
import sys
import threading

from feeds.errors import StartError
from feeds.newsroom.editions import EDITIONS
from feeds.newsroom.newsroom import Newsroom

_EPILOG = """While it runs, POST /_newsroom/publish, edit, misbehave and behave from this machine direct it, such as
curl --json '{"path": "/de/", "status": 500, "times": 3}' http://127.0.0.1:8081/_newsroom/misbehave"""


def main(arguments: list[str] | None = None) -> int:
    """Serves until interrupted; returns the exit code (1: it could not start)."""
    parser = argparse.ArgumentParser(prog="python -m feeds.newsroom", description=__doc__, epilog=_EPILOG)
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=int, default=8081, help="port to listen on (default: %(default)s)")
    parser.add_argument("--every", type=float, default=5.0, help="seconds between new articles (default: %(default)s)")
    parser.add_argument("--articles", type=int, default=60, help="old articles in the archive (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="another number gives other articles")
    given = parser.parse_args(arguments)
    try:
        newsroom = Newsroom(articles=given.articles, every_s=given.every, seed=given.seed)
        newsroom.start(given.host, given.port)
    except (StartError, ValueError, OverflowError) as error:  # the last: a port above 65535
        print(error, file=sys.stderr)  # noqa: T201 - a command's own output
        return 1
    with newsroom:
        lines = [f"  {newsroom.url}/{edition.language}/  {edition.site}" for edition in EDITIONS]
        print("The newsroom is open:", *lines, "Ctrl-C ends it.", sep="\n", flush=True)  # noqa: T201 - the same
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            return 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
