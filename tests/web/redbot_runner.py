"""Run by tests: REDbot on one request given as JSON, its notes as JSON; its own command line can name no headers."""

from __future__ import annotations

import json
import sys
from configparser import ConfigParser

import thor
from redbot.resource import HttpResource  # type: ignore[import-untyped]


def main() -> None:
    """``{"url": …, "method": …, "headers": [[name, value], …]}`` in; its status and [[level, what], …] out."""
    asked = json.loads(sys.argv[1])
    config = ConfigParser()
    config.read_dict({"redbot": {"enable_local_access": "True"}})
    resource = HttpResource(config["redbot"])
    resource.set_request(asked["url"], asked["method"], [tuple(pair) for pair in asked["headers"]])

    def tell() -> None:
        # notes of the answer, and of those to the further requests that REDbot makes of it
        further = (note for check in resource.subreqs.values() for note in check.response.notes)
        notes = [*resource.response.notes, *further]
        told = [[note.level.name, str(note.summary)] for note in notes]
        sys.stdout.write(json.dumps({"status": str(resource.response.status_code), "notes": told}))
        thor.stop()

    resource.on("check_done", tell)
    resource.check()
    thor.run()


if __name__ == "__main__":
    main()
