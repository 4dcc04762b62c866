"""Settings: which layer wins, and every mistake at once."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest
from limits import parse_many

from feeds.errors import ConfigErrors
from feeds.settings import Settings, as_environment, load_settings


def test_defaults_without_file_or_variables(tmp_path: Path) -> None:
    assert load_settings({}, config=tmp_path) == Settings(config=tmp_path)


def test_command_line_wins_over_variable_wins_over_file(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text('port = 1\ntitle = "file"\nfeed_entries = 7\n')
    environ = {"POLYFEED_PORT": "2", "POLYFEED_TITLE": "variable", "POLYFEED_CONFIG": str(tmp_path)}
    settings = load_settings(environ, port=3)
    assert (settings.port, settings.title, settings.feed_entries) == (3, "variable", 7)


def test_config_folder_comes_from_the_variable(tmp_path: Path) -> None:
    assert load_settings({"POLYFEED_CONFIG": str(tmp_path)}).config == tmp_path


def test_every_mistake_is_reported_with_where_and_why(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text('port = "many"\nprot = 1\nlog_level = "loud"\nmax_bytes = 2.5\n')
    with pytest.raises(ConfigErrors) as caught:
        load_settings({"POLYFEED_TICK_S": "0", "POLYFEED_PUBLIC_URL": "example.org"}, config=tmp_path)
    lines = str(caught.value).splitlines()
    assert len(lines) == 6
    file = tmp_path / "settings.toml"
    assert f"{file}: port: expected int, got 'many'" in lines
    assert any(
        line.startswith(f"{file}: prot: no such setting; there are: alert_after_s, alerts, answers_mb, client_rate")
        for line in lines
    )
    assert f"{file}: log_level: must be one of debug, info, warning, error, got 'loud'" in lines
    assert f"{file}: max_bytes: expected int, got 2.5" in lines
    assert "POLYFEED_TICK_S: must be between 0.05 and 3600, got '0'" in lines
    assert "POLYFEED_PUBLIC_URL: must start with http:// or https://, got 'example.org'" in lines


def test_broken_file_is_a_mistake_not_a_traceback(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text("port = = 1")
    with pytest.raises(ConfigErrors, match=r"settings\.toml: cannot be read"):
        load_settings({}, config=tmp_path)


def test_environment_carries_every_setting_to_another_process(tmp_path: Path) -> None:
    settings = Settings(
        host="::1",
        port=81,
        data=tmp_path / "d",
        config=tmp_path / "c",
        public_url="https://example.org",
        title="新聞",
        tick_s=0.5,
        alerts=("mailto://user:secret@example.org", "json://hooks.example.org/a,b"),
    )
    assert load_settings(as_environment(settings)) == settings


@pytest.mark.parametrize(
    ("host", "port", "public_url", "expected"),
    [
        ("127.0.0.1", 8000, "", "http://127.0.0.1:8000"),
        ("0.0.0.0", 8000, "", "http://127.0.0.1:8000"),
        ("::1", 80, "", "http://[::1]:80"),
        ("127.0.0.1", 8000, "https://example.org/news/", "https://example.org/news"),
    ],
)
def test_base_url(host: str, port: int, public_url: str, expected: str) -> None:
    assert Settings(host=host, port=port, public_url=public_url).base_url == expected


def test_shipped_settings_file_names_every_setting_and_parses(tmp_path: Path) -> None:
    shipped = Path(__file__).resolve().parent.parent / "config" / "settings.toml"
    text = shipped.read_text(encoding="utf-8")
    missing = [f.name for f in fields(Settings) if f.name != "config" and f"\n# {f.name} = " not in text]
    assert missing == []
    # each commented default is the real default
    lines = [line[2:] for line in text.splitlines() if line.startswith("# ") and " = " in line.split("  #")[0]]
    (tmp_path / "settings.toml").write_text("\n".join(lines))
    assert load_settings({}, config=tmp_path) == Settings(config=tmp_path)


def test_alerts_are_a_list_and_their_passwords_are_never_shown(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text('alerts = ["json://hooks.example.org/polyfeed"]\n')
    assert load_settings({}, config=tmp_path).alerts == ("json://hooks.example.org/polyfeed",)
    given = {"POLYFEED_ALERTS": " mailto://a:b@example.org\n json://example.org "}
    assert load_settings(given, config=tmp_path).alerts == ("mailto://a:b@example.org", "json://example.org")
    (tmp_path / "settings.toml").write_text('alerts = [["mailto://user:secret@example.org"]]\n')
    with pytest.raises(ConfigErrors, match="alerts: expected a list of addresses") as caught:
        load_settings({}, config=tmp_path)
    assert "secret" not in str(caught.value)


def test_keys_are_long_and_never_shown(tmp_path: Path) -> None:
    assert load_settings({"POLYFEED_KEYS": "correct-horse-battery staple-staple-st"}, config=tmp_path).keys == (
        "correct-horse-battery",
        "staple-staple-st",
    )
    for keys in ('["hunter2"]', '["correct horse battery"]', '[""]'):
        (tmp_path / "settings.toml").write_text(f"keys = {keys}\n")
        with pytest.raises(ConfigErrors, match="keys: each must have 16 characters") as caught:
            load_settings({}, config=tmp_path)
        assert "hunter2" not in str(caught.value)
        assert "horse" not in str(caught.value)


@pytest.mark.parametrize("rate", ["", "1 per second", "600 per minute", "20 per second; 5000 per 2 hours"])
def test_rates(tmp_path: Path, rate: str) -> None:
    assert load_settings({}, config=tmp_path, client_rate=rate).client_rate == rate
    assert rate == "" or parse_many(rate)


@pytest.mark.parametrize(
    "rate", ["600", "0 per minute", "600/minute", "many per minute", "5 per minute;", "-1 per day"]
)
def test_rates_that_are_none(tmp_path: Path, rate: str) -> None:
    with pytest.raises(ConfigErrors, match="--client-rate: must be empty or such as"):
        load_settings({}, config=tmp_path, client_rate=rate)
