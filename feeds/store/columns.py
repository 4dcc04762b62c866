"""How values are kept in columns: instants, text of any origin, small JSON values, dates as written.

Text is cleaned here, at the border, because neither database stores every Python string: UTF-8 has no form for a
lone surrogate and PostgreSQL refuses NUL. Both become U+FFFD; a surrogate pair becomes the character that it
means. The same cleaning is applied to what is asked for, so a dirty address still finds its own row.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from typing import Any

from sqlalchemy import BigInteger, DateTime, Dialect, Integer, Text
from sqlalchemy.types import TypeDecorator, TypeEngine

# a change number; SQLite makes a primary key the table's own order only when its type is INTEGER
Seq = BigInteger().with_variant(Integer, "sqlite")

KEY_BYTES = 1200
_FIRST = dt.datetime.min.replace(tzinfo=dt.UTC)
_LAST = dt.datetime.max.replace(tzinfo=dt.UTC)


def clean_text(text: str) -> str:
    """``text`` as a database can keep it: NUL and lone surrogates become U+FFFD, surrogate pairs are joined."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text.replace("\0", "\ufffd") if "\0" in text else text


def key_text(text: str) -> str:
    """``text`` as an index can hold it, cleaned; of what is too long its beginning, and a hash for the whole of it.

    PostgreSQL takes 2,704 bytes for all columns of an index together. What came out of here goes through unchanged.
    """
    text = clean_text(text)
    if len(text) <= KEY_BYTES // 4:
        return text
    whole = text.encode()
    if len(whole) <= KEY_BYTES:
        return text
    return f"{whole[: KEY_BYTES - 40].decode(errors='ignore')}~{hashlib.blake2b(whole, digest_size=16).hexdigest()}"


def clean_value(value: Any) -> Any:
    """``clean_text`` for every string inside lists, tuples and mappings."""
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, dict):
        return {clean_text(key): clean_value(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [clean_value(inner) for inner in value]
    return value


def json_text(value: Any) -> str:
    """``value`` as compact JSON of clean text."""
    return json.dumps(clean_value(value), ensure_ascii=False, separators=(",", ":"))


class CleanText(TypeDecorator[str]):
    """Text of any origin, compared and ordered by code point on every database."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Asks PostgreSQL for the order that SQLite has; a database's own locale would order keys its own way."""
        return dialect.type_descriptor(Text(collation="C" if dialect.name == "postgresql" else None))

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Cleans what is written and what is compared with."""
        return None if value is None else clean_text(value)


class KeyText(CleanText):
    """Text of any origin and length that is found by an index; kept and compared as ``key_text`` has it."""

    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Cleans and shortens what is written and what is compared with."""
        return None if value is None else key_text(value)


class JsonText(TypeDecorator[Any]):
    """Lists and mappings of small values, as compact JSON in a text column; the same bytes on every database."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Writes JSON."""
        return None if value is None else json_text(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:  # noqa: ARG002
        """Reads JSON."""
        return None if value is None else json.loads(value)


class Instant(TypeDecorator[dt.datetime]):
    """An aware datetime, kept and given back in UTC. SQLite keeps sortable text without a zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        """Turns into UTC; a naive datetime is a bug of the caller."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"naive datetime {value}")
        utc = to_utc(value)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:  # noqa: ARG002
        """Gives the UTC that was written."""
        if value is None:
            return None
        return value.replace(tzinfo=dt.UTC) if value.tzinfo is None else value.astimezone(dt.UTC)


def to_utc(when: dt.datetime) -> dt.datetime:
    """``when`` in UTC; an instant that UTC cannot name (year 0 or 10000) becomes the nearest it can."""
    try:
        return when.astimezone(dt.UTC)
    except OverflowError:
        return _FIRST if when.year == dt.MINYEAR else _LAST


def date_text(when: dt.datetime | dt.date | None) -> str | None:
    """ISO 8601 exactly as meant: a day stays a day, a clock keeps its offset."""
    return None if when is None else when.isoformat()


def read_date_text(text: str | None) -> dt.datetime | dt.date | None:
    """What ``date_text`` wrote."""
    if text is None:
        return None
    return dt.datetime.fromisoformat(text) if "T" in text else dt.date.fromisoformat(text)
