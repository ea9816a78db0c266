"""One performance: a stack (ours, or the one that runs already), a book played on it, the judge's word."""

import asyncio
import json
import secrets
import signal
import sys
import time as machine
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import time

from rich.console import Console

from kulant_cli.book import Book
from kulant_cli.judge import judge_story, read_story
from kulant_cli.play import Play, Played
from kulant_cli.progress import Days, shown_days
from kulant_cli.sabotage import sabotaged
from kulant_cli.stack import Stack
from kulant_cli.stack_info import StackInfo
from kulant_cli.summary import Result, show

PIPE_WIDTH = 132


@dataclass(frozen=True, slots=True)
class Settings:
    """How a book is performed."""

    title: str
    times: tuple[time, ...]
    seed: int
    is_json: bool
    stays: bool
    traces: bool = False
    """With a trace viewer, if the stack is started here."""
    sabotage: str | None = None
    """One of `SABOTAGES`: a run that has to fail."""


def new_tenant(prefix: str) -> str:
    """A slug that no earlier run on the same stack has used."""
    return f"{prefix}-{secrets.token_hex(4)}"


def perform(book: Book, settings: Settings) -> int:
    """Play the book, print the summary, stay if asked to; 0 only if the judge finds nothing wrong."""
    began = machine.monotonic()
    console = _console(to_stderr=settings.is_json)
    with _stack(console, traces=settings.traces) as (stack, is_ours):
        info = stack.info
        console.print(info.line, style="dim")
        if settings.sabotage:
            console.print(f"Sabotaged on purpose: {settings.sabotage}. The judge has to find it.", style="bold")
        with sabotaged(stack, settings.sabotage, book.tenant) if settings.sabotage else nullcontext():
            result = _play(book, settings, info, console, began)
        show(console, result, info, stays=settings.stays or not is_ours)
        if settings.sabotage:
            noticed = "nothing" if result.verdict.ok else "what stands above"
            console.print(f"Sabotaged on purpose: {settings.sabotage}. The judge found {noticed}.", style="bold")
        if settings.is_json:
            print(json.dumps(result.as_json()), flush=True)
        if settings.stays and is_ours:
            _stay(console)
    return 0 if result.verdict.ok else 1


def _console(*, to_stderr: bool) -> Console:
    """A terminal tells its own width; a file or pipe gets one that breaks no address."""
    console = Console(stderr=to_stderr, highlight=False)
    if not console.is_terminal:
        console.width = PIPE_WIDTH
    return console


@contextmanager
def _stack(console: Console, *, traces: bool) -> Iterator[tuple[Stack, bool]]:
    """The stack of this checkout: the running one, left running, or one that ends with us."""
    stack = Stack(traces=traces)
    running = stack.already_running()
    if running is not None:
        console.print("A stack runs here already: this run is played on it and leaves it running.", style="dim")
        stack.join(running)
        yield stack, False
        return
    with console.status("Kafka, PostgreSQL and the four services are starting …"):
        stack.start()
    try:
        yield stack, True
    finally:
        stack.stop()


def _play(book: Book, settings: Settings, info: StackInfo, console: Console, began: float) -> Result:
    with shown_days(console) as days:
        played = asyncio.run(_played(book, settings, info, days))
    with console.status("The judge looks at facts, topics, mails and answers …"):
        story = read_story(played.evidence)
        verdict = judge_story(story, played.broken_off)
    seconds = machine.monotonic() - began
    how = "" if played.broken_off is None else "broken off after "
    title = f"{settings.title}, {how}{seconds:.0f} seconds"
    return Result(title, book, story, verdict, played.pages, seconds)


async def _played(book: Book, settings: Settings, info: StackInfo, days: Days) -> Played:
    play = Play(info, book, settings.times, settings.seed)
    days.follow(play.at_work)
    return await play.perform(days.show)


def _stay(console: Console) -> None:
    """Keep the stack up until somebody presses Ctrl-C."""
    try:
        console.print("\nEverything stays up until you press Ctrl-C.", style="dim")
        while True:
            signal.pause()
    except KeyboardInterrupt:
        print(file=sys.stderr)
