"""Expected refusals, each with the values that it is about."""


class FactRefused(Exception):
    """A fact contradicts what an earlier one fixed for good; no later fact can make it true."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class NoTestClock(Exception):
    """The tenant is unknown or live: it has no clock that can be moved."""


class ClockOnlyMovesForward(Exception):
    """A test clock was asked to stand earlier than it does."""
