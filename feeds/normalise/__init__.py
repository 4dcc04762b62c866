"""Normalise: Item in, Article out: text, dates, language, keywords, identity."""
