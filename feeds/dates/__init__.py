"""Dates as people and machines write them: text in, a datetime or a plain day out.

Below the stages, since reading a page and normalising a feed's entry both need it.
"""

from __future__ import annotations

from feeds.dates.read import Moment, read_date, with_zone

__all__ = ["Moment", "read_date", "with_zone"]
