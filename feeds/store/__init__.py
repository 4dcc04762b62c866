"""Store: Update in, rows out; FeedQuery in, articles out.

``open_store(url)`` gives a ``Store``, the contract of ``base``. The rooms: ``sql`` holds the transactions, and behind
it ``registering`` (who is polled), ``schedule`` (who is due), ``watching`` (what the operator sees), ``memory`` (what a
poll remembers), ``copies`` and ``activity`` (what it compares with), ``writing``, ``planning`` and ``numbering`` (what
it writes), ``questions``, ``standins`` and ``reading`` (what readers ask). The full text has rooms of its own:
``terms`` (what articles are found by), ``fulltext`` (how it is written), ``expressions`` and ``searching`` (how it is
asked), ``catching_up`` (articles of earlier versions). ``connecting`` sets connections up, ``opening`` runs the
migrations, ``failures`` says what went wrong, ``hints`` and ``duties`` are between processes. ``copying`` brings a
whole store into another, by its rows as ``plain`` values, and ``backups`` into a file and back.
"""

from feeds.store.base import Store
from feeds.store.opening import open_store

__all__ = ["Store", "open_store"]
