"""Writes docs/performance.md from what was just measured: figures, costs by process, profiles, and what was tried."""

import os
import platform
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import psutil

from bench.runs import Bench, Outcome, report

PAGE = Path(__file__).parents[1] / "docs" / "performance.md"
TRIED = Path(__file__).parent / "tried.md"
AIMS = {"decide": 0.35, "register": 0.35, "remind": 0.2}
WHAT = {
    "decide": "overdue facts, one per customer, to reminder commands on the topic",
    "register": "invoices of an ERP to `invoice.registered` on the topic",
    "remind": "commands through three clearances, as distinct mails with a code to pay by, to `sent` on the topic",
    "answer": "answers posted on the page, to the withdrawal of the reminder on the topic",
}
LEAST_SHARE = 0.015

Profiles = Mapping[str, Mapping[str, float]]


def page(line: str, measured: Sequence[tuple[Bench, Outcome]], profiles: Profiles) -> str:
    """The whole page; `line` says which servers were measured on."""
    counted = [(bench, outcome) for bench, outcome in measured if outcome.is_measurable]
    missing = [bench.name for bench, outcome in measured if not outcome.is_measurable]
    parts = [
        "<!-- Made by `make performance` on a machine of its own; what was tried is in bench/tried.md. -->\n",
        "# Performance\n",
        _machine(line),
        "## Figures, each beside its floor\n",
        (
            "A floor is the least that the same machine does for the same effect, measured in turn with Kulant; a"
            " ratio is that of one run's two sides, and the median counts.\n"
        ),
        _figures(counted),
        *(f"`{name}`: not measurable, others used the machine.\n" for name in missing),
        "## What one piece of work costs\n",
        "Milliseconds of processor time, by process, until the last event was readable.\n",
        *(_costs(bench) for bench, _ in counted),
        "## Where the time goes\n",
        (
            "Share of the processor time of the process that does the work, below Python's profiler, which makes calls"
            " of small functions look dearer than they are.\n"
        ),
        *(_profile(name, shares) for name, shares in profiles.items()),
        TRIED.read_text(),
    ]
    return "\n".join(parts)


def _machine(line: str) -> str:
    kernel = platform.release().split("-")[0]
    memory = round(psutil.virtual_memory().total / 2**30)
    servers = re.sub(r" \d+\.\d+\.\d+\.\d+:\d+", "", line).removeprefix("stack: ")
    return (
        f"{os.cpu_count()} processors ({_processor()}), {memory} GB, Linux {kernel}, Python"
        f" {platform.python_version()}; {servers}, both on the same machine, with the settings that production has and"
        " waiting for the disk.\n"
    )


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else []
    names = [each.split(":", 1)[1].strip() for each in lines if each.startswith("model name")]
    return names[0] if names else platform.machine()


def _figures(counted: Sequence[tuple[Bench, Outcome]]) -> str:
    rows = [
        "| | what | of these | Kulant | floor | ratio | first aim | ratios of the runs | others used, s |",
        "|---" * 9 + "|",
    ]
    for bench, outcome in counted:
        told = report(bench, outcome)
        ratios = ", ".join(
            f"{run['value'] / run['floor']:.3f}" for run in outcome.runs if run["value"] and run["floor"]
        )
        others = ", ".join(f"{run['foreign_cpu_s']}" for run in outcome.runs)
        rows.append(
            f"| `{bench.name}` | {WHAT[bench.name]} | {bench.count:,} | {told['value']} {bench.unit} |"
            f" {told['floor'] or '–'} | {told['ratio'] or '–'} | {AIMS.get(bench.name, '–')} | {ratios or '–'} |"
            f" {others} |"
        )
    return "\n".join(rows) + "\n"


def _costs(bench: Bench) -> str:
    rows = [f"**{bench.name}**\n", "| side | process | ms |", "|---|---|---|"]
    for side in ("floor", "kulant"):
        spent = bench.costs.medians(side, bench.count)
        rows += [f"| {side} | {name} | {milliseconds:.3f} |" for name, milliseconds in spent.items()]
        if spent:
            rows.append(f"| {side} | all | {sum(spent.values()):.3f} |")
    return "\n".join(rows) + "\n"


def _profile(name: str, shares: Mapping[str, float]) -> str:
    rows = [f"**{name}**\n", "| where | share |", "|---|---|"]
    rows += [f"| {area} | {share:.0%} |" for area, share in shares.items() if share >= LEAST_SHARE]
    return "\n".join(rows) + "\n"
