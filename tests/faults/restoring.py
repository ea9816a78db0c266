"""Puts a service's database back to an earlier moment, sees that it stands still, and puts the newest back."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from kulant_cli.fleet import package_of
from kulant_cli.stack import Stack
from kulant_cli.wall_clock import WallClock
from kulant_devstack.errors import StackFailed


@dataclass(frozen=True, slots=True)
class Restored:
    """One restore: between which moments the service worked on what was lost then, and whether it noticed."""

    service: str
    copied_at: datetime
    stopped_at: datetime
    stood_still: bool


async def restore(stack: Stack, service: str, processes: Sequence[str], works_seconds: float) -> Restored:
    """Stop, copy, let it work, stop, take the copy; then what an operator does: the newest database again."""
    name, clock = package_of(service), WallClock()
    earlier, newest = f"{name}_earlier", f"{name}_newest"
    postgres = stack.servers.postgres
    await asyncio.to_thread(stack.stop_process, *processes)
    await asyncio.to_thread(postgres.databases.copy, name, earlier)
    copied_at = clock.now()
    await asyncio.to_thread(stack.start_process, *processes)
    await asyncio.sleep(works_seconds)
    await asyncio.to_thread(stack.stop_process, *processes)
    stopped_at = clock.now()
    await asyncio.to_thread(_rename, stack, (name, newest), (earlier, name))
    stood_still = [await _stands_still(stack, process) for process in processes]
    await asyncio.to_thread(stack.stop_process, *processes)
    await asyncio.to_thread(_rename, stack, (name, earlier), (newest, name))
    await asyncio.to_thread(postgres.databases.drop, earlier)
    await asyncio.to_thread(stack.start_process, *processes)
    return Restored(service, copied_at, stopped_at, all(stood_still))


async def _stands_still(stack: Stack, process: str) -> bool:
    """Whether it ended, and for this reason: a start may fail for others as well."""
    log = stack.servers.supervisor.log_file(process)
    told_before = log.stat().st_size
    try:
        await asyncio.to_thread(stack.start_process, process)
    except StackFailed:
        return b'"restored.found"' in log.read_bytes()[told_before:]
    return False


def _rename(stack: Stack, *pairs: tuple[str, str]) -> None:
    for before, after in pairs:
        stack.servers.postgres.run_sql(
            f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{before}';\n"
            f"ALTER DATABASE {before} RENAME TO {after};"
        )
