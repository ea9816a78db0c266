"""Which failures pass by themselves, and which never will."""

import asyncpg
from aiokafka.errors import KafkaError
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from kulant_contracts.money import AmountTooLarge

# PostgreSQL error classes (appendix A of its manual): connection, resources, operator's act, system, and the
# single states serialization failure, deadlock, lock not available, statement or transaction timeout.
_TRANSIENT_CLASSES = ("08", "53", "57", "58")
_TRANSIENT_STATES = ("40001", "40P01", "55P03", "25P03", "25P04")


class TenantUnknown(Exception):
    """The tenant's own facts have not arrived yet; its customers are left alone until they do."""

    def __init__(self, tenant: str) -> None:
        super().__init__(f"tenant {tenant} is not known yet")
        self.tenant = tenant


class LockOrderViolated(Exception):
    """A transaction tried to lock a key below one that it holds: two such writers could wait for each other."""


class EventTooLarge(Exception):
    """An event is over 900 KB and would not pass the broker."""


TOO_LARGE = (EventTooLarge, AmountTooLarge)
"""What a fact leads to cannot be said. That is the fact's fault, not the release's."""


def is_transient(error: BaseException) -> bool:
    """Would the same work succeed later without anybody changing anything?"""
    if isinstance(error, DBAPIError):
        state = getattr(error.orig, "sqlstate", None)
        if isinstance(state, str):
            return state in _TRANSIENT_STATES or state[:2] in _TRANSIENT_CLASSES
        return error.connection_invalidated or isinstance(error, (OperationalError, InterfaceError))
    # asyncpg reports a connection that died in mid-flight as an internal error ("cannot switch to state").
    if isinstance(error, asyncpg.PostgresError):
        return error.sqlstate in _TRANSIENT_STATES or str(error.sqlstate)[:2] in _TRANSIENT_CLASSES
    if isinstance(error, (asyncpg.InterfaceError, asyncpg.InternalClientError, PoolTimeout)):
        return True
    return isinstance(error, (OSError, TimeoutError, KafkaError))
