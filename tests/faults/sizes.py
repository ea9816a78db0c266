"""How big the load of a run is: a thousand facts and a hundred mails in all but short runs."""

from dataclasses import dataclass

from kulant_cli.ledger import generate
from tests.faults.harms import Harm, Targets, draw
from tests.faults.load import load_steps
from tests.faults.waves import Waves, with_waves

SHORT_KILLS = 8


@dataclass(frozen=True, slots=True)
class Size:
    """A ledger of so many customers and weeks, and so many harms.

    A wave of so many more customers comes after so many days, and then every so many days.
    """

    customers: int
    weeks: int
    wave: int
    after_days: int
    every_days: int
    kills: int

    def book(self, tenant: str, seed: int) -> Waves:
        """The load of a tenant."""
        book = generate(tenant=tenant, customers=self.customers, weeks=self.weeks, seed=seed)
        return with_waves(book, each=self.wave, after_days=self.after_days, every_days=self.every_days, seed=seed)

    def harms(self, waves: Waves, targets: Targets, seed: int, only: str | None) -> list[Harm]:
        """What is done to the system meanwhile."""
        days = [at.date() for at in load_steps(waves)]
        return draw(
            seed=seed,
            count=self.kills,
            steps=len(days),
            wave_steps=[days.index(day) + 1 for day in waves.days],
            targets=targets,
            only=only,
        )


def size_for(kills: int) -> Size:
    """The size of a run with so many harms."""
    if kills <= SHORT_KILLS:
        return Size(customers=14, weeks=1, wave=24, after_days=2, every_days=2, kills=kills)
    return Size(customers=80, weeks=6 if kills <= 40 else 10, wave=40, after_days=7, every_days=3, kills=kills)
