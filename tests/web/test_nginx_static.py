"""``deploy/nginx-static.conf`` in a real nginx, in front of what ``polyfeed export`` has written."""

from __future__ import annotations

import gzip
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from feeds.cli.manifest import NAME as MANIFEST
from feeds.web.making import CONTENT_TYPES
from feeds.web.opml import CONTENT_TYPE as OPML_TYPE
from feeds.web.origins import FOR_ALL_ORIGINS
from feeds.web.ready import FEED_CACHING

from .conftest import Both, ask
from .nginx_runner import Nginx, needs_nginx, running

pytestmark = needs_nginx
TYPES = {f".{form.value}": type_ for form, type_ in CONTENT_TYPES.items()} | {".opml": OPML_TYPE}


def export(out: Path, data: Path, config: Path) -> subprocess.CompletedProcess[str]:
    environ = {name: value for name, value in os.environ.items() if not name.startswith("POLYFEED_")}
    environ |= {"POLYFEED_DATA": str(data), "POLYFEED_CONFIG": str(config), "POLYFEED_PUBLIC_URL": "http://feeds.test"}
    command = [sys.executable, "-m", "feeds", "export", str(out)]
    return subprocess.run(command, env=environ, capture_output=True, text=True, timeout=100, check=False)


@pytest.fixture(scope="module")
def nginx(tmp_path_factory: pytest.TempPathFactory, filled: Path) -> Iterator[Nginx]:
    """With every feed of the store, exported."""
    folder = tmp_path_factory.mktemp("static")
    (folder / "data").mkdir()
    for file in filled.glob("polyfeed.sqlite3*"):
        shutil.copy(file, folder / "data")
    done = export(folder / "www", folder / "data", folder)
    assert done.returncode == 0, done.stderr
    with running("nginx-static.conf", folder, {"/srv/feeds;": f"{folder}/www;"}) as started:
        yield started


def test_every_exported_file_is_answered_as_the_service_would(nginx: Nginx, both: Both) -> None:
    www = nginx.folder / "www"
    files = [path for path in www.rglob("*") if path.suffix in TYPES and path.name != MANIFEST]
    assert {path.suffix for path in files} == set(TYPES)
    for file in files:
        path = "/" + str(file.relative_to(www))
        asked = quote(path)  # of a name that holds what stands for + once more, as feeds name it
        plain, packed = nginx(asked), nginx(asked, Accept_Encoding="gzip")
        assert (plain.status, packed.status) == (200, 200), path
        assert plain.body == gzip.decompress(packed.body) == file.read_bytes()
        assert (plain["Content-Encoding"], packed["Content-Encoding"]) == ("", "gzip")
        for answer in (plain, packed):
            assert answer["Content-Type"] == TYPES[file.suffix]
            assert answer["Cache-Control"] == FEED_CACHING
            assert answer["Vary"] == "Accept-Encoding"
            assert answer["X-Content-Type-Options"] == "nosniff"
            assert dict(FOR_ALL_ORIGINS).items() <= {name: answer[name] for name, _ in FOR_ALL_ORIGINS}.items()
        served = ask(both.flask, path)
        assert (served.status, served["Cache-Control"], served["Content-Type"]) == (
            200,
            plain["Cache-Control"],
            plain["Content-Type"],
        ), path


@pytest.mark.parametrize("coding", ["gzip", "identity"])
def test_validators_of_each_form(nginx: Nginx, coding: str) -> None:
    first = nginx("/feeds/de.atom", Accept_Encoding=coding)
    assert not first["ETag"].startswith("W/")
    for name, value in (("If_None_Match", first["ETag"]), ("If_Modified_Since", first["Last-Modified"])):
        again = nginx("/feeds/de.atom", Accept_Encoding=coding, **{name: value})
        assert (again.status, again.body) == (304, b"")
        assert (again["ETag"], again["Cache-Control"]) == (first["ETag"], FEED_CACHING)
    other = nginx("/feeds/de.atom", Accept_Encoding="identity" if coding == "gzip" else "gzip")
    assert other["ETag"] != first["ETag"]
    assert nginx("/feeds/de.atom", Accept_Encoding="gzip;q=0")["Content-Encoding"] == ""
    assert nginx("/feeds/de.atom", Accept_Encoding="gzip", Via="1.1 cdn")["Content-Encoding"] == "gzip"


