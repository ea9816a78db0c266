"""Takes in that mails came back: the attempt is `bounced`, once, and the contact is known for what it is."""

from collections.abc import Sequence
from uuid import UUID

from notifier.domain.attempt import State
from notifier.domain.bounce import Report
from notifier.domain.outcome import Outcome
from notifier.domain.own_words import Bounce, OwnWords, heard
from notifier.usecases.attempts import outcome_of
from notifier.usecases.end_reminders import end_reminders
from notifier.usecases.ports import Ending, Work

# A server can send a mail back sooner than its yes is recorded: a slow neighbour in the chunk, a crash.
_CAN_COME_BACK = frozenset({State.HANDING_OVER, State.SENT, State.UNKNOWN})


async def record_bounce(work: Work, delivery_id: UUID, report: Report, tenant: str | None = None) -> bool:
    """Record one report; True where it ended something.

    A report that comes again, that tells of a delay or a delivery, or of a mail that is not ours (with `tenant`: not
    this tenant's) changes nothing. That a mail of which nobody knew came back proves that it was sent. It speaks of
    the address that was written to, so that one which the ERP or the customer changed meanwhile stays usable.
    """
    attempt = await work.reminders.attempt(delivery_id) if report.is_bounce else None
    if attempt is None or attempt.contact_id is None or tenant not in (None, attempt.command.reminder.tenant):
        return False
    await work.lock({attempt.command.reminder.key})
    now = await work.clock(attempt.command.reminder.tenant)
    if now is None:
        return False
    outcome = outcome_of(attempt, State.BOUNCED, now, report.reason)
    ended = await end_reminders(work, [Ending(outcome, attempt.command.trace, _CAN_COME_BACK)])
    if not ended:
        return False
    await note_bounces(work, [(outcome, Bounce(attempt.contact_id, attempt.at, report.is_lasting))])
    return True


async def note_bounces(work: Work, bounces: Sequence[tuple[Outcome, Bounce]]) -> None:
    """Keep what bounces say about contacts of locked customers."""
    if not bounces:
        return
    words = dict(await work.parties.words({outcome.reminder.key for outcome, _ in bounces}))
    for outcome, bounce in bounces:
        key = outcome.reminder.key
        words[key] = heard(words.get(key, OwnWords()), bounce)
    await work.parties.save_words(words)
