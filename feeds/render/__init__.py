"""Render: FeedQuery + articles in, the bytes of RSS, Atom, JSON Feed and OPML out."""
