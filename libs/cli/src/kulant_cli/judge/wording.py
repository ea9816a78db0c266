"""Checks of the third promise, as far as a reader can see it: polite, complete, correct, and in the right hours."""

from collections.abc import Iterator
from datetime import timedelta
from zoneinfo import ZoneInfo

from kulant_cli.judge.calendar import day_in, is_open, is_working_day
from kulant_cli.judge.evidence import Violation
from kulant_cli.judge.letters import (
    Letter,
    moments,
    names_amount,
    names_day,
    names_iban,
    names_word,
    one_line,
    says_moment,
)
from kulant_cli.judge.messages import ASKS, COUNTED, sent_reminders
from kulant_cli.judge.story import Story
from kulant_contracts.delivery import DeliverySentV1
from kulant_contracts.party import Contact
from kulant_contracts.reminder import ReminderRequestedV1

DEADLINE_AT_LEAST = timedelta(days=7)
DEADLINE_AT_MOST = timedelta(days=14)
_GREETINGS = (
    "dear ", "hello", "good day", "good morning", "good afternoon",
    "guten tag", "guten morgen", "sehr geehrte", "liebe", "hallo",
)  # fmt: skip


def mails_are_complete(story: Story) -> Iterator[Violation]:
    """Both parts of each mail that is about money name every invoice, amount, the sum, the day, the account.

    Every mail greets, has a subject and a link to the customer's page.
    """
    for delivery, request in sent_reminders(story):
        for letter in story.letters_of(delivery.delivery_id):
            missing = [*_missing_once(story, request, letter)]
            for part, text in (("text", one_line(letter.text)), ("HTML", letter.html_text)):
                if request.kind in COUNTED:
                    missing += [f"{what} in its {part}" for what in _missing(story, delivery, request, text)]
            if missing:
                yield Violation("mail_complete", f"{letter.name} to {request.customer_id} lacks {'; '.join(missing)}")


def _missing_once(story: Story, request: ReminderRequestedV1, letter: Letter) -> Iterator[str]:
    if not letter.subject:
        yield "a subject"
    if not letter.links:
        yield "a link to the customer's page"
    ever = story.books.contacts_ever(request.customer_id)
    contacts = [contact for contact in ever if (contact.address or "").lower() in letter.recipients]
    first_line = next((line.strip() for line in letter.text.splitlines() if line.strip()), "")
    if not any(_greets(contact, first_line) for contact in contacts):
        yield "a greeting by name"


def _greets(contact: Contact, first_line: str) -> bool:
    if contact.greeting:
        return first_line == one_line(contact.greeting)
    return first_line.lower().startswith(_GREETINGS) and (contact.family_name or "") in first_line


def _missing(story: Story, delivery: DeliverySentV1, request: ReminderRequestedV1, text: str) -> Iterator[str]:
    for item in request.items:
        if not names_word(text, item.number):
            yield f"invoice {item.number}"
        if not names_amount(text, item.open.amount):
            yield f"the open amount {item.open.amount} of {item.number}"
        if not names_day(text, item.due_on):
            yield f"the due day {item.due_on} of {item.number}"
    if not names_amount(text, request.total.amount):
        yield f"the sum {request.total.amount}"
    if request.kind in ASKS and (delivery.deadline_on is None or not names_day(text, delivery.deadline_on)):
        yield f"the day {delivery.deadline_on} to pay by"
    ibans = _ibans(story, request)
    if ibans and not any(names_iban(text, iban) for iban in ibans):
        yield "the creditor's IBAN"


def _ibans(story: Story, request: ReminderRequestedV1) -> list[str]:
    """The accounts on which money of this currency is awaited."""
    creditor = story.creditors.get(request.creditor_id)
    accounts = creditor.bank_accounts if creditor else ()
    return [account.iban for account in accounts if account.currency in (None, request.currency)]


def sums_add_up(story: Story) -> Iterator[Violation]:
    """A message's sum is that of its items, costs and credits; the receipt names the same."""
    for delivery, request in sent_reminders(story):
        items = sum(item.open.amount_minor for item in request.items)
        costs = sum(cost.money.amount_minor for cost in request.costs)
        credits_minor = sum(credit.money.amount_minor for credit in request.credits)
        if request.items_total.amount_minor != items or request.total.amount_minor != items + costs - credits_minor:
            yield Violation("sums_add_up", f"reminder {request.reminder_id} asks for {request.total.amount}")
        if request.kind in COUNTED and delivery.total != request.total:
            yield Violation("sums_add_up", f"delivery {delivery.delivery_id} names another sum than its reminder")


def deadlines_are_fair(story: Story) -> Iterator[Violation]:
    """The day to pay by is a working day, at least seven days after sending and not long after that."""
    for delivery, request in sent_reminders(story, ASKS):
        home = story.home(request.customer_id)
        sent_on = day_in(delivery.at, home.time_zone)
        deadline_on = delivery.deadline_on
        if deadline_on is None:
            continue  # mails_are_complete tells of it
        if not sent_on + DEADLINE_AT_LEAST <= deadline_on <= sent_on + DEADLINE_AT_MOST:
            yield Violation("deadline", f"{request.customer_id}: {deadline_on} for a message of {sent_on}")
        elif not is_working_day(deadline_on, home.country):
            yield Violation("deadline", f"{request.customer_id}: {deadline_on} is no working day")


def mails_leave_in_the_window(story: Story) -> Iterator[Violation]:
    """Messages about money leave Monday to Saturday, 08:00 to 20:00 where the customer lives, never on a holiday."""
    for delivery, request in sent_reminders(story, COUNTED):
        home = story.home(request.customer_id)
        if not is_open(delivery.at, home.time_zone, home.country):
            local = delivery.at.isoformat()
            yield Violation("sending_window", f"{request.customer_id} ({home.time_zone}) was written to at {local}")


def moments_are_told_where_the_customer_lives(story: Story) -> Iterator[Violation]:
    """As of when a mail's amounts are is told by the clock on its reader's wall."""
    for delivery, request in sent_reminders(story):
        right = says_moment(delivery.at.astimezone(ZoneInfo(story.home(request.customer_id).time_zone)))
        for letter in story.letters_of(delivery.delivery_id):
            wrong = [
                told for told in (*moments(one_line(letter.text)), *moments(letter.html_text)) if told not in right
            ]
            if wrong:
                message = f"{letter.name} to {request.customer_id} says {wrong[0]} instead of {min(right)}"
                yield Violation("moment", message)
