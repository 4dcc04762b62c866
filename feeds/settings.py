"""Settings in one frozen value: defaults, then ``settings.toml``, then ``POLYFEED_*`` variables, then arguments.

``load_settings`` reports every mistake at once as ``ConfigErrors``, each with the file or variable and the reason.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from feeds.errors import ConfigError, ConfigErrors

PREFIX = "POLYFEED_"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What an operator may set for one process; each field is also a variable, ``port`` is ``POLYFEED_PORT``."""

    host: str = "127.0.0.1"
    port: int = 8000
    data: Path = Path("data")  # the store and what else outlives a restart
    config: Path = Path("config")  # settings.toml and sources/
    database_url: str = ""  # SQLAlchemy address; empty: polyfeed.sqlite3 in the data directory
    redis_url: str = ""  # where `schedule` hands polls to `worker`s; empty: it polls in its own process
    keep: str = ""  # how long articles are kept, such as "2y" or "18m", by months first seen; empty: for ever
    metrics_port: int = 0  # where `schedule` and `worker` show /metrics; 0: nowhere
    public_url: str = ""  # how subscribers reach the service; empty: http://host:port
    title: str = "Polyfeed"  # how the service calls itself in feeds and pages
    web_workers: int = 2  # processes that answer HTTP
    poll_threads: int = 8  # sources polled at once
    tick_s: float = 1.0  # how often the scheduler looks for due sources
    lease_s: float = 120.0  # a poll that has not reported for so long is given to another
    feed_entries: int = 50  # entries a feed holds
    answers_mb: int = 128  # memory of each web worker for feeds that are ready
    new_per_poll: int = 200  # article pages fetched in one poll at most; the rest follow in the next
    page_attempts: int = 5  # tries for an article page that cannot be read
    contact: str = ""  # mail or web address in the User-Agent, so that sites can reach you
    timeout_s: float = 20.0  # for one request, connection to last byte
    max_bytes: int = 16_000_000  # of one document, after decompression
    alerts: tuple[str, ...] = ()  # Apprise addresses that are told when a source breaks or recovers
    alert_after_s: float = 300.0  # a change that healed within so many seconds is not told
    hub: str = ""  # WebSub hub that is told which feeds changed; empty: none
    hub_after_s: float = 2.0  # changes within so many seconds are told the hub together
    keys: tuple[str, ...] = ()  # with any, feeds are answered to those who name one of them: ?key=…
    client_rate: str = "600 per minute"  # answers to one client; empty: as many as it asks for
    trusted_proxies: int = 0  # proxies in front, each of which adds to X-Forwarded-For whom it asks for
    log_level: str = "info"  # debug, info, warning, error
    log_format: str = "auto"  # auto (readable on a terminal, JSON otherwise), text, json

    @property
    def store_url(self) -> str:
        """SQLAlchemy address of the store."""
        return self.database_url or f"sqlite:///{(self.data / 'polyfeed.sqlite3').absolute()}"

    @property
    def base_url(self) -> str:
        """How subscribers reach the service, without a trailing slash."""
        if self.public_url:
            return self.public_url.rstrip("/")
        host = "127.0.0.1" if self.host in {"0.0.0.0", "::", ""} else self.host  # noqa: S104 - only compared
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}"

    @property
    def keep_months(self) -> int | None:
        """For how many months articles are kept; None: for ever."""
        found = _KEEP.fullmatch(self.keep)
        return int(found[1]) * (12 if found[2] == "y" else 1) if found else None

    @property
    def public_hub(self) -> str:
        """The hub to announce and to tell; none where feeds are only for holders of a key: no hub could read them."""
        return "" if self.keys else self.hub


_BOUNDS: Mapping[str, tuple[float, float]] = {
    "port": (0, 65535),
    "web_workers": (1, 256),
    "poll_threads": (1, 256),
    "tick_s": (0.05, 3600),
    "lease_s": (1, 86400),
    "metrics_port": (0, 65535),
    "feed_entries": (1, 1000),
    "answers_mb": (1, 1_000_000),
    "new_per_poll": (1, 100_000),
    "page_attempts": (1, 100),
    "timeout_s": (0.1, 600),
    "max_bytes": (10_000, 1_000_000_000),
    "alert_after_s": (0, 604_800),
    "hub_after_s": (0, 3600),
    "trusted_proxies": (0, 16),
}
_RATE = re.compile(r"[1-9]\d{0,8} per (?:[1-9]\d{0,3} )?(?:second|minute|hour|day)s?")
_KEEP = re.compile(r"([1-9]\d{0,2})([my])")  # months or years: whole months are dropped at once
_LEAST_KEY_CHARS = 16
_CHOICES: Mapping[str, tuple[str, ...]] = {
    "log_level": ("debug", "info", "warning", "error"),
    "log_format": ("auto", "text", "json"),
}
_WEB = (lambda value: value.startswith(("http://", "https://")), "must start with http:// or https://")
# what a text that is not empty must be like
_FORMS: Mapping[str, tuple[Callable[[Any], bool], str]] = {
    "public_url": _WEB,
    "hub": _WEB,
    "redis_url": (
        lambda value: value.startswith(("redis://", "rediss://", "unix://")),
        "must be such as redis://host:6379/0",
    ),
    "keep": (
        lambda value: _KEEP.fullmatch(value) is not None,
        'must be empty or such as "18m" (months) or "2y" (years)',
    ),
    "client_rate": (
        lambda value: all(map(_RATE.fullmatch, value.split("; "))),
        'must be empty or such as "600 per minute" or "20 per second; 5000 per hour"',
    ),
    "keys": (
        lambda value: all(len(key) >= _LEAST_KEY_CHARS and key.split() == [key] for key in value),
        f"each must have {_LEAST_KEY_CHARS} characters or more, without spaces, and be hard to guess",
    ),
}
_WORDS: Mapping[str, str] = {
    "alerts": 'a list of addresses such as ["mailto://user:password@example.org"]',
    "keys": "a list of long random words",
}
_SECRET = frozenset({"alerts", "keys", "database_url", "redis_url"})  # may hold passwords: never shown
_TYPES: Mapping[str, str] = {f.name: str(f.type) for f in fields(Settings)}


