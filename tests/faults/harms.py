"""What is done to the system, drawn from one seed: the same arguments give the same harms."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

KILL, TERMINATE = "kill -9", "SIGTERM"
BROKER, DATABASE, BOTH = "broker", "database", "broker and database"
STALL, REPLICAS, CLOCK = "stall", "replicas", "clock"
RELEASE, RESTORE = "bad release", "restored database"
REFUSES_NOW, REFUSES, LATE, DIES = "4xx", "5xx", "late", "dies_after_data"
SLOW, CUT, HALF_OPEN = "slow", "cut", "half_open"
MAIL_SERVER: Final = (REFUSES_NOW, REFUSES, LATE, DIES)
"""What the mail server does, as `BadMailServer` calls it."""
WAY: Final = (SLOW, CUT, HALF_OPEN)
"""What becomes of connections, as `Proxy` calls it."""

SHARES: Final[Mapping[str, int]] = {
    KILL: 36,
    TERMINATE: 10,
    BROKER: 9,
    DATABASE: 9,
    BOTH: 4,
    STALL: 7,
    REPLICAS: 6,
    CLOCK: 4,
    RELEASE: 3,
    RESTORE: 3,
    REFUSES_NOW: 4,
    REFUSES: 2,
    LATE: 4,
    DIES: 5,
    SLOW: 6,
    CUT: 8,
    HALF_OPEN: 8,
}
AT_LEAST_ONCE: Final = (KILL, BROKER, DATABASE, TERMINATE, DIES, CUT)
"""What also a short run does."""
IN_A_WAVE: Final = 0.7
ON_TOP: Final = 0.3
ALONE: Final = frozenset({REPLICAS, RELEASE, RESTORE})
"""These start and stop a service in an order of their own, which nothing else may cross."""
MOST_MAILS = 30
MOST_SECONDS = 2.5


@dataclass(frozen=True, slots=True)
class Harm:
    """One harm: of which kind, to whom, in which step and at which moment of it, and how long until it is mended."""

    kind: str
    target: str
    step: int
    after_mails: int | None
    """It comes when so many mails of its step have left; never later than `after_seconds`."""
    after_seconds: float
    lasts_seconds: float
    is_on_top: bool = False
    """It comes while the one before it in its step is not mended yet."""

    def __str__(self) -> str:
        return f"{self.kind}: {self.target}, {self.lasts_seconds:.1f} s"


@dataclass(frozen=True, slots=True)
class Done:
    """A harm that was done: the wall clock when it began, and when everything was back."""

    harm: Harm
    began_at: datetime
    ended_at: datetime


@dataclass(frozen=True, slots=True)
class Targets:
    """What there is to be harmed: processes, ways between them; `senders` and `mail_way` more often than others."""

    processes: Sequence[str]
    senders: Sequence[str]
    services: Sequence[str]
    ways: Sequence[str]
    mail_way: str


def draw(
    *, seed: int, count: int, steps: int, wave_steps: Sequence[int], targets: Targets, only: str | None = None
) -> list[Harm]:
    """So many harms in order of their steps, of all kinds or of one only."""
    rng = random.Random(f"harms {seed}")
    others = max(0, count - len(AT_LEAST_ONCE))
    kinds = [*AT_LEAST_ONCE[:count], *rng.choices(list(SHARES), list(SHARES.values()), k=others)]
    rng.shuffle(kinds)
    kinds = [only] * count if only is not None else kinds
    harms = [_harm(rng, kind, _step(rng, steps, wave_steps), targets) for kind in kinds]
    return _piled_up(rng, sorted(harms, key=lambda harm: harm.step))


def _piled_up(rng: random.Random, harms: Sequence[Harm]) -> list[Harm]:
    """Some of them on top of the one before, where all of a pile are in one step and harm different things."""
    piled: list[Harm] = []
    pile: list[Harm] = []
    for harm in harms:
        fits = bool(pile) and pile[0].step == harm.step and not ALONE & {harm.kind, pile[0].kind}
        fits = fits and all(_differ(harm, one) for one in pile)
        is_on_top = rng.random() < ON_TOP
        piled.append(replace(harm, is_on_top=fits and is_on_top))
        pile = [*pile, harm] if piled[-1].is_on_top else [harm]
    return piled


def _differ(one: Harm, other: Harm) -> bool:
    servers = {BROKER, DATABASE, BOTH}
    return one.target != other.target and not {one.kind, other.kind} <= servers


def _step(rng: random.Random, steps: int, wave_steps: Sequence[int]) -> int:
    if wave_steps and rng.random() < IN_A_WAVE:
        return rng.choice(wave_steps)
    return rng.randrange(1, steps + 1)


def _harm(rng: random.Random, kind: str, step: int, targets: Targets) -> Harm:
    is_among_mails = rng.random() < 0.7
    return Harm(
        kind=kind,
        target=_target(rng, kind, targets),
        step=step,
        after_mails=rng.randrange(1, MOST_MAILS) if is_among_mails else None,
        after_seconds=rng.uniform(0.0, MOST_SECONDS) * (2 if is_among_mails else 1),
        lasts_seconds=rng.uniform(2.0, 9.0) if kind in (STALL, RELEASE, RESTORE, *WAY) else rng.uniform(0.0, 2.5),
    )


def _target(rng: random.Random, kind: str, targets: Targets) -> str:
    if kind in (BROKER, DATABASE, BOTH):
        return kind
    if kind in MAIL_SERVER:
        return "smtp"
    if kind in (RELEASE, RESTORE):
        return rng.choice(targets.services)
    if kind in WAY:
        return targets.mail_way if rng.random() < 0.25 else rng.choice(targets.ways)
    if kind == CLOCK:
        return "tenant"
    if kind == KILL and rng.random() < 0.35:
        return rng.choice(targets.senders)
    return rng.choice(targets.processes)
