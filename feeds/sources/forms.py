"""The forms that values of a source file can have: each reads a value, and says in JSON Schema what it takes.

A value goes in as TOML gave it; what comes out is what the Source holds. What is wrong is told by ``Mismatch``.
"""

from __future__ import annotations

import codecs
import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Protocol
from urllib.parse import urljoin, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from feeds.folding import canonical_language

_HAS_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:")
_SLUG = re.compile(r"[^\s/+,.%]+")


class Mismatch(Exception):
    """A value that is not of its form; the text says what is right and what stands there."""


class Form(Protocol):
    """One form of value."""

    def read(self, value: Any) -> Any:
        """What the Source holds for this value; raises Mismatch."""

    def schema(self) -> dict[str, Any]:
        """JSON Schema (draft 7) for the value. It may take more than ``read`` does, never less."""


def did_you_mean(given: object, known: list[str]) -> str:
    """The nearest of the known names, as the end of a sentence; nothing when none is near."""
    near = get_close_matches(given.casefold(), known, n=1) if isinstance(given, str) else []
    return f"; did you mean {near[0]!r}?" if near else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A text with something in it; ``holding`` names what must stand in it."""

    holding: str = ""

    def read(self, value: Any) -> str:
        """The text as it stands."""
        if not isinstance(value, str) or not value.strip():
            raise Mismatch(f"expected a text, got {value!r}")
        if self.holding not in value:
            raise Mismatch(f"expected a form with {self.holding} in it, such as 'index_{{n}}.html', got {value!r}")
        return value

    def schema(self) -> dict[str, Any]:
        """A string that is not blank."""
        return {"type": "string", "pattern": re.escape(self.holding) if self.holding else r"\S"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """An ``http://`` or ``https://`` address.

    With ``relative`` it may be a part of one, to be completed later; with ``base`` it is completed at once.
    """

    relative: bool = False
    base: str = ""

    def read(self, value: Any) -> str:
        """The address; absolute unless it may be relative."""
        if not isinstance(value, str) or not value.strip():
            raise Mismatch(f"expected an address, got {value!r}")
        written = value.strip()
        if self.relative:
            return written
        try:
            address = urljoin(self.base, written) if self.base and not _HAS_SCHEME.match(written) else written
            parts = urlsplit(address)
            usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.username is None
            _ = parts.port  # reading it checks that it is a number
        except ValueError:
            usable = False
        if not usable:
            raise Mismatch(f"expected an http:// or https:// address without user name, got {value!r}")
        return address

    def schema(self) -> dict[str, Any]:
        """A string; an absolute address where it must be one."""
        if self.relative:
            return {"type": "string", "pattern": r"\S"}
        return {"type": "string", "pattern": r"^\s*[Hh][Tt][Tt][Pp][Ss]?://[^/?#@\s]+([/?#][\s\S]*)?$"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One of a few words; ``described`` maps each to what it means."""

    described: Mapping[str, str]

    def read(self, value: Any) -> str:
        """The word, as the member that it names where the words are of an enumeration."""
        for word in self.described:
            if isinstance(value, str) and word == value:
                return word
        known = [str(word) for word in self.described]
        raise Mismatch(f"expected one of {', '.join(known)}, got {value!r}{did_you_mean(value, known)}")

    def schema(self) -> dict[str, Any]:
        """An enumeration."""
        return {"type": "string", "enum": list(self.described)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """A BCP 47 tag."""

    def read(self, value: Any) -> str:
        """The tag in its customary case."""
        tag = canonical_language(value) if isinstance(value, str) else None
        if tag is None:
            raise Mismatch(f"expected a BCP 47 tag such as 'de' or 'zh-Hant', got {value!r}")
        return tag

    def schema(self) -> dict[str, Any]:
        """The outline of a tag; whether its parts stand in the right order only the program checks."""
        return {"type": "string", "pattern": "^[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*$"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Zone:
    """An IANA time zone."""

    def read(self, value: Any) -> str:
        """Its name."""
        try:
            return ZoneInfo(value).key
        except (ZoneInfoNotFoundError, ValueError, TypeError, AttributeError, OSError):
            raise Mismatch(f"expected an IANA time zone such as 'Asia/Shanghai', got {value!r}") from None

    def schema(self) -> dict[str, Any]:
        """The outline of a name: which ones there are changes with every edition of the time zone database."""
        return {"type": "string", "pattern": "^[A-Za-z][A-Za-z0-9_+/-]*$"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag:
    """true or false."""

    def read(self, value: Any) -> bool:
        """The value."""
        if not isinstance(value, bool):
            raise Mismatch(f"expected true or false, got {value!r}")
        return value

    def schema(self) -> dict[str, Any]:
        """A boolean."""
        return {"type": "boolean"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """A whole number between two bounds."""

    low: int
    high: int

    def read(self, value: Any) -> int:
        """The number."""
        if isinstance(value, int) and not isinstance(value, bool) and self.low <= value <= self.high:
            return value
        raise Mismatch(f"expected a whole number from {self.low} to {self.high}, got {value!r}")

    def schema(self) -> dict[str, Any]:
        """An integer with bounds."""
        return {"type": "integer", "minimum": self.low, "maximum": self.high}


@dataclass(frozen=True, slots=True, kw_only=True)
class Seconds:
    """Seconds between two bounds, with or without a fraction."""

    low: float
    high: float

    def read(self, value: Any) -> float:
        """The seconds."""
        if isinstance(value, (int, float)) and not isinstance(value, bool) and self.low <= value <= self.high:
            return float(value)
        raise Mismatch(f"expected seconds from {self.low:g} to {self.high:g}, got {value!r}")

    def schema(self) -> dict[str, Any]:
        """A number with bounds."""
        return {"type": "number", "minimum": self.low, "maximum": self.high}


@dataclass(frozen=True, slots=True, kw_only=True)
class Slug:
    """A section's short name, as it stands in addresses."""

    def read(self, value: Any) -> str:
        """In lower case, spaces as hyphens."""
        slug = value.casefold().replace(" ", "-") if isinstance(value, str) else ""
        if not _SLUG.fullmatch(slug):
            raise Mismatch(f"expected a short name without line breaks and / + , . %, got {value!r}")
        return slug

    def schema(self) -> dict[str, Any]:
        """A string without what separates the parts of an address."""
        return {"type": "string", "pattern": r"^[^\t\r\n\f\v/+,.%]+$"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A day, as TOML writes it (2027-06-30), or the same in quotation marks."""

    def read(self, value: Any) -> dt.date:
        """The day."""
        if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
            return value
        try:
            return dt.datetime.strptime(value, "%Y-%m-%d").date()  # noqa: DTZ007 - only the day is read
        except (TypeError, ValueError):
            raise Mismatch(f"expected a day such as 2027-06-30, got {value!r}") from None

    def schema(self) -> dict[str, Any]:
        """A string, as which editors see a day of TOML."""
        return {"type": "string", "format": "date", "pattern": r"^\d{4}-\d{2}-\d{2}$"}


@dataclass(frozen=True, slots=True, kw_only=True)
class DateForms:
    """``strptime`` forms, one or several; each must hold a whole day."""

    def read(self, value: Any) -> tuple[str, ...]:
        """The forms."""
        forms = [value] if isinstance(value, str) else value
        if not isinstance(forms, list) or not all(isinstance(form, str) for form in forms):
            raise Mismatch(f"expected a list of texts, got {value!r}")
        # a fixed day of our own: only the form is tried here
        sample = dt.datetime(2020, 7, 8, 13, 5, 9, tzinfo=dt.UTC)
        for form in forms:
            try:
                back = dt.datetime.strptime(sample.strftime(form), form)  # noqa: DTZ007 - only the day is compared
            except ValueError as error:
                raise Mismatch(f"{form!r} is no date form: {error}") from error
            if back.date() != sample.date():
                raise Mismatch(f"{form!r} does not hold day, month and year; for example '%d.%m.%Y'")
        return tuple(forms)

    def schema(self) -> dict[str, Any]:
        """A string, or a list of them."""
        form = {"type": "string", "pattern": "%"}
        return {"anyOf": [form, {"type": "array", "items": form}]}


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoding:
    """The name of a character encoding."""

    def read(self, value: Any) -> str:
        """The name as it stands."""
        try:
            codecs.lookup(value)
            "".encode(value)  # some codecs are no text encodings
        except (LookupError, ValueError, TypeError):
            raise Mismatch(f"no such encoding: {value!r}; for example 'gb18030' or 'windows-1251'") from None
        return str(value)

    def schema(self) -> dict[str, Any]:
        """The outline of a name."""
        return {"type": "string", "pattern": r"^[A-Za-z0-9][A-Za-z0-9_.: -]*$"}
