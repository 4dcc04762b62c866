"""How much of what a source lists is taken when it is first read: items and records in, who is left out.

Pure: no input or output, no clock.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from feeds.model import Item, PageRecord, PageState


def beyond_backfill(
    items: Sequence[Item],
    seen: Mapping[str, PageRecord],
    *,
    name: Callable[[Item], str],
    is_first: Callable[[Item], bool],
    most: int,
) -> frozenset[str]:
    """The names of new items that are not taken, since ``most`` others are.

    A first read may take several polls; what the earlier ones took counts. Sections take turns, each from its newest
    item on, so that a long first section leaves something for the last.

    Args:
        items: what is listed, each section's newest first.
        seen: what is remembered, by name.
        name: by what an item is remembered.
        is_first: whether what lists the item was never read to the end; what others list is always taken.
        most: how many may be taken of them, in all.
    """
    by_section: dict[str | None, list[str]] = {}
    taken = 0
    for item in items:
        if not is_first(item):
            continue
        key = name(item)
        if key not in seen:
            by_section.setdefault(item.section, []).append(key)
        elif seen[key].state is not PageState.SKIPPED:
            taken += 1
    in_turn = sorted(
        (place, number, key) for number, keys in enumerate(by_section.values()) for place, key in enumerate(keys)
    )
    return frozenset(key for _, _, key in in_turn[max(0, most - taken) :])
