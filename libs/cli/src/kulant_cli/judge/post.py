"""Checks of mails, deliveries and reminders against one another: everything once, nothing without its cause."""

from collections import Counter
from collections.abc import Iterator

from kulant_cli.judge.evidence import Violation
from kulant_cli.judge.messages import bounced, demands, sent_reminders
from kulant_cli.judge.story import Story, delivery_of
from kulant_contracts.case import CaseStageReachedV1
from kulant_contracts.delivery import DeliveryFailedV1, DeliverySentV1, DeliveryUnknownV1
from kulant_contracts.response import ResponseContactCorrectedV1


def every_mail_has_its_delivery(story: Story) -> Iterator[Violation]:
    """Each mail belongs to one delivery.sent of one requested reminder, and each of those has one mail."""
    sent = {delivery.delivery_id: delivery for delivery in story.sent()}
    unknown = {end.delivery_id for ends in story.ends.values() for end in ends if isinstance(end, DeliveryUnknownV1)}
    for letter in story.letters:
        delivery_id = delivery_of(letter)
        if delivery_id not in sent and delivery_id not in unknown:
            yield Violation("mail_without_delivery", f"{letter.name}: nothing says that it was sent")
        elif letter.delivery_id not in {"", delivery_id}:
            yield Violation("mail_without_delivery", f"{letter.name} names two deliveries")
    mails = Counter(delivery_of(letter) for letter in story.letters)
    for delivery_id, delivery in sent.items():
        if delivery.channel == "email" and mails[delivery_id] != 1:
            yield Violation(
                "one_mail_per_delivery",
                f"delivery {delivery_id} to {delivery.customer_id} has {mails[delivery_id]} mails",
            )
        if delivery.reminder_id not in story.requests:
            yield Violation("delivery_without_request", f"reminder {delivery.reminder_id} was never requested")
    for delivery_id in unknown:
        if mails[delivery_id] > 1:
            yield Violation("one_mail_per_delivery", f"unknown delivery {delivery_id} has {mails[delivery_id]} mails")


def one_mail_per_reminder(story: Story) -> Iterator[Violation]:
    """A reminder leaves once, whatever it is called on its way, and whatever is said of it afterwards."""
    for reminder_id, count in Counter(delivery.reminder_id for delivery in story.sent()).items():
        if count > 1:
            yield Violation("one_mail_per_reminder", f"reminder {reminder_id} was sent {count} times")
    for reminder_id, count in Counter(letter.reminder_id for letter in story.letters if letter.reminder_id).items():
        if count > 1:
            yield Violation("one_mail_per_reminder", f"reminder {reminder_id} is in {count} mails")


def one_mail_per_item_and_stage(story: Story) -> Iterator[Violation]:
    """No due step is repeated, but where its message or a payment came back."""
    for (invoice_id, item_id), told in demands(story).items():
        for (stage, _), count in Counter((demand.item.stage, demand.life) for demand in told).items():
            if count > 1:
                yield Violation(
                    "one_mail_per_item_and_stage",
                    f"item {item_id} of {invoice_id} was reminded of {count} times at stage {stage}",
                )


def every_reminder_ends_once(story: Story) -> Iterator[Violation]:
    """The notifier ends each reminder with exactly one of sent, suppressed, failed, unknown."""
    came_back = bounced(story)
    for reminder_id, request in story.requests.items():
        ends = story.ends.get(reminder_id, ())
        kinds = [end.TYPE for end in ends]
        # A person or a late answer settles what nobody knew; a mailbox that is none bounces before anything was sent.
        settled = any(kind in kinds for kind in (DeliverySentV1.TYPE, DeliveryFailedV1.TYPE))
        corrected = len(ends) == 2 and DeliveryUnknownV1.TYPE in kinds and settled
        is_due = any(request.not_before_at <= at for at in story.evidence.clock)
        if not ends and reminder_id not in came_back and is_due:
            yield Violation("reminder_without_end", f"reminder {reminder_id} to {request.customer_id} never ended")
        elif len(ends) > 1 and not corrected:
            yield Violation("reminder_ended_twice", f"reminder {reminder_id} ended as {', '.join(kinds)}")
    for reminder_id in story.ends.keys() - story.requests.keys():
        yield Violation("end_without_request", f"reminder {reminder_id} ended and was never requested")


def every_sent_reminder_reaches_its_stage(story: Story) -> Iterator[Violation]:
    """What was delivered of the ladder is written back for the ERP, once."""
    reached = Counter(event.reminder_id for event in story.of(CaseStageReachedV1))
    came_back = bounced(story)
    for delivery, _ in sent_reminders(story, frozenset({"reminder"})):
        if delivery.reminder_id in came_back and reached[delivery.reminder_id] == 0:
            continue
        if reached[delivery.reminder_id] != 1:
            yield Violation(
                "stage_reached_once",
                f"reminder {delivery.reminder_id} was sent and has {reached[delivery.reminder_id]} case.stage_reached",
            )


def mail_goes_to_its_customer(story: Story) -> Iterator[Violation]:
    """A mail goes to a contact of the customer that its reminder is about."""
    for delivery in story.sent():
        own = story.books.addresses(delivery.customer_id) | _corrected(story, delivery.customer_id)
        for letter in story.letters_of(delivery.delivery_id):
            if not letter.recipients or not letter.recipients <= own:
                yield Violation("mail_to_its_customer", f"{letter.name} went elsewhere than to {delivery.customer_id}")


def _corrected(story: Story, customer_id: str) -> frozenset[str]:
    """Addresses that the customer itself gave."""
    return frozenset(
        said.address.lower()
        for said in story.responses_of(customer_id)
        if isinstance(said, ResponseContactCorrectedV1) and said.address
    )
