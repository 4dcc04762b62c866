"""PostgreSQL and Redis as private servers: started, killed, restarted and stopped by whoever needs them.

From Debian's packages (postgresql, redis-server); ``missing_postgresql`` and ``missing_redis`` say why there are none.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from cluster.ports import free_port
from cluster.processes import Process

_POSTGRES = "postgres"  # the account that Debian's package makes: the server refuses to run as root


class PostgreSQL(Process):
    """A PostgreSQL server; SIGINT ends it at once with its connections (fast shutdown), SIGQUIT like a crash."""

    def is_ready(self) -> bool:
        """Whether it takes commands, not only connections."""
        asked = [_postgresql("pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        return subprocess.run(asked, check=False).returncode == 0

    def stop(self, how: signal.Signals = signal.SIGINT) -> int:
        """Ends it; by default without waiting for its clients."""
        return super().stop(how)

    def restart(self, how: signal.Signals = signal.SIGINT) -> None:
        """Ends it and starts it again; by default without waiting for its clients."""
        super().restart(how)

    def url(self, name: str) -> str:
        """The SQLAlchemy address of a database."""
        return f"postgresql+psycopg://{_POSTGRES}@127.0.0.1:{self.port}/{name}"

    def create(self, name: str, *, like: str = "template0") -> str:
        """Makes a database, a copy of ``like``, and returns its address."""
        self.run(f'CREATE DATABASE "{name}" TEMPLATE "{like}" ENCODING \'UTF8\' STRATEGY FILE_COPY')
        return self.url(name)

    def drop(self, name: str) -> None:
        """Removes a database, whoever is connected."""
        self.run(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    @contextmanager
    def lending(self) -> Iterator[Callable[..., str]]:
        """Each call makes a database, a copy of ``like``, and gives its address; all are dropped at the end."""
        made: list[str] = []

        def lend(like: str = "template") -> str:
            made.append(f"lent{len(made)}")
            return self.create(made[-1], like=like)

        yield lend
        for name in made:
            self.drop(name)

    def run(self, statement: str, *, database: str = "postgres") -> None:
        """Runs one statement as the superuser."""
        import psycopg

        address = f"host=127.0.0.1 port={self.port} user={_POSTGRES} dbname={database}"
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(statement.encode())


class Redis(Process):
    """A Redis server that keeps nothing over a restart."""

    @property
    def url(self) -> str:
        """Its address."""
        return f"redis://127.0.0.1:{self.port}/0"


def missing_postgresql() -> str:
    """Why there can be no private PostgreSQL here; empty when there can."""
    if not _postgresql("postgres"):
        return "PostgreSQL is not installed (Debian: postgresql)"
    if os.geteuid() == 0 and _account() is None:
        return f"PostgreSQL does not run as root and there is no account {_POSTGRES}"
    return ""


def missing_redis() -> str:
    """Why there can be no private Redis here; empty when there can."""
    return "" if shutil.which("redis-server") else "Redis is not installed (Debian: redis-server)"


@contextmanager
def running_postgresql(*, durable: bool = False, settings: Mapping[str, str] | None = None) -> Iterator[PostgreSQL]:
    """A new, empty PostgreSQL, gone with its folder at the end.

    Unless it is to be ``durable`` it never waits for the disk, which only tests of crashes of the machine would notice.
    """
    with _own_folder("polyfeed-postgresql-") as folder:
        account = _account() if os.geteuid() == 0 else None
        data = folder / "data"
        initdb = [_postgresql("initdb"), "-D", str(data), "-U", _POSTGRES, "-A", "trust", "-E", "UTF8"]
        initdb += ["--locale=C", "--no-sync"]
        subprocess.run(initdb, check=True, capture_output=True, user=account, cwd=folder)
        port = free_port()
        chosen = {"listen_addresses": "127.0.0.1", "port": str(port), "unix_socket_directories": ""}
        chosen |= {"max_connections": "200", "shared_buffers": "128MB", "log_min_messages": "warning"}
        if not durable:
            chosen |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        flags = [f"--{name}={value}" for name, value in {**chosen, **(settings or {})}.items()]
        command = [_postgresql("postgres"), "-D", str(data), *flags]
        server = PostgreSQL("postgresql", command, port=port, folder=folder, account=account)
        with server.running():
            yield server


@contextmanager
def running_redis() -> Iterator[Redis]:
    """A new, empty Redis, gone with its folder at the end."""
    with _own_folder("polyfeed-redis-") as folder:
        port = free_port()
        command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        server = Redis("redis", [*command, "--dir", str(folder)], port=port, folder=folder)
        with server.running():
            yield server


@contextmanager
def _own_folder(prefix: str) -> Iterator[Path]:
    """A folder that PostgreSQL's account may enter: a test's own folder may not be."""
    folder = Path(tempfile.mkdtemp(prefix=prefix))
    try:
        account = _account()
        if os.geteuid() == 0 and account is not None:
            shutil.chown(folder, account, account)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _account() -> str | None:
    try:
        return pwd.getpwnam(_POSTGRES).pw_name
    except KeyError:
        return None


def _postgresql(program: str) -> str:
    """Where one of its programs is, the newest of several; Debian keeps them off the path. Empty: nowhere."""
    kept = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{program}"), key=lambda path: float(path.parts[-3]))
    return str(kept[-1]) if kept else shutil.which(program) or ""
