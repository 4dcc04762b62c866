"""What an operator copies from ``deploy/``: each file is one that its program takes, and names only what there is."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from dataclasses import fields
from pathlib import Path
from typing import Any

import click
import compose_spec
import pytest
import yaml

from cluster.nginx import DEPLOY, NODE, NODES
from feeds.cli import COMMANDS, cli
from feeds.settings import PREFIX, Settings, load_settings

CHECKOUT = DEPLOY.parent
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
HARDENING = "# it needs the network, its own folder and nothing else"
MOST_EXPOSED = 20  # of 100, by systemd's count: 96 is a unit that says nothing


def unit(path: Path) -> dict[str, str]:
    """Its keys; what stands twice is joined by spaces, as systemd reads Environment."""
    found: dict[str, str] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        if line and line[0] not in "#[":
            key, _, value = line.partition("=")
            found[key] = f"{found[key]} {value}" if key in found else value
    return found


def assert_command(words: list[str]) -> None:
    """That ``polyfeed WORDS`` is a command with these options."""
    assert words[0] in COMMANDS
    command = cli.get_command(click.Context(cli), words[0])
    assert command is not None
    command.make_context(words[0], words[1:])


def compose() -> Any:
    return yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))


def test_every_setting_that_is_named_is_one() -> None:
    settings = {PREFIX + field.name.upper() for field in fields(Settings)}
    named: set[str] = set()
    for path in DEPLOY.rglob("*"):
        if path.is_file():
            named |= set(re.findall(r"\bPOLYFEED_[A-Z_]+", path.read_text(encoding="utf-8")))
    assert {"POLYFEED_DATABASE_URL", "POLYFEED_METRICS_PORT"} <= named <= settings


def test_the_environment_file_is_taken(tmp_path: Path) -> None:
    lines = (DEPLOY / "systemd/environment").read_text(encoding="utf-8").splitlines()
    given = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    settings = load_settings({**given, "POLYFEED_CONFIG": str(tmp_path)})
    assert settings.redis_url
    assert settings.trusted_proxies == 1


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_a_unit_starts_what_there_is(path: Path) -> None:
    keys = unit(path)
    program, *words = keys["ExecStart"].replace("%i", "8000").split()
    assert program == "/opt/polyfeed/bin/polyfeed"
    assert_command(words)
    environ = dict(each.split("=", 1) for each in keys["Environment"].replace("%i", "1").split())
    settings = load_settings(environ)
    assert str(settings.data) == f"/var/lib/{keys['StateDirectory'].replace('%i', '1')}", "where it may write"
    grown = path.read_text(encoding="utf-8").split(HARDENING)[1]
    assert grown == UNITS[0].read_text(encoding="utf-8").split(HARDENING)[1], "each is shut in as the others are"


@pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed (Debian: systemd)"
)
def test_systemd_takes_the_units_and_finds_them_shut_in(tmp_path: Path) -> None:
    for path in UNITS:  # with a command that this machine has
        text = path.read_text(encoding="utf-8").replace("/opt/polyfeed/bin/polyfeed", sys.executable)
        (tmp_path / path.name.replace("@", "@1")).write_text(text, encoding="utf-8")
    names = [str(path) for path in sorted(tmp_path.glob("*.service"))]
    done = subprocess.run(["systemd-analyze", "verify", *names], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    asked = ["systemd-analyze", "security", "--offline=yes", f"--threshold={MOST_EXPOSED}", *names]
    done = subprocess.run(asked, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_the_composition_is_one() -> None:
    options = compose_spec.PyOptions()
    options.apply_merge = True
    options.from_yaml((DEPLOY / "compose.yaml").read_text(encoding="utf-8")).validate()


def test_the_services_of_the_composition() -> None:
    services = compose()["services"]
    ours = {name: service for name, service in services.items() if service.get("image") == "polyfeed"}
    assert set(ours) == {"schedule", "worker", "web"}
    for service in ours.values():
        assert_command(service["command"])
        assert (CHECKOUT / service["build"]["dockerfile"]).is_file()
        given = {name: re.sub(r"\$\{[^}]*:-(.*?)\}", r"\1", value) for name, value in service["environment"].items()}
        settings = load_settings(given)
        asked = " ".join(service.get("healthcheck", {}).get("test", [":8000/health"]))
        assert f":{settings.metrics_port or settings.port}/" in asked, "what is asked for its health listens there"
        mounted = [volume.split(":")[0] for volume in service["volumes"]]
        assert (DEPLOY / mounted[0]).resolve() == CHECKOUT / "config"
    for service in services.values():
        assert set(service.get("depends_on", {})) <= set(services)
    used = {volume.split(":")[0] for service in services.values() for volume in service.get("volumes", [])}
    assert {volume for volume in used if volume[0] not in "./"} == set(compose()["volumes"])


def test_nginx_of_the_composition_runs_the_very_file(tmp_path: Path) -> None:
    site = (DEPLOY / "nginx-proxy.conf").read_text(encoding="utf-8")
    script = compose()["services"]["nginx"]["command"][-1]
    script = script.replace("/etc/nginx/polyfeed.conf", str(DEPLOY / "nginx-proxy.conf"))
    script = script.replace("/etc/nginx/conf.d/default.conf", str(tmp_path / "site.conf"))
    assert "exec nginx -g 'daemon off;'" in script
    subprocess.run(["sh", "-ec", script.partition("exec")[0]], check=True)
    for old, new in {
        NODES[0]: "web:8000",
        NODE.format(NODES[1]): "",
        "/var/log/nginx/polyfeed.log": "/dev/stdout",
        "/var/log/nginx/polyfeed-live.log": "/dev/stderr",
    }.items():
        assert old in site
        site = site.replace(old, new)
    assert (tmp_path / "site.conf").read_text(encoding="utf-8") == site


def test_the_image_is_linted() -> None:
    """It is not built here: that needs a registry."""
    linter = str(Path(sys.executable).with_name("hadolint"))
    done = subprocess.run([linter, str(DEPLOY / "Containerfile")], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_the_image_copies_what_there_is_and_starts_a_command() -> None:
    lines = (DEPLOY / "Containerfile").read_text(encoding="utf-8").replace("\\\n", " ").splitlines()
    steps = [line.split(maxsplit=1) for line in lines if line and not line.startswith("#")]
    copied = [name for verb, rest in steps if verb == "COPY" and "--from" not in rest for name in rest.split()[:-1]]
    assert {"feeds", "config", "constraints.txt"} <= set(copied)
    assert all((CHECKOUT / name).exists() for name in copied)
    assert ["USER", "10001"] in steps
    assert steps[-2:] == [["ENTRYPOINT", '["polyfeed"]'], ["CMD", '["serve"]']]
    given = dict(each.split("=", 1) for verb, rest in steps if verb == "ENV" for each in rest.split())
    settings = load_settings({name: value for name, value in given.items() if name.startswith(PREFIX)})
    assert ["EXPOSE", str(settings.port)] in steps
    assert any(verb == "HEALTHCHECK" and f":{settings.port}/health" in rest for verb, rest in steps)
