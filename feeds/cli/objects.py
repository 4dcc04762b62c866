"""Ready answers in, objects of an S3 bucket out (``polyfeed export s3://bucket/prefix``).

Each object is the plain document at its feed's address, with the type and the caching that the service gives it. There
are no compressed forms: an object store answers every client with the same bytes, and not all that ask for feeds read
gzip; what stands in front of a bucket (a CDN) compresses by itself. Objects are replaced whole; there is no lock, so of
two exports at once the last to write one wins (``manifest`` notices).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from types import ModuleType
from typing import Any, Self

from feeds.cli.exporting import is_feed
from feeds.errors import StartError
from feeds.web.ready import Ready

SCHEME = "s3://"
_LONGEST_KEY_BYTES = 1024
_AT_ONCE = 8
_WAITING = 64


class Objects:
    """A bucket, or what in it begins with a prefix."""

    def __init__(self, where: str, client: Any, failures: tuple[type[Exception], ...]) -> None:
        self.where = where
        self.written = 0
        self._root = where.removeprefix(SCHEME).rstrip("/")
        self._client = client
        self._failures = failures
        self._uploads = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="upload")
        self._waiting: deque[Future[Any]] = deque()
        self._found = set(self._try(lambda: client.find(self._root)))

    @classmethod
    @contextmanager
    def opened(cls, where: str) -> Iterator[Self]:
        """A bucket, by the usual ``AWS_*`` variables (``AWS_ENDPOINT_URL`` for other stores than Amazon's).

        Raises:
            StartError: it cannot be reached or read, no bucket is named, or what is needed is not installed.
        """
        if not where.removeprefix(SCHEME).strip("/"):
            raise StartError(f"{where} names no bucket: write s3://bucket or s3://bucket/prefix")
        s3fs, botocore = _load()
        # no listing is kept: what others write meanwhile is there
        client = s3fs.S3FileSystem(use_listings_cache=False, skip_instance_cache=True)
        failures = OSError, botocore.exceptions.BotoCoreError, botocore.exceptions.ClientError
        opened = cls(where, client, failures)
        try:
            yield opened
        finally:
            opened._uploads.shutdown(cancel_futures=True)

    def takes(self, path: str) -> bool:
        """Whether it can be a key (of at most 1,024 bytes)."""
        return len(self._key(path).partition("/")[2].encode("utf-8", "surrogatepass")) <= _LONGEST_KEY_BYTES

    def has(self, path: str) -> bool:
        """Whether it was there when the export began."""
        return self._key(path) in self._found

    def write(self, path: str, ready: Ready) -> bool:
        """Begins to upload it, some at a time."""
        told = {"ContentType": ready.content_type, "CacheControl": ready.caching}
        body, key = ready.plain, self._key(path)
        self._waiting.append(self._uploads.submit(self._try, lambda: self._client.pipe_file(key, body, **told)))
        self.written += 1
        if len(self._waiting) > _WAITING:
            self._waiting.popleft().result()
        return True

    def finish(self) -> None:
        """Waits for the uploads."""
        while self._waiting:
            self._waiting.popleft().result()

    def feeds(self) -> list[str]:
        """What looks like feeds."""
        paths = (key.removeprefix(f"{self._root}/") for key in self._found)
        return [path for path in paths if path.startswith("feeds/") and is_feed(path)]

    def read(self, name: str) -> bytes | None:
        """An object of ours."""
        try:
            return bytes(self._client.cat_file(self._key(name)))
        except FileNotFoundError:
            return None
        except self._failures as error:
            raise self._told(error) from error

    def keep(self, name: str, body: bytes) -> None:
        """Writes one."""
        told = {"ContentType": "application/json", "CacheControl": "no-store"}
        self._try(lambda: self._client.pipe_file(self._key(name), body, **told))

    def remove(self, name: str) -> None:
        """Takes one away."""
        if self.read(name) is not None:
            self._try(lambda: self._client.rm_file(self._key(name)))

    def _key(self, path: str) -> str:
        return f"{self._root}/{path}"

    def _try(self, ask: Callable[[], Any]) -> Any:
        try:
            return ask()
        except self._failures as error:
            raise self._told(error) from error

    def _told(self, error: Exception) -> StartError:
        return StartError(
            f"cannot export to {self.where}: {' '.join(str(error).split()) or type(error).__name__}; see to the bucket "
            "and to AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_DEFAULT_REGION and AWS_ENDPOINT_URL"
        )


def _load() -> tuple[ModuleType, ModuleType]:
    """What speaks to object stores: installed by who needs it, and loaded late, since it takes a second."""
    try:
        import botocore.exceptions
        import s3fs
    except ImportError as error:
        raise StartError("exporting to s3:// needs s3fs: pip install 'polyfeed[s3]'") from error
    return s3fs, botocore
