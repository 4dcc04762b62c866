"""Prometheus's and Grafana's files of ``deploy/``: a role shows what they ask for, by that name and with that label."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterator
from typing import Any

import promql_parser
import pytest
import yaml
from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.metrics import MetricWrapperBase
from prometheus_client.metrics_core import Metric

from cluster.nginx import DEPLOY, NODES
from feeds.metrics import REGISTRY
from feeds.settings import load_settings
from feeds.store import open_store
from feeds.web.metrics import Meter

ENDINGS = {
    "counter": ("_total",),
    "gauge": ("",),
    "histogram": ("_bucket", "_sum", "_count"),
}
SCRAPE = yaml.safe_load((DEPLOY / "prometheus/prometheus.yml").read_text(encoding="utf-8"))
RULES = [
    rule
    for group in yaml.safe_load((DEPLOY / "prometheus/alerts.yml").read_text(encoding="utf-8"))["groups"]
    for rule in group["rules"]
]
BOARD = json.loads((DEPLOY / "grafana/polyfeed.json").read_text(encoding="utf-8"))
PANELS = [panel for panel in BOARD["panels"] if panel["type"] != "row"]
ASKED = [(rule["alert"], rule["expr"]) for rule in RULES] + [
    (panel["title"], each["expr"].replace("$__rate_interval", "5m")) for panel in PANELS for each in panel["targets"]
]


def families(registry: CollectorRegistry) -> Iterator[tuple[Metric, tuple[str, ...]]]:
    """Each with the names of its labels."""
    for collector in list(registry._collector_to_names):
        for metric in collector.collect():
            labels = collector._labelnames if isinstance(collector, MetricWrapperBase) else ()
            yield metric, tuple(labels) or tuple(getattr(metric, "_labelnames", ()))


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[str]]:
    """Every name that a role shows, with the labels that it has once Prometheus has it."""
    store = open_store(f"sqlite:///{tmp_path_factory.mktemp('watched')}/store")
    processes = CollectorRegistry()
    ProcessCollector(registry=processes)
    found = {"up": {"job", "instance"}}
    web = Meter(store, lambda: dt.datetime(2026, 11, 22, tzinfo=dt.UTC))._registry
    for registry in (web, REGISTRY, processes):
        for metric, labels in families(registry):
            for ending in ENDINGS[metric.type]:
                found[metric.name + ending] = {*labels, "job", "instance", *(["le"] if ending == "_bucket" else [])}
    store.close()
    return found


@pytest.mark.parametrize(("title", "expression"), ASKED, ids=[f"{at}-{title}" for at, (title, _) in enumerate(ASKED)])
def test_what_is_asked_for_is_shown(shown: dict[str, set[str]], title: str, expression: str) -> None:
    selectors: list[promql_parser.VectorSelector] = []

    def visit(expr: promql_parser.Expr) -> bool:
        if isinstance(expr, promql_parser.VectorSelector):
            selectors.append(expr)
        return True

    promql_parser.walk(promql_parser.parse(expression), visit)
    assert selectors, "asks for nothing"
    for selector in selectors:
        assert selector.name in shown, title
        assert {matcher.name for matcher in selector.matchers.matchers} <= shown[selector.name]
    grouped = {label for labels in re.findall(r"by \(([^)]*)\)", expression) for label in re.split(r",\s*", labels)}
    assert grouped <= set().union(*(shown[str(selector.name)] for selector in selectors))


def test_jobs_that_are_asked_for_are_scraped_where_the_units_listen() -> None:
    jobs = {job["job_name"]: job["static_configs"][0]["targets"] for job in SCRAPE["scrape_configs"]}
    named = {job for _, expression in ASKED for job in re.findall(r'job=~?"([^"]*)"', expression)}
    assert named
    for pattern in named:
        assert any(re.fullmatch(pattern, job) for job in jobs), pattern
    assert jobs["polyfeed-web"] == list(NODES)
    for role, instance in (("schedule", ""), ("worker@", "1"), ("worker@", "2")):
        text = (DEPLOY / f"systemd/polyfeed-{role}.service").read_text(encoding="utf-8")
        (given,) = re.findall(r"POLYFEED_METRICS_PORT=(\S+)", text)
        port = load_settings({"POLYFEED_METRICS_PORT": given.replace("%i", instance)}).metrics_port
        assert f"127.0.0.1:{port}" in jobs[f"polyfeed-{role.rstrip('@')}"]
    assert SCRAPE["rule_files"] == [path.name for path in (DEPLOY / "prometheus").glob("alerts*")]


def test_an_alert_says_what_is_wrong_and_what_to_do() -> None:
    assert len({rule["alert"] for rule in RULES}) == len(RULES)
    for rule in RULES:
        assert set(rule) == {"alert", "expr", "for", "labels", "annotations"}
        assert promql_parser.parse_duration(rule["for"]) > dt.timedelta()
        assert rule["labels"]["severity"] in {"warning", "critical"}
        assert set(rule["annotations"]) == {"summary", "todo"}


def test_the_board_fills_its_rows_and_asks_the_chosen_prometheus() -> None:
    (variable,) = BOARD["templating"]["list"]
    places: set[tuple[int, int]] = set()
    for panel in BOARD["panels"]:
        at = panel["gridPos"]
        mine = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
        assert not places & mine, f"{panel['title']} stands upon another"
        assert at["x"] + at["w"] <= 24
        places |= mine
    used: list[Any] = [each["datasource"]["uid"] for panel in PANELS for each in (panel, *panel["targets"])]
    assert set(used) == {"$" + "{" + variable["name"] + "}"}
    assert len({panel["id"] for panel in BOARD["panels"]}) == len(BOARD["panels"])
