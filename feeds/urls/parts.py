"""An address in, its three forms out: as it is requested, as it is kept, as it is compared; and its domain."""

from __future__ import annotations

import functools
import ipaddress
import re
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

import idna
import tldextract
from w3lib.url import safe_url_string

from feeds.urls.parameters import is_tracking

_DEFAULT_PORTS = {"http": 80, "https": 443}
_HOST = re.compile(r"(?!-)[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*")
_LONGEST_HOST = 253  # RFC 1035, 2.3.4
_TRIPLET = re.compile("%([0-9A-Fa-f]{2})")
_STRAY_PERCENT = re.compile("%(?![0-9A-Fa-f]{2})")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_EDGES = "".join(map(chr, range(0x21)))  # C0 controls and space, which browsers strip from both ends
# of servlets and PHP, behind a semicolon; of ASP.NET without cookies, a segment of its own
_PATH_SESSION = re.compile(r";(?:jsessionid|phpsessid)=[^/;]*", re.IGNORECASE)
_SESSION_SEGMENT = re.compile(r"/\([AFS]\([a-z0-9_-]{20,}\)\)(?=/)", re.IGNORECASE)

_suffixes = tldextract.TLDExtract(
    cache_dir=None,
    suffix_list_urls=(),  # the bundled snapshot: the same answer on every machine, and no request of its own
    include_psl_private_domains=True,  # two blogs on one hosting domain are two sites
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """An address taken apart and normalised; ``port`` is None where it is the scheme's own, ``path`` never empty."""

    scheme: str
    host: str
    port: int | None
    path: str
    query: str

    def join(self) -> str:
        """The address again."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port is None else f":{self.port}"
        query = f"?{self.query}" if self.query else ""
        return f"{self.scheme}://{host}{port}{self.path}{query}"


def is_http_url(text: str) -> bool:
    """Whether ``text`` is an absolute http or https address with a host that can exist."""
    try:
        take_apart(text)
    except ValueError:
        return False
    return True


def normal_url(url: str) -> str:
    """The one spelling of ``url`` among those that ask for the same thing (RFC 3986, 6.2.2 and 6.2.3).

    Lower-case scheme and host, A-labels, no default port, no dot segments, upper-case percent-encoding only where it
    is needed, characters outside ASCII as UTF-8. Without fragment and credentials: neither belongs to a request.

    Raises:
        ValueError: no http or https address; the text says why.
    """
    return take_apart(url).join()


def clean_url(url: str) -> str:
    """``normal_url`` without tracking parameters and session ids; the other parameters stay as and where they are.

    Raises:
        ValueError: no http or https address; the text says why.
    """
    return clean_parts(take_apart(url)).join()


def identity_of(url: str) -> str:
    """What is compared when two addresses may name one article: ``clean_url`` as https, whatever it was.

    Only to compare: nothing need answer there. The ports 80 of http and 443 of https are both left out.

    Raises:
        ValueError: no http or https address; the text says why.
    """
    return https_parts(clean_parts(take_apart(url))).join()


def registered_domain(url: str) -> str:
    """The domain that someone registered, in A-labels: ``news.example.co.uk`` and ``example.co.uk`` give one.

    Where people register below a private suffix, such as a host of blogs, each is its own. IP literals and hosts of
    a single label have no domain: they give ``host:port``, since each port may be another server. Below an unknown
    suffix the last two labels count (the list's own rule ``*``).

    Raises:
        ValueError: no http or https address; the text says why.
    """
    parts = take_apart(url)
    if "." not in parts.host or _is_ip(parts.host):
        host = f"[{parts.host}]" if ":" in parts.host else parts.host
        return f"{host}:{parts.port or _DEFAULT_PORTS[parts.scheme]}"
    return _domain(parts.host)


@functools.lru_cache(maxsize=4096)
def _domain(host: str) -> str:
    found = _suffixes(host)
    if found.suffix:
        return found.top_domain_under_public_suffix or host  # the host is itself a public suffix
    return ".".join(host.split(".")[-2:])


def take_apart(url: str) -> Parts:
    """The parts of an address in their one spelling; ValueError for what is no http or https address."""
    text = url.strip(_EDGES)
    before, mark, after = text.partition("?")
    parts = urlsplit(before.replace("\\", "/") + mark + after)  # browsers read a backslash as a slash
    if parts.scheme not in _DEFAULT_PORTS:
        raise ValueError(f"not an http or https address: {url[:200]!r}")
    if not parts.hostname:
        raise ValueError(f"an address without a host: {url[:200]!r}")
    host = _host(parts.hostname, is_ipv6="[" in parts.netloc)
    port = parts.port  # reading it raises ValueError for one above 65535
    if port == 0:
        raise ValueError(f"port 0 in {url[:200]!r}")
    # quotes what a browser would quote, in path and query, and keeps what is quoted already
    safe = urlsplit(safe_url_string(f"http://host{parts.path}{'?' * bool(parts.query)}{parts.query}"))
    return Parts(
        scheme=parts.scheme,
        host=host,
        port=None if port == _DEFAULT_PORTS[parts.scheme] else port,
        path=_remove_dot_segments(_normal_percents(safe.path)),
        query=_normal_percents(safe.query),
    )


def _host(text: str, *, is_ipv6: bool) -> str:
    """The host in lower-case A-labels, or an IP literal in its shortest form."""
    if is_ipv6:
        if "%" in text:
            raise ValueError(f"an address of one network interface only: {text[:100]!r}")
        return str(ipaddress.IPv6Address(text))
    if not text.isascii():
        # UTS 46 first, as browsers do; nontransitional, so that ß stays ß (IDNA 2008)
        text = idna.encode(text, uts46=True).decode("ascii")
    host = text.lower().removesuffix(".")
    if len(host) > _LONGEST_HOST or not _HOST.fullmatch(host):
        raise ValueError(f"no host can be called {text[:300]!r}")
    last = host.rpartition(".")[2]
    if last.isdigit() or re.fullmatch("0x[0-9a-f]*", last):
        # Only a.b.c.d is an address here: 127.1, 0x7f.1 or 2130706433 serve to slip past filters
        return str(ipaddress.IPv4Address(host))
    return host


def _is_ip(host: str) -> bool:
    return ":" in host or host.rpartition(".")[2].isdigit()  # _host lets no other host end in a number


def _normal_percents(text: str) -> str:
    def normal(match: re.Match[str]) -> str:
        character = chr(int(match[1], 16))
        return character if character in _UNRESERVED else match[0].upper()

    return _TRIPLET.sub(normal, _STRAY_PERCENT.sub("%25", text))


def _remove_dot_segments(path: str) -> str:
    """RFC 3986, 5.2.4, for the absolute path of an http address."""
    segments = path.split("/")[1:]
    kept: list[str] = []
    for segment in segments:
        if segment == "..":
            del kept[-1:]
        elif segment != ".":
            kept.append(segment)
    if segments and segments[-1] in {".", ".."}:
        kept.append("")
    return "/" + "/".join(kept)


def https_parts(parts: Parts) -> Parts:
    """The same at https, whatever it was."""
    port = None if parts.port == _DEFAULT_PORTS["https"] else parts.port
    return replace(parts, scheme="https", port=port)


def clean_parts(parts: Parts) -> Parts:
    """Without tracking parameters and session ids."""
    fields = [field for field in parts.query.split("&") if field and not is_tracking(field)]
    path = _SESSION_SEGMENT.sub("", _PATH_SESSION.sub("", parts.path))
    path = _remove_dot_segments(path)  # which a session id can hide
    return Parts(scheme=parts.scheme, host=parts.host, port=parts.port, path=path, query="&".join(fields))
