"""Zones as they stand behind a clock: ``+0200``, ``GMT+8``, ``MESZ`` in, a fixed offset out."""

from __future__ import annotations

import datetime as dt
import re

# hours east of Greenwich; only abbreviations that mean one thing in the news (IST is India's far more often)
_NAMED = {
    "z": 0.0, "utc": 0.0, "gmt": 0.0, "wet": 0.0, "bst": 1.0, "west": 1.0, "cet": 1.0, "mez": 1.0, "cest": 2.0,
    "mesz": 2.0, "eet": 2.0, "sast": 2.0, "cat": 2.0, "wat": 1.0, "eat": 3.0, "eest": 3.0, "msk": 3.0, "мск": 3.0,
    "trt": 3.0, "gst": 4.0, "ist": 5.5, "pkt": 5.0, "wib": 7.0, "wita": 8.0, "wit": 9.0, "hkt": 8.0, "sgt": 8.0,
    "myt": 8.0, "jst": 9.0, "kst": 9.0, "awst": 8.0, "acst": 9.5, "aest": 10.0, "aedt": 11.0, "nzst": 12.0,
    "nzdt": 13.0, "ast": -4.0, "adt": -3.0, "brt": -3.0, "est": -5.0, "edt": -4.0, "cst": -6.0, "cdt": -5.0,
    "mst": -7.0, "mdt": -6.0, "pst": -8.0, "pdt": -7.0, "akst": -9.0, "hst": -10.0,
    # CST is China's own abbreviation too, but its pages hardly ever write it behind a clock
    "北京时间": 8.0,
}  # fmt: skip
_ZONE = re.compile(
    r"\s*[(\[]?\s*(?:(?:utc|gmt|z)?\s*([+\-\u2212])\s?(\d{1,2})(?::?(\d{2}))?(?!\d)"
    rf"|({'|'.join(sorted(_NAMED, key=len, reverse=True))})(?!\w))"
)
_FARTHEST_H = 14


def read_zone(text: str) -> dt.timezone | None:
    """The zone at the very beginning of ``text`` (case folded), or None."""
    match = _ZONE.match(text)
    if match is None:
        return None
    sign, hours, minutes, name = match.groups()
    if name is not None:
        return dt.timezone(dt.timedelta(hours=_NAMED[name]))
    if int(hours) > _FARTHEST_H or int(minutes or 0) > 59:  # noqa: PLR2004
        return None
    offset = dt.timedelta(hours=int(hours), minutes=int(minutes or 0))
    return dt.timezone(-offset if sign != "+" else offset)
