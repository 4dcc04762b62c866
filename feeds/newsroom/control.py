"""Commands over HTTP in, JSON out: how a demonstration talks to a running newsroom. Answers loopback only.

    GET  /_newsroom/status                                                   counters, rules in force
    POST /_newsroom/publish    {"edition": "de", "section": "Wirtschaft"}    both optional
    POST /_newsroom/edit       {"path": "/de/…html", "title": "…", "listed": true}
    POST /_newsroom/misbehave  {"path": "/de/", "status": 429, "retry_after_s": 30, "delay_s": 0, "times": 2}
    POST /_newsroom/behave     {}

For example: ``curl --json '{"path": "/de/", "status": "redesign"}' http://127.0.0.1:8081/_newsroom/misbehave``. The
body must be sent as ``application/json``, which no page open in a browser can do from another site unasked.
"""

from __future__ import annotations

import dataclasses
import ipaddress
import json
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from feeds.newsroom.messages import Answer, Request

if TYPE_CHECKING:
    from feeds.newsroom.newsroom import Newsroom

PREFIX = "/_newsroom/"


def answer(newsroom: Newsroom, request: Request) -> Answer:
    """Carries out one command; mistakes are answered in words."""
    if not ipaddress.ip_address(request.client).is_loopback:
        return _json({"error": "the newsroom takes commands from this machine only"}, HTTPStatus.FORBIDDEN)
    name = request.path.removeprefix(PREFIX)
    if name == "status":
        return _json(_status(newsroom))
    command = _COMMANDS.get(name)
    if command is None:
        there_are = ", ".join(["status", *_COMMANDS])
        return _json({"error": f"no command {name!r}; there are: {there_are}"}, HTTPStatus.NOT_FOUND)
    if request.method != "POST" or not request.headers.get("content-type", "").startswith("application/json"):
        return _json({"error": f"send {name} by POST as application/json"}, HTTPStatus.BAD_REQUEST)
    try:
        return _json(command(newsroom, _arguments(request.body)))
    except (ValueError, TypeError, KeyError) as error:
        return _json({"error": str(error)}, HTTPStatus.BAD_REQUEST)


def _arguments(body: bytes) -> Mapping[str, Any]:
    arguments = json.loads(body or b"{}")
    if not isinstance(arguments, dict):
        raise TypeError("the body must be a JSON object")
    return arguments


def _status(newsroom: Newsroom) -> Mapping[str, Any]:
    return {
        "requests": sum(newsroom.counts.values()),
        "misbehaviours": [dataclasses.asdict(rule) for rule in newsroom.misbehaviours()],
    }


def _publish(newsroom: Newsroom, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    article = newsroom.publish(**arguments)
    return {"url": newsroom.url_of(article), "title": article.title}


def _edit(newsroom: Newsroom, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    article = newsroom.article_at(str(arguments.get("path", "")))
    if article is None:
        raise ValueError("path is not that of an article page")
    edited = newsroom.edit(article, title=arguments.get("title"), listed=bool(arguments.get("listed", True)))
    return {"url": newsroom.url_of(edited), "title": edited.title}


def _misbehave(newsroom: Newsroom, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    given = dict(arguments)
    newsroom.misbehave(given.pop("path", "/"), given.pop("status", HTTPStatus.INTERNAL_SERVER_ERROR), **given)
    return _status(newsroom)


def _behave(newsroom: Newsroom, _arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    newsroom.behave()
    return _status(newsroom)


_COMMANDS: Mapping[str, Callable[[Newsroom, Mapping[str, Any]], Mapping[str, Any]]] = {
    "publish": _publish,
    "edit": _edit,
    "misbehave": _misbehave,
    "behave": _behave,
}


def _json(value: Mapping[str, Any], status: int = HTTPStatus.OK) -> Answer:
    text = json.dumps(value, ensure_ascii=False, indent=1) + "\n"
    return Answer(status=status, content_type="application/json", body=text.encode())
