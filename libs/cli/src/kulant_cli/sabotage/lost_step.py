"""dunning-engine, whose first command about the tenant is deleted after it was recorded and before it is sent.

Runs as `python -m kulant_cli.sabotage.lost_step ROLE…`.
"""

import sys
from collections.abc import Sequence

from sqlalchemy import text

from dunning_engine.main import run
from kulant_chassis.outbox import Relay, Row
from kulant_cli.sabotage import sabotaged_tenant
from kulant_contracts.envelope import decode
from kulant_contracts.registry import EVENTS
from kulant_contracts.reminder import ReminderRequestedV1

_DELETE = text("DELETE FROM outbox WHERE id = :id")
_send = Relay._send  # noqa: SLF001


class _Thief:
    is_done = False


async def _send_all_but_one(self: Relay, rows: Sequence[Row]) -> None:
    stolen = None if _Thief.is_done else next(filter(_is_first_demand, rows), None)
    if stolen is not None:
        async with self._database.engine.begin() as connection:
            await connection.execute(_DELETE, {"id": stolen.id})
        _Thief.is_done = True
    await _send(self, [row for row in rows if row is not stolen])


def _is_first_demand(row: Row) -> bool:
    if not row.key.startswith(f"{sabotaged_tenant()}/"):
        return False
    asked = decode(row.value, row.headers(), EVENTS).data
    return isinstance(asked, ReminderRequestedV1) and asked.kind == "reminder"


if __name__ == "__main__":
    Relay._send = _send_all_but_one  # type: ignore[method-assign]  # noqa: SLF001
    sys.exit(run(sys.argv[1:]))
