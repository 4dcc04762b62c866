"""Readers and validators of other people, made ready to run: those of npm are installed by the test run itself."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest

CLIENTS = Path(__file__).resolve().parents[1] / "clients"
INSTALL = ["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock", "--fetch-retries=0"]
INSTALL_S = 60


def npm_folder() -> Path:
    """A folder with the pinned packages of tests/clients and its programs, kept beside the virtual environment's own.

    Skips the test where there is no node, or nothing to install from.
    """
    missing = [name for name in ("node", "npm") if shutil.which(name) is None]
    if missing:
        pytest.skip(f"{' and '.join(missing)} not installed")
    files = sorted(path for path in CLIENTS.iterdir() if path.is_file())
    digest = hashlib.sha256(b"\0".join(path.read_bytes() for path in files)).hexdigest()[:16]
    folder = Path(sys.prefix) / "test-clients" / digest
    if not folder.is_dir():
        folder.parent.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent) as name:
            made = Path(name) / digest
            shutil.copytree(CLIENTS, made)
            _install(made)
            if not folder.is_dir():  # another process of the test run may have been quicker
                made.rename(folder)
    return folder


def _install(folder: Path) -> None:
    try:
        done = subprocess.run(INSTALL, cwd=folder, capture_output=True, text=True, timeout=INSTALL_S, check=False)
    except subprocess.TimeoutExpired:
        pytest.skip(f"npm install did not end within {INSTALL_S} s")
    if done.returncode != 0:
        errors = [line for line in done.stderr.splitlines() if line.startswith("npm error")]
        pytest.skip(f"npm install failed: {' '.join(errors[:3]) or done.returncode}")


def read_with_npm(*feeds: str) -> list[dict[str, Any]]:
    """What the readers of npm make of feeds, given without their endings: see tests/clients/read.mjs.

    ``--again`` before them has the feeds asked for twice.
    """
    command = ["node", str(npm_folder() / "read.mjs"), *feeds]
    done = subprocess.run(command, capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode == 0, done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def check_html(folder: Path) -> list[str]:
    """Errors and warnings that the Nu Html Checker has for the pages of a folder, less its doubts about odd years."""
    jar = npm_folder() / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"
    if shutil.which("java") is None:
        pytest.skip("java is not installed")
    pages = map(str, sorted(folder.glob("*.html")))
    command = ["java", "-jar", str(jar), "--format", "gnu", *pages]
    done = subprocess.run(command, capture_output=True, text=True, timeout=100, check=False)
    return [line for line in done.stderr.splitlines() if line and "Year may be mistyped" not in line]


def check_http(url: str) -> list[tuple[str, str]]:
    """(level, what) of every note that REDbot has for an address and the requests it makes of it."""
    command = [sys.executable, "-m", "redbot.cli", "--output-format", "har", url]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True, env={**os.environ})
    log = json.loads(done.stdout)["log"]
    return [(note["level"], note["summary"]) for entry in log["entries"] for note in entry["_red_messages"]]
