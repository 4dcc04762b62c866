"""A whole Polyfeed on this machine: PostgreSQL, Redis, every role in processes of its own, and nginx in front.

    with running_cluster(workers=2, webs=2, newsroom_url=newsroom.url, lease_s=2) as cluster:
        cluster.workers[0].kill()                                  # kill -9; .restart(), .freeze(), .stop() as well
        cluster.postgresql.restart()                               # while polls run
        cluster.redis.restart(signal.SIGKILL)                      # it keeps nothing: flushed
        cluster.add("worker", lease_s=1)                           # one more, with settings of its own
        cluster.wait_until(lambda: …, "each article is there")     # else RuntimeError with the end of each log
        cluster.get("/feeds/all.atom"), ask(cluster.webs[0].port, "/health")
        open_store(cluster.database_url)

Nothing is started again by itself; at the end nothing of it is left, neither process nor folder.
"""

from __future__ import annotations

import shutil
import signal
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from cluster.asking import Answer, ask
from cluster.nginx import missing_nginx, running_proxy
from cluster.ports import free_port
from cluster.processes import Process, wait_until
from cluster.roles import Role
from cluster.servers import (
    PostgreSQL,
    Redis,
    missing_postgresql,
    missing_redis,
    running_postgresql,
    running_redis,
)

DATABASE = "polyfeed"


def missing() -> list[str]:
    """What is not installed, a line each; empty when a cluster can be started."""
    return [reason for reason in (missing_postgresql(), missing_redis(), missing_nginx()) if reason]


@dataclass(slots=True, kw_only=True)
class Cluster:
    """Its parts. ``settings`` are those that each role has from ``running_cluster``."""

    folder: Path
    postgresql: PostgreSQL
    redis: Redis
    database_url: str
    settings: dict[str, object]
    newsroom_url: str
    roles: list[Role] = field(default_factory=list)  # in the order they were started in
    nginx: Process | None = None  # None: asked to leave it out

    @property
    def schedulers(self) -> list[Role]:
        """Each ``polyfeed schedule``."""
        return self.all("schedule")

    @property
    def workers(self) -> list[Role]:
        """Each ``polyfeed worker``."""
        return self.all("worker")

    @property
    def webs(self) -> list[Role]:
        """Each ``polyfeed web``."""
        return self.all("web")

    @property
    def parts(self) -> list[Process]:
        """Every process, in the order they were started in."""
        servers: list[Process] = [self.postgresql, self.redis]
        return [*servers, *self.roles, *([self.nginx] if self.nginx is not None else [])]

    @property
    def url(self) -> str:
        """Where nginx answers."""
        assert self.nginx is not None, "this cluster has no nginx"
        return f"http://127.0.0.1:{self.nginx.port}"

    def get(self, path: str, **headers: str) -> Answer:
        """Asks through nginx."""
        assert self.nginx is not None, "this cluster has no nginx"
        return ask(self.nginx.port, path, **headers)

    def add(self, command: str, **settings: object) -> Role:
        """Starts one more role, in a folder of its own, and waits until it is ready."""
        role = self.launch(command, **settings)
        role.await_ready()
        return role

    def launch(self, command: str, *arguments: str, **settings: object) -> Role:
        """As ``add`` without waiting; ``arguments`` stand behind the command."""
        name = f"{command}-{len(self.all(command)) + 1}"
        folder = self.folder / name
        folder.mkdir()
        if command in {"schedule", "worker"} and self.newsroom_url:
            arguments = (*arguments, "--newsroom-url", self.newsroom_url)
        role = Role(name, command, arguments, folder=folder, settings={**self.settings, **settings})
        self.roles.append(role)
        role.launch()
        return role

    def wait_until(self, condition: Callable[[], object], what: str, *, within_s: float = 100.0) -> None:
        """Waits until ``condition`` holds, else RuntimeError with the end of each log."""
        wait_until(condition, what, within_s=within_s, parts=self.parts)

    def close_roles(self) -> None:
        """Asks all to end at once, and waits for each."""
        for role in self.roles:
            role.thaw()
            role.send(signal.SIGTERM)
        for role in reversed(self.roles):
            role.close()

    def all(self, command: str) -> list[Role]:
        """Each role of this command."""
        return [role for role in self.roles if role.command == command]


@contextmanager
def running_cluster(
    *,
    schedulers: int = 1,
    workers: int = 2,
    webs: int = 2,
    nginx: bool = True,
    port: int = 0,
    newsroom: bool = True,
    newsroom_url: str = "",
    every_s: float = 5.0,
    articles: int = 60,
    durable: bool = False,
    **settings: object,
) -> Iterator[Cluster]:
    """Starts all of it and waits until it is ready.

    Args:
        schedulers: how many there are of each role; ``Cluster.add`` starts more.
        workers: as above.
        webs: as above.
        nginx: whether it stands in front.
        port: nginx's; 0 takes a free one.
        newsroom: whether a sample newsroom is polled; else only what is in the folder ``config`` of the settings.
        newsroom_url: a sample newsroom that runs already, such as one in the test's process; empty: starts one.
        every_s: seconds between articles of the newsroom that is started.
        articles: old articles at its start.
        durable: whether PostgreSQL waits for the disk.
        settings: of each role, by their names in ``feeds.settings``.

    Raises:
        RuntimeError: a part did not start; with the end of its log.
    """
    with ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="polyfeed-cluster-"))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        postgresql = stack.enter_context(running_postgresql(durable=durable))
        redis = stack.enter_context(running_redis())
        cluster = Cluster(
            folder=folder,
            postgresql=postgresql,
            redis=redis,
            database_url=postgresql.create(DATABASE),
            settings=settings,
            newsroom_url=newsroom_url,
        )
        stack.callback(cluster.close_roles)
        if newsroom and not newsroom_url:
            cluster.newsroom_url = cluster.launch("newsroom", "--every", str(every_s), "--articles", str(articles)).url
            cluster.roles[0].await_ready()  # else its sources begin their life as broken
        port = port or free_port()
        own = {"database_url": cluster.database_url, "redis_url": redis.url, "web_workers": 1}
        # feeds name their own address: each web must name the same one
        own |= {"public_url": f"http://127.0.0.1:{port}", "trusted_proxies": 1}
        cluster.settings = {**own, **settings}
        for command, number in {"schedule": schedulers, "worker": workers, "web": webs}.items():
            for _ in range(number):
                cluster.launch(command)
        if nginx:
            (folder / "nginx").mkdir()
            nodes = [web.port for web in cluster.webs]
            cluster.nginx = stack.enter_context(running_proxy(folder / "nginx", nodes, port=port))
        for role in cluster.roles:
            role.await_ready()
        yield cluster
