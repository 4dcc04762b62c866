"""Pages on a phone: nothing is wider than a window of 390 pixels, whatever the articles and sources say."""

from __future__ import annotations

import datetime as dt
import re
import shutil
import subprocess
from html import escape
from pathlib import Path
from typing import Any

import pytest

from feeds.model import Kind, Outcome, Source, SourceState

from .odd_articles import fill_with_odd_articles

WIDTH = 390
CHROMIUM = shutil.which("chromium")
# what sticks out of the window, or out of the block that it stands in
MEASURE = """<script>onload = () => { parent.document.title = "wide: " + [...document.querySelectorAll("main *")]
  .filter((each) => each.checkVisibility() && !each.closest("thead"))
  .filter((each) => each.getBoundingClientRect().right > innerWidth || each.getBoundingClientRect().left < 0
    || (each.matches("p, h1, h2, td, th, div") && each.scrollWidth > each.clientWidth + 1
        && getComputedStyle(each).overflowX === "visible"))
  .map((each) => each.tagName + "." + each.className + " " + each.textContent.trim().slice(0, 40)).join(" | ")
  + " of " + innerWidth; }</script>"""


@pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")
@pytest.mark.parametrize("path", ["/", "/sources", "/feeds/all", "/feeds/ar", "/feeds/de/keywords/nobody"])
def test_nothing_is_wider_than_a_phone(house: Any, tmp_path: Path, path: str) -> None:
    fill_with_odd_articles(house.settings.data)
    url = "https://" + "donaudampfschifffahrtsgesellschaft." * 2 + "example/"
    house.add(Source(id="long", name="Donaudampfschifffahrtsgesellschaftsnachrichten", kind=Kind.FEED, url=url))
    claim = house.store.claim("long", house.now, lease_s=60)
    outcome = Outcome(
        state=SourceState.BROKEN,
        polled_at=house.now,
        next_poll_at=house.now + dt.timedelta(hours=1),
        reason=f"the name {url} has no address; check its spelling",
    )
    house.store.finish(claim, outcome)
    client = house.client()
    page = client.get(path, headers={"Accept": "text/html"}).text
    (address,) = re.findall(r'<link rel="stylesheet" href="([^"]+)">', page)
    page = page.replace("</head>", f"<style>{client.get(address).text}</style></head>") + MEASURE
    # a window has at least 500 pixels, a frame has not
    frame = f'<title></title><iframe width="{WIDTH}" height="900" frameborder="0" srcdoc="{escape(page)}"></iframe>'
    (tmp_path / "page.html").write_text(frame)
    assert CHROMIUM is not None
    command = [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path / 'profile'}"]
    command += ["--dump-dom", (tmp_path / "page.html").as_uri()]
    shown = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout
    assert re.findall(r"<title>(.*?)</title>", shown, re.DOTALL) == [f"wide:  of {WIDTH}"]
