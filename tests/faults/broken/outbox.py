"""With a relay that forgets first: events are deleted before the broker has acknowledged them."""

import sys
from collections.abc import Sequence

from kulant_chassis.outbox import _DELETE, Relay, Row
from tests.faults.broken import run


def switch_off() -> None:
    """From now on what this process cannot send is lost."""
    send = Relay._send

    async def forget_and_send(self: Relay, rows: Sequence[Row]) -> None:
        async with self._database.engine.begin() as connection:
            await connection.execute(_DELETE, {"ids": [row.id for row in rows]})
        await send(self, rows)

    Relay._send = forget_and_send  # type: ignore[method-assign]


if __name__ == "__main__":
    sys.exit(run(switch_off))
