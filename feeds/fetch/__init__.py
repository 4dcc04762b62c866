"""Fetch: Source + Validators in, Document or NotModified out; refuses private addresses where it dials."""