def load_settings(environ: Mapping[str, str] | None = None, **given: object) -> Settings:
    """Reads the settings; ``given`` (the command line) wins, None in it means "not given".

    Raises:
        ConfigErrors: every mistake, each with its file or variable, key and reason.
    """
    environ = os.environ if environ is None else environ
    reading = _Reading(values={}, mistakes=[])
    arguments = {name: value for name, value in given.items() if value is not None}
    from_environment = {name: environ[PREFIX + name.upper()] for name in _TYPES if environ.get(PREFIX + name.upper())}
    config = Path(str(arguments.get("config") or from_environment.get("config") or "config")).expanduser()
    path = config / "settings.toml"
    for name, value in reading.file(path).items():
        reading.take(name, value, str(path), name)
    for name, value in from_environment.items():
        reading.take(name, value, PREFIX + name.upper(), "")
    for name, value in arguments.items():
        reading.take(name, value, "--" + name.replace("_", "-"), "")
    if reading.mistakes:
        raise ConfigErrors(reading.mistakes)
    return Settings(**{**reading.values, "config": config})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reading:
    """Values and mistakes as they are collected."""

    values: dict[str, Any]
    mistakes: list[ConfigError]

    def file(self, path: Path) -> dict[str, Any]:
        try:
            return tomllib.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}  # every setting has a default
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            self.mistakes.append(ConfigError(str(path), "", f"cannot be read: {error}"))
            return {}

    def take(self, name: str, value: object, where: str, key: str) -> None:
        """Keeps one value, converted and checked, or the mistake in it."""
        if name not in _TYPES:
            reason = f"no such setting; there are: {', '.join(sorted(_TYPES))}"
            self.mistakes.append(ConfigError(where, key, reason))
            return
        try:
            converted = _convert(_TYPES[name], value)
        except ValueError:
            got = "" if name in _SECRET else f", got {value!r}"
            self.mistakes.append(ConfigError(where, key, f"expected {_WORDS.get(name, _TYPES[name])}{got}"))
            return
        if reason := _out_of_bounds(name, converted):
            got = "" if name in _SECRET else f", got {value!r}"
            self.mistakes.append(ConfigError(where, key, reason + got))
        else:
            self.values[name] = converted


def _out_of_bounds(name: str, value: Any) -> str:
    if name in _BOUNDS and not _BOUNDS[name][0] <= value <= _BOUNDS[name][1]:
        low, high = _BOUNDS[name]
        return f"must be between {low:g} and {high:g}"
    if name in _CHOICES and value not in _CHOICES[name]:
        return f"must be one of {', '.join(_CHOICES[name])}"
    if name in _FORMS and value and not _FORMS[name][0](value):
        return _FORMS[name][1]
    return ""


def _convert(kind: str, value: object) -> Any:
    """The value as the field's type; a text is read, a number of the wrong kind is not bent.

    Raises:
        ValueError: the value does not fit.
    """
    match kind:
        case "int" if isinstance(value, str) or (isinstance(value, int) and not isinstance(value, bool)):
            return int(value)
        case "float" if isinstance(value, (str, int, float)) and not isinstance(value, bool):
            return float(value)
        case "Path" if isinstance(value, (str, Path)):
            return Path(value).expanduser()
        case "str" if isinstance(value, str):
            return value
        case "tuple[str, ...]" if isinstance(value, str):  # in a variable: separated by white space
            return tuple(value.split())
        case "tuple[str, ...]" if isinstance(value, (list, tuple)) and all(isinstance(each, str) for each in value):
            return tuple(value)
    raise ValueError(value)


def as_environment(settings: Settings) -> dict[str, str]:
    """The variables that give another process these very settings."""
    values = {f.name: getattr(settings, f.name) for f in fields(settings)}
    return {PREFIX + name.upper(): _as_text(value) for name, value in values.items() if value not in ("", ())}


def _as_text(value: object) -> str:
    if isinstance(value, tuple):
        return " ".join(value)
    return str(value.absolute() if isinstance(value, Path) else value)
