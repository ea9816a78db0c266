"""Alerts and dashboard speak of metrics that exist, in PromQL that can be read, and lead to pages that are there."""

import importlib
import json
from functools import cache
from pathlib import Path
from typing import Any

import promql_parser
import pytest
import yaml
from prometheus_client import REGISTRY

ROOT = Path(__file__).parents[2]
MONITORING = ROOT / "deploy" / "monitoring"
METRICS = (
    "kulant_chassis.metrics",
    "invoice_service.telemetry",
    "dunning_engine.telemetry",
    "notifier.telemetry",
    "feedback_service.telemetry",
)


@cache
def known() -> frozenset[str]:
    for module in METRICS:
        importlib.import_module(module)
    names = set()
    for metric in REGISTRY.collect():
        endings = {"counter": ["_total"], "histogram": ["_bucket", "_sum", "_count"]}.get(metric.type, [""])
        names |= {metric.name + ending for ending in endings}
    return frozenset(names)


def alerts() -> list[dict[str, Any]]:
    groups: list[dict[str, Any]] = yaml.safe_load((MONITORING / "alerts.yaml").read_text(encoding="utf-8"))["groups"]
    return [rule for group in groups for rule in group["rules"]]


def expressions() -> list[str]:
    dashboard = json.loads((MONITORING / "dashboard.json").read_text(encoding="utf-8"))
    shown = [target["expr"] for panel in dashboard["panels"] for target in panel.get("targets", ())]
    return [rule["expr"] for rule in alerts()] + shown


def metrics_of(expression: str) -> set[str]:
    found = set()
    waiting = [promql_parser.parse(expression)]
    while waiting:
        part = waiting.pop()
        if isinstance(part, promql_parser.VectorSelector):
            found.add(str(part.name))
        waiting += [
            child
            for name in ("expr", "lhs", "rhs", "vector_selector", "selector", "args")
            for child in _parts(getattr(part, name, None))
        ]
    return found


def _parts(value: object) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, list | tuple) else [value]


@pytest.mark.parametrize("expression", sorted(set(expressions())))
def test_an_expression_can_be_read_and_every_metric_in_it_exists(expression: str) -> None:
    found = metrics_of(expression) - {"up"}

    assert found or expression.startswith("up{")
    assert found <= known()


def test_an_unknown_metric_would_be_found() -> None:
    assert metrics_of("sum(rate(kulant_nothing_total[5m]))") - known() == {"kulant_nothing_total"}


@pytest.mark.parametrize("alert", alerts(), ids=lambda alert: alert["alert"])
def test_an_alert_says_how_bad_it_is_and_leads_to_a_page(alert: dict[str, Any]) -> None:
    assert alert["labels"]["severity"] in ("page", "ticket")
    assert {"summary", "effect", "runbook"} <= alert["annotations"].keys()
    assert (ROOT / alert["annotations"]["runbook"]).is_file()