def test_keywords_are_found_at_the_address_that_feeds_name(nginx: Nginx) -> None:
    assert b"Harbour city" in nginx("/feeds/en/keywords/C%252B%252B.atom").body
    assert "高铁".encode() in nginx("/feeds/zh/keywords/%E9%AB%98%E9%93%81.json").body
    assert nginx("/feeds/en/keywords/C++.atom").status == 404, "that would be C and nothing and nothing"


@pytest.mark.parametrize(
    ("path", "status", "location"),
    [
        ("/feeds/de", 302, "/feeds/de.atom"),
        ("/feeds/en/keywords/C%252B%252B", 302, "/feeds/en/keywords/C%252B%252B.atom"),
        ("/feeds/zh/keywords/%E9%AB%98%E9%93%81?lang=de", 302, "/feeds/zh/keywords/%E9%AB%98%E9%93%81.atom"),
        ("/feeds", 301, "/feeds.opml"),
        ("/feeds/", 301, "/feeds.opml"),
        ("/feeds/all.opml", 301, "/feeds.opml"),
        ("/feeds/xx", 404, ""),
        ("/feeds/xx.atom", 404, ""),
        ("/feeds/de/", 404, ""),
        ("/feeds/de.atom.gz", 404, ""),
        (f"/{MANIFEST}", 404, ""),
        ("/feeds/de.atom.br", 404, ""),
        ("/feeds/../../data/polyfeed.sqlite3", 400, ""),
        ("/..%2fdata/polyfeed.sqlite3", 400, ""),
        ("//elsewhere.test/../feeds/de", 404, ""),  # a Location of that would lead to another host
        ("/feeds/de%0d%0aSet-Cookie:%20a=b", 404, ""),
    ],
)
def test_what_is_no_file(nginx: Nginx, path: str, status: int, location: str) -> None:
    answer = nginx(path)
    assert (answer.status, answer["Location"]) == (status, location)
    if status == 404:
        assert answer["Content-Type"] == "text/plain; charset=utf-8"
        assert b"/feeds.opml" in answer.body
        assert answer["Cache-Control"] == "public, max-age=10"
        assert answer["Access-Control-Allow-Origin"] == "*"


def test_the_list_of_feeds_is_at_every_address_that_leads_to_it(nginx: Nginx) -> None:
    lists = [nginx(path) for path in ("/feeds.opml", "/", "/.well-known/feeds")]
    assert {(each.status, each["Content-Type"]) for each in lists} == {(200, OPML_TYPE)}
    assert len({each.body for each in lists}) == 1


def test_a_script_of_any_site_may_send_validators(nginx: Nginx, both: Both) -> None:
    answer = nginx("/feeds/de.atom", "OPTIONS", Origin="https://reader.test")
    asked = both.ask_flask("/feeds/de.atom", "OPTIONS")
    assert answer.status == 204
    for name in ("Access-Control-Allow-Origin", "Access-Control-Allow-Methods", "Access-Control-Allow-Headers"):
        assert answer[name] == asked[name]
    assert nginx("/feeds/de.atom")["Access-Control-Allow-Methods"] == ""
    assert nginx("/feeds/de.atom", "POST").status == 405


def test_an_export_again_changes_only_what_changed(nginx: Nginx) -> None:
    before = nginx("/feeds/fr.atom")["ETag"]
    done = export(nginx.folder / "www", nginx.folder / "data", nginx.folder)
    assert " 0 files written" in done.stdout
    assert nginx("/feeds/fr.atom", If_None_Match=before).status == 304
