"""How long a transaction waits for a lock; `Database` sets twenty seconds."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_WAIT_BRIEFLY = text(
    "SELECT before, set_config('lock_timeout', '500ms', true)"
    " FROM (SELECT current_setting('lock_timeout') AS before OFFSET 0) AS asked"
)
_WAIT_AS_BEFORE = text("SELECT set_config('lock_timeout', :before, true)")


async def wait_briefly(connection: AsyncConnection) -> str:
    """From here to the transaction's end a lock is waited for half a second; returns how long it was before."""
    return str((await connection.execute(_WAIT_BRIEFLY)).one().before)


async def wait_as_before(connection: AsyncConnection, before: str) -> None:
    """As long again as `wait_briefly` said that it was."""
    await connection.execute(_WAIT_AS_BEFORE, {"before": before})
