"""A page of bare scripts in, the article text that stands in their data out.

Some sites send the article only as data and draw it in the browser. The data is JSON, alone or as a literal in a
script, and the text is by far its longest string under a name that speaks of content.
"""

from __future__ import annotations

import json
import re

import lxml.etree
import lxml.html

_NAMED_STRING = re.compile(
    r'"(?P<name>\w{0,30}(?:content|body|html|text|article|story)\w{0,30})"\s{0,9}:\s{0,9}"(?P<value>(?:[^"\\]++|\\.)*+)"',
    re.IGNORECASE,
)
_SCRIPTS = lxml.etree.XPath("//script[string-length(.) > 400 and not(@type='application/ld+json')]")
_TAG = re.compile(r"<[^>]*>")
_SENTENCE_END = re.compile(r"[^\W\d_][.!?](?:\s|$)|[。！？।؟]")
_MIN_SENTENCES = 3
_MIN_LENGTH = 300
_MAX_LENGTH = 2_000_000


def find_in_state(tree: lxml.html.HtmlElement) -> str | None:
    """The longest string of prose in the data of the page's scripts, as it stands there: HTML or plain text."""
    best, best_length = None, _MIN_LENGTH
    for script in _SCRIPTS(tree):
        for match in _NAMED_STRING.finditer(script.text or ""):
            if not best_length < len(match["value"]) <= _MAX_LENGTH:
                continue
            try:
                value = json.loads(f'"{match["value"]}"', strict=False)
            except ValueError:
                continue
            words = _TAG.sub(" ", value)
            if len(words) > best_length and len(_SENTENCE_END.findall(words)) >= _MIN_SENTENCES:
                best, best_length = value, len(words)
    return best
