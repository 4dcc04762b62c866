"""A number in, a small landscape out: the pictures of the newsroom, as PNG, drawn when they are asked for."""

from __future__ import annotations

import functools
import random
import struct
import zlib

WIDTH, HEIGHT = 400, 267


@functools.lru_cache(maxsize=64)
def landscape(number: int) -> bytes:
    """A PNG of WIDTH x HEIGHT pixels, the same for the same number: sky, sun, hills, water."""
    look = random.Random(number)  # noqa: S311 - a picture, not a secret
    sky = look.randrange(120, 200), look.randrange(150, 210), look.randrange(190, 250)
    hill = look.randrange(40, 110), look.randrange(90, 140), look.randrange(50, 100)
    water = look.randrange(40, 90), look.randrange(90, 140), look.randrange(130, 190)
    sun_x, sun_y, radius = look.randrange(60, 340), look.randrange(40, 100), look.randrange(18, 34)
    peak_x, peak_y, horizon = look.randrange(80, 320), look.randrange(90, 140), look.randrange(180, 220)
    rows = []
    for y in range(HEIGHT):
        row = bytearray(bytes(water if y >= horizon else (min(255, c + y // 4) for c in sky)) * WIDTH)
        if (y - sun_y) ** 2 < radius**2:
            half = int((radius**2 - (y - sun_y) ** 2) ** 0.5)
            _span(row, sun_x - half, sun_x + half, (250, 226, 150))
        if peak_y <= y < horizon:
            half = (y - peak_y) * 2
            _span(row, peak_x - half, peak_x + half, hill)
        rows.append(b"\0" + bytes(row))
    return _png(b"".join(rows))


def _span(row: bytearray, first: int, last: int, colour: tuple[int, int, int]) -> None:
    first, last = max(0, first), min(WIDTH, last)
    row[3 * first : 3 * last] = bytes(colour) * (last - first)


def _png(pixels: bytes) -> bytes:
    """PNG (RFC 2083): eight bits each of red, green and blue."""
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(pixels, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )
