"""When a decision is made."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Moment:
    """When a decision is made: `now` is the tenant's time, `wall_us` the wall clock for versions."""

    now: datetime
    wall_us: int

    def version_after(self, version: int) -> int:
        """A version above `version`, also above those of a database that was restored to an older state."""
        return max(version + 1, self.wall_us)
