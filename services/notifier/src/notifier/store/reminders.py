"""Reminders in PostgreSQL: what is asked, what is taken back, and every change of state as a compare-and-set."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from kulant_chassis.transaction import Transaction
from notifier.domain.decision import NOTIFIER
from notifier.store.deliveries import forget_contents, keep_contents, record_begun, record_outcomes
from notifier.store.rows import COMMAND_COLUMNS, REMINDER, command_from
from notifier.store.tasks import find_attempt
from notifier.usecases.ports import Attempt, Command, Ending, HandOver, Release

_ADD = text(
    "INSERT INTO reminder (reminder_id, tenant, key, command, traceparent, tracestate, correlationid, causationid,"
    " not_before_at, retry_at, received_at)"
    " SELECT e.id, e.tenant, e.key, e.command::jsonb, e.traceparent, e.tracestate, e.correlationid, e.causationid,"
    " e.not_before_at, :received_at, :received_at"
    " FROM unnest(CAST(:ids AS uuid[]), CAST(:tenants AS text[]), CAST(:keys AS text[]), CAST(:commands AS text[]),"
    " CAST(:traceparents AS text[]), CAST(:tracestates AS text[]), CAST(:correlationids AS text[]),"
    " CAST(:causationids AS text[]), CAST(:not_before AS timestamptz[]))"
    " AS e(id, tenant, key, command, traceparent, tracestate, correlationid, causationid, not_before_at)"
    " ON CONFLICT (reminder_id) DO NOTHING RETURNING reminder_id"
)
_WITHDRAW = text(
    "INSERT INTO withdrawal (reminder_id, reason)"
    " SELECT * FROM unnest(CAST(:ids AS uuid[]), CAST(:reasons AS text[])) ON CONFLICT (reminder_id) DO NOTHING"
)
_TO_END = text(
    f"SELECT {COMMAND_COLUMNS} FROM reminder r WHERE reminder_id = ANY(CAST(:ids AS uuid[]))"  # noqa: S608 -- own names
    " AND state IN ('requested', 'claimed') ORDER BY reminder_id FOR UPDATE"
)
_KEYS = text("SELECT reminder_id, key FROM reminder WHERE reminder_id = ANY(CAST(:ids AS uuid[]))")
_WITHDRAWN = text("SELECT reminder_id FROM withdrawal WHERE reminder_id = ANY(CAST(:ids AS uuid[]))")
# A claim must still stand, unless the caller holds none. What corrects `unknown` or `sent`, and a bounce that comes
# while the mail is still being handed over, names its own delivery: a lost claim proves nothing, a bounce is of one
# attempt.
_END = text(
    "UPDATE reminder r SET state = e.state, owner = NULL, epoch = r.epoch + 1, delivery_id = e.delivery_id,"
    " ended_at = e.at, waiting_for = NULL"
    " FROM unnest(CAST(:ids AS uuid[]), CAST(:states AS text[]), CAST(:deliveries AS uuid[]),"
    " CAST(:ats AS timestamptz[]), CAST(:expected AS text[]), CAST(:owners AS uuid[]), CAST(:epochs AS integer[]))"
    " AS e(reminder_id, state, delivery_id, at, expected, owner, epoch)"
    " WHERE r.reminder_id = e.reminder_id AND r.state = ANY(string_to_array(e.expected, ' '))"
    " AND CASE WHEN r.state IN ('unknown', 'sent') OR (r.state = 'handing_over' AND e.owner IS NULL)"
    " THEN r.delivery_id = e.delivery_id"
    " ELSE e.owner IS NULL OR (r.owner = e.owner AND r.epoch = e.epoch) END"
    " RETURNING r.reminder_id"
)
_OWN_STOPS = text(
    "INSERT INTO own_stop (key, sequence) SELECT * FROM unnest(CAST(:keys AS text[]), CAST(:sequences AS bigint[]))"
    " ON CONFLICT (key) DO UPDATE SET sequence = greatest(own_stop.sequence, excluded.sequence)"
)
_RELEASE = text(
    "UPDATE reminder r SET state = 'requested', owner = NULL, epoch = r.epoch + 1, retry_at = e.retry_at,"
    " waits = e.waits, waiting_for = e.reason"
    " FROM unnest(CAST(:ids AS uuid[]), CAST(:owners AS uuid[]), CAST(:epochs AS integer[]),"
    " CAST(:retry_at AS timestamptz[]), CAST(:waits AS integer[]), CAST(:reasons AS text[]))"
    " AS e(reminder_id, owner, epoch, retry_at, waits, reason)"
    " WHERE r.reminder_id = e.reminder_id AND r.owner = e.owner AND r.epoch = e.epoch"
    " AND r.state IN ('claimed', 'handing_over')"
)
# What failed about the customer here while the gate was asked makes the decision stale, as it would have before.
_MARK = text(
    "UPDATE reminder r SET state = 'handing_over', delivery_id = e.delivery_id"
    " FROM unnest(CAST(:ids AS uuid[]), CAST(:owners AS uuid[]), CAST(:epochs AS integer[]),"
    " CAST(:deliveries AS uuid[]), CAST(:seen AS bigint[])) AS e(reminder_id, owner, epoch, delivery_id, seen)"
    " WHERE r.reminder_id = e.reminder_id AND r.owner = e.owner AND r.epoch = e.epoch AND r.state = 'claimed'"
    " AND NOT EXISTS (SELECT FROM own_stop s WHERE s.key = r.key AND s.sequence > e.seen)"
    " RETURNING r.reminder_id"
)


class ReminderStore:
    """`Reminders` inside one transaction; the caller has locked the customers."""

    def __init__(self, transaction: Transaction) -> None:
        self._connection = transaction.connection

    async def add(self, commands: Sequence[Command], received_at: datetime) -> Collection[UUID]:
        """Record commands; returns the ids that were new."""
        reminders = [command.reminder for command in commands]
        traces = [command.trace for command in commands]
        parameters = {
            "ids": [one.reminder_id for one in reminders],
            "tenants": [one.tenant for one in reminders],
            "keys": [one.key for one in reminders],
            "commands": [REMINDER.dump_json(one).decode() for one in reminders],
            "traceparents": [one.traceparent for one in traces],
            "tracestates": [one.tracestate for one in traces],
            "correlationids": [one.correlationid for one in traces],
            "causationids": [one.causationid for one in traces],
            "not_before": [one.not_before_at for one in reminders],
            "received_at": received_at,
        }
        return frozenset((await self._connection.execute(_ADD, parameters)).scalars())

    async def withdraw(self, withdrawals: Mapping[UUID, str]) -> Sequence[Command]:
        """Note withdrawals, also of reminders not yet known; returns those that they end."""
        ids = list(withdrawals)
        await self._connection.execute(_WITHDRAW, {"ids": ids, "reasons": list(withdrawals.values())})
        return [command_from(row) for row in (await self._connection.execute(_TO_END, {"ids": ids})).mappings()]

    async def withdrawn(self, reminder_ids: Collection[UUID]) -> Collection[UUID]:
        """Which of these were withdrawn."""
        return frozenset((await self._connection.execute(_WITHDRAWN, {"ids": list(reminder_ids)})).scalars())

    async def keys(self, reminder_ids: Collection[UUID]) -> Mapping[UUID, str]:
        """Whose these are, as far as they are known."""
        rows = await self._connection.execute(_KEYS, {"ids": list(reminder_ids)})
        return {row.reminder_id: row.key for row in rows}

    async def end(self, endings: Sequence[Ending], recorded_at: datetime) -> Collection[UUID]:
        """End those whose expected state and claim still stand; returns which were."""
        outcomes = [ending.outcome for ending in endings]
        claims = [ending.claim for ending in endings]
        parameters = {
            "ids": [one.reminder.reminder_id for one in outcomes],
            "states": [one.state.value for one in outcomes],
            "deliveries": [one.delivery_id for one in outcomes],
            "ats": [one.at for one in outcomes],
            "expected": [" ".join(sorted(ending.expected)) for ending in endings],
            "owners": [claim.owner if claim else None for claim in claims],
            "epochs": [claim.epoch if claim else None for claim in claims],
        }
        ended = frozenset((await self._connection.execute(_END, parameters)).scalars())
        mine = [one for one in outcomes if one.reminder.reminder_id in ended]
        await record_outcomes(self._connection, mine, recorded_at)
        return ended

    async def note_own_stops(self, stops: Mapping[str, int]) -> None:
        """Keep the sequence of the last own failure about each customer."""
        if stops:
            keys = sorted(stops, key=str.encode)
            await self._connection.execute(_OWN_STOPS, {"keys": keys, "sequences": [stops[key] for key in keys]})

    async def release(self, releases: Sequence[Release]) -> None:
        """Give claims back that still stand, also from `handing_over` where DATA was not begun."""
        if releases:
            await self._connection.execute(
                _RELEASE,
                {
                    "ids": [one.claim.reminder_id for one in releases],
                    "owners": [one.claim.owner for one in releases],
                    "epochs": [one.claim.epoch for one in releases],
                    "retry_at": [one.retry_at for one in releases],
                    "waits": [one.waits for one in releases],
                    "reasons": [one.reason for one in releases],
                },
            )

    async def mark_handing_over(self, mails: Sequence[HandOver], gateway: str, marked_at: datetime) -> Collection[UUID]:
        """Claimed becomes handing_over, content kept; returns those that stand and that no own failure made stale."""
        claims = [mail.claimed.claim for mail in mails]
        parameters = {
            "ids": [claim.reminder_id for claim in claims],
            "owners": [claim.owner for claim in claims],
            "epochs": [claim.epoch for claim in claims],
            "deliveries": [mail.claimed.delivery_id for mail in mails],
            "seen": [mail.claimed.command.reminder.seen.get(NOTIFIER, 0) for mail in mails],
        }
        marked = frozenset((await self._connection.execute(_MARK, parameters)).scalars())
        mine = [mail for mail in mails if mail.claimed.claim.reminder_id in marked]
        await record_begun(self._connection, mine, gateway, marked_at)
        await keep_contents(self._connection, mine)
        return marked

    async def attempt(self, delivery_id: UUID) -> Attempt | None:
        """A delivery whose hand-over was begun, whoever's it is."""
        return await find_attempt(self._connection, delivery_id)

    async def defer(self, delivery_ids: Collection[UUID], reason: str) -> None:
        """Note deliveries that did not come about; their content is forgotten."""
        if delivery_ids:
            await forget_contents(self._connection, delivery_ids, reason)
