"""Writes docs/settings.md: every setting of every service, from the models that read them.

`make settings` calls it; a test fails while the page is not what the models say.
"""

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path

from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from kulant_chassis.settings import ServiceSettings

PAGE = Path(__file__).parents[1] / "docs" / "settings.md"
SERVICES = ("invoice_service", "dunning_engine", "notifier", "feedback_service")
_HEAD = """<!-- Made from the services' settings by `make settings`. Change the models, not this page. -->

# Settings

A service is told everything by environment variables, reads them once at its start, and says in a sentence what is
missing or cannot be used. Secrets are files, named by variables that end in `_FILE`, or the passwords inside a database
URL. `OTEL_*` variables go to OpenTelemetry as they are; spans go where `OTEL_TRACES_EXPORTER` says: `otlp` (over HTTP,
the default; none are recorded where no `OTEL_EXPORTER_OTLP_ENDPOINT` is named), `zipkin` or `none`.

Tested on Linux, x86-64, with Python 3.11, Apache Kafka 4.4 and PostgreSQL 18. Python 3.12 and 3.13, older
servers, arm64 and macOS are untried; Windows is not supported.
"""


_NONE = "None of its own.\n"


def page() -> str:
    """The whole page."""
    parts = [_HEAD, "\n## Every service\n\n`<SERVICE>` is `INVOICE_SERVICE`, `DUNNING_ENGINE`, `NOTIFIER` or "]
    parts += ["`FEEDBACK_SERVICE`.\n\n", _table(ServiceSettings, "KULANT_<SERVICE>_", frozenset())]
    shared = frozenset(ServiceSettings.model_fields)
    for package in SERVICES:
        settings = importlib.import_module(f"{package}.config").Settings
        prefix = str(settings.model_config.get("env_prefix", ""))
        rows = _table(settings, prefix, shared)
        parts.append(f"\n## {package.replace('_', '-')}\n\n{rows or _NONE}")
    return "".join(parts).rstrip() + "\n"


def _table(settings: type[ServiceSettings], prefix: str, left_out: frozenset[str]) -> str:
    rows = list(_rows(settings, prefix, left_out))
    return "| variable | default | meaning |\n|---|---|---|\n" + "".join(rows) if rows else ""


def _rows(settings: type[ServiceSettings], prefix: str, left_out: frozenset[str]) -> Iterator[str]:
    for name, field in settings.model_fields.items():
        if name not in left_out:
            yield f"| `{field.validation_alias or prefix + name.upper()}` | {_default(field)} | {field.description} |\n"


def _default(field: FieldInfo) -> str:
    if field.default is PydanticUndefined and field.default_factory is None:
        return "**must be set**"
    return "" if field.default in (None, "") else f"`{field.default}`"


def main() -> int:
    """Write the page."""
    PAGE.write_text(page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
