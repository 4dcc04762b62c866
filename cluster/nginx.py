"""nginx as a private server that runs a file of ``deploy/`` as it is, but for its addresses."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from cluster.ports import free_port
from cluster.processes import Process

DEPLOY = Path(__file__).resolve().parent.parent / "deploy"
# of nginx-proxy.conf
NODES = ("127.0.0.1:8000", "127.0.0.1:8001")
NODE = "    server {} max_fails=3 fail_timeout=5s;\n"
FRAME = """
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/log;
{user}
events {{ worker_connections 256; }}
http {{
    gzip on;  # as Debian's nginx.conf has it
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    include {folder}/site.conf;
}}
"""


def missing_nginx() -> str:
    """Why there can be no private nginx here; empty when there can."""
    return "" if shutil.which("nginx") else "nginx is not installed (Debian: nginx-light)"


@contextmanager
def running_proxy(folder: Path, nodes: Sequence[int], *, port: int = 0) -> Iterator[Process]:
    """``deploy/nginx-proxy.conf`` in front of the webs at these ports of this machine."""
    replaced = {
        "".join(map(NODE.format, NODES)): "".join(NODE.format(f"127.0.0.1:{node}") for node in nodes),
        "/var/cache/polyfeed": f"{folder}/cache",
        "/var/log/nginx/": f"{folder}/",
    }
    with running_site("nginx-proxy.conf", folder, replaced, port=port) as server:
        yield server


@contextmanager
def running_site(name: str, folder: Path, replaced: Mapping[str, str], *, port: int = 0) -> Iterator[Process]:
    """``deploy/<name>`` at ``port`` (0: a free one), with what else must differ on this machine replaced.

    Everything it writes is in ``folder``.
    """
    port = port or free_port()
    site = (DEPLOY / name).read_text(encoding="utf-8")
    for old, new in {"listen      80;": f"listen 127.0.0.1:{port};", **replaced}.items():
        assert old in site, f"{name} does not say {old}"
        site = site.replace(old, new)
    user = "user root;" if os.geteuid() == 0 else ""  # else its worker may not read the folder
    (folder / "site.conf").write_text(site, encoding="utf-8")
    (folder / "nginx.conf").write_text(FRAME.format(folder=folder, user=user), encoding="utf-8")
    command = ["nginx", "-c", str(folder / "nginx.conf"), "-e", str(folder / "log")]
    server = Process("nginx", command, port=port, folder=folder)
    with server.running():
        yield server
