"""``python -m feeds`` is ``polyfeed``."""

from __future__ import annotations

from feeds.cli import main

if __name__ == "__main__":
    main()
