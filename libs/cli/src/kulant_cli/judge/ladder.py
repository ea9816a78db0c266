"""Checks of the ladder: stage after stage, each in its time, none skipped, none before its predecessor was read."""

from collections.abc import Iterator

from kulant_cli.judge.calendar import after_working_days, day_in
from kulant_cli.judge.evidence import Violation
from kulant_cli.judge.messages import (
    COUNTED,
    DELIVERED_AFTER,
    LADDER,
    PAUSE_WORKING_DAYS,
    Demand,
    bounced,
    demands,
    sent_reminders,
)
from kulant_cli.judge.story import Story
from kulant_contracts.delivery import DeliveryUnknownV1

PER_DAY = 1
PER_SEVEN_DAYS = 3
KNOWN_THROUGH_WORKING_DAYS = 3  # one more than the policy's two: a region may have a holiday of its own


def stages_are_the_policys(story: Story) -> Iterator[Violation]:
    """A message speaks in the tone of its leading stage, which is that of its furthest item."""
    for delivery, request in sent_reminders(story, frozenset({"reminder"})):
        stage = request.stage
        rung = LADDER.get(stage.number)
        leading = max((item.stage for item in request.items), default=0)
        told = (stage.code, stage.tone, stage.legal_effect)
        if rung is None or told != (rung.code, rung.tone, rung.legal_effect) or stage.number != leading:
            yield Violation(
                "stage_as_policy", f"{delivery.reminder_id} to {request.customer_id}: {stage.number} {told}"
            )


def no_stage_is_skipped(story: Story) -> Iterator[Violation]:
    """Each stage follows the one before; an item of an old system goes on where that stood."""
    in_doubt = _in_doubt(story)
    for key, told in demands(story).items():
        item = story.books.items.get(key)
        start = item.prior_stage if item else 0
        reached: dict[int, int] = {}
        for demand in told:
            before = reached.get(demand.life, start if demand.life == 0 else 0)
            expected = {before + 1}
            if (*key, before + 1) in in_doubt:
                expected.add(before + 2)
            if demand.life > 0 and demand.life not in reached:  # of a debit anew; what else came back may go on
                expected.add(max(reached.values(), default=start) + 1)
            if demand.item.stage > before and demand.item.stage not in expected:
                yield Violation(
                    "stage_skipped",
                    f"{demand.item.number} of {demand.request.customer_id}: stage {demand.item.stage} after {before}",
                )
            elif demand.item.stage < before:
                yield Violation("stage_order", f"{demand.item.number}: stage {demand.item.stage} after {before}")
            reached[demand.life] = max(before, demand.item.stage)


def _in_doubt(story: Story) -> frozenset[tuple[str, str, int]]:
    """Items and stages whose message perhaps left: a person decides whether the stage was reached."""
    return frozenset(
        (item.invoice_id, item.item_id, item.stage)
        for reminder_id, ends in story.ends.items()
        if any(isinstance(end, DeliveryUnknownV1) for end in ends) and reminder_id in story.requests
        for item in story.requests[reminder_id].items
    )


def stages_wait_for_deadlines(story: Story) -> Iterator[Violation]:
    """Stage n leaves three working days after the deadline of n-1 at the earliest, and 72 hours after its sending."""
    for key, told in demands(story).items():
        item = story.books.items.get(key)
        before: Demand | None = None
        for demand in told:
            home = story.home(demand.request.customer_id)
            today = day_in(demand.delivery.at, home.time_zone)
            is_first = before is None or before.life != demand.life
            deadline_on = (item.prior_deadline_on if item else None) if is_first else before and before.deadline_on
            if is_first and demand.life > 0:
                deadline_on = None  # the ladder begins anew
            if deadline_on and today < after_working_days(deadline_on, PAUSE_WORKING_DAYS, home.country):
                yield Violation(
                    "stage_too_soon",
                    f"{demand.item.number} of {demand.request.customer_id}: stage {demand.item.stage} on {today},"
                    f" the deadline before it was {deadline_on}",
                )
            if before and not is_first and demand.delivery.at < before.delivery.at + DELIVERED_AFTER:
                yield Violation("stage_too_soon", f"{demand.item.number}: the stage before may still come back")
            before = demand


def nothing_is_early(story: Story) -> Iterator[Violation]:
    """No item is reminded of before it is overdue by its stage's days."""
    for demands_of_item in demands(story).values():
        for demand in demands_of_item:
            item = demand.item
            today = day_in(demand.delivery.at, story.home(demand.request.customer_id).time_zone)
            due_on = story.books.due_on((item.invoice_id, item.item_id), demand.delivery.at)
            rung = LADDER.get(item.stage)
            if due_on and rung and (today - due_on).days < rung.offset_days:
                yield Violation(
                    "too_early", f"{item.number}, due on {due_on}, was reminded of on {today} at stage {item.stage}"
                )


def budgets_are_kept(story: Story) -> Iterator[Violation]:
    """One message a day and three in seven days, over reminders and notices of all creditors together."""
    came_back = bounced(story)
    days: dict[str, list[int]] = {}
    for delivery, request in sent_reminders(story, COUNTED):
        if delivery.reminder_id not in came_back:
            on = day_in(delivery.at, story.home(request.customer_id).time_zone)
            days.setdefault(request.customer_id, []).append(on.toordinal())
    for customer_id, told in days.items():
        for day in sorted(set(told)):
            if told.count(day) > PER_DAY:
                yield Violation("contact_budget", f"{customer_id} got {told.count(day)} messages on one day")
            within = sum(day - 6 <= one <= day for one in told)
            if within > PER_SEVEN_DAYS:
                yield Violation("contact_budget", f"{customer_id} got {within} messages within seven days")


def answers_are_confirmed_once(story: Story) -> Iterator[Violation]:
    """What the customer said is confirmed by one message at most."""
    came_back = bounced(story)
    confirmed: dict[tuple[str, str], int] = {}
    for delivery, request in sent_reminders(story, frozenset({"service", "promise_note"})):
        if request.about is not None and delivery.reminder_id not in came_back:
            about = (request.about.response_id, request.stage.code)
            confirmed[about] = confirmed.get(about, 0) + 1
    for (response_id, code), count in confirmed.items():
        if count > 1:
            yield Violation("confirmed_once", f"{code} about {response_id} was sent {count} times")


def payments_are_known(story: Story) -> Iterator[Violation]:
    """Above the friendly stage nothing leaves on old news: payments are known through the last working days."""
    for delivery, request in sent_reminders(story, frozenset({"reminder"})):
        if request.stage.number < 2:
            continue
        home = story.home(request.customer_id)
        until = story.books.payments_known_until(request.creditor_id, delivery.at)
        today = day_in(delivery.at, home.time_zone)
        known_on = day_in(until, home.time_zone) if until else None
        if known_on is None or after_working_days(known_on, KNOWN_THROUGH_WORKING_DAYS, home.country) < today:
            yield Violation(
                "payments_unknown",
                f"{request.customer_id} got stage {request.stage.number} on {today}, payments known until {until}",
            )
