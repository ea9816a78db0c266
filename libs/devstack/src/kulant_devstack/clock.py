"""The machine's time, for tools that may not know the chassis."""

from datetime import UTC, datetime


def wall_clock() -> datetime:
    """Now, aware, in UTC."""
    # lint-allow clock: the one place of the embedded stack and its command that asks the machine
    return datetime.now(UTC)
