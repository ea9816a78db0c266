"""The check of the first promise about ways to write: who refused one, or is spoken for by somebody, is left alone."""

from collections.abc import Iterator
from datetime import datetime

from kulant_cli.judge.evidence import Violation
from kulant_cli.judge.messages import sent_reminders
from kulant_cli.judge.story import Story
from kulant_contracts.delivery import DeliverySentV1
from kulant_contracts.party import Contact
from kulant_contracts.response import (
    ResponseChannelPreferredV1,
    ResponseContactCorrectedV1,
    ResponseContactRefusedV1,
    ResponseEventData,
    ResponseRepresentedV1,
    ResponseWrongPersonV1,
)


def refusals_are_kept(story: Story) -> Iterator[Violation]:
    """Nothing goes where it was refused, to who is another person, or, once somebody speaks for the customer, at all.

    The later word counts: a consent of the ERP's, an address given or a way asked for since.
    """
    for delivery, request in sent_reminders(story):
        if delivery.asked_at is None:
            continue  # nobody_who_paid_is_reminded tells of it
        for response in story.said_before(request.customer_id, delivery.asked_at):
            if is_refusal(story, response, delivery.channel, delivery.contact_id, delivery.at):
                yield Violation(
                    "written_after_refusal",
                    f"{request.customer_id} was written to over {delivery.channel} after {response.TYPE}",
                )
        if _is_taken_back(story, delivery, delivery.asked_at):
            yield Violation(
                "written_after_refusal",
                f"{request.customer_id} was written to over {delivery.channel}; by the ERP there is no consent",
            )


def is_refusal(story: Story, response: ResponseEventData, channel: str, contact_id: str | None, at: datetime) -> bool:
    """Whether by this answer nothing may go to this contact of this channel at a moment of the tenant's clock."""
    if isinstance(response, ResponseRepresentedV1):
        return True
    if isinstance(response, ResponseContactRefusedV1):
        refused = response.refused_channel
    elif isinstance(response, ResponseWrongPersonV1):
        refused = response.reached_channel
    else:
        return False
    is_meant = refused == channel and response.contact_id in (None, contact_id)
    return is_meant and not _has_changed(story, response, response.contact_id, channel, at)


def _has_changed(story: Story, response: ResponseEventData, contact_id: str | None, channel: str, at: datetime) -> bool:
    """Was there a later word by which this way may be used again?"""
    if any(
        later.said_at > response.said_at and _asks_for(later, channel)
        for later in story.responses_of(response.customer_id)
    ):
        return True
    before = story.books.customer_at(response.customer_id, response.said_at)
    now = story.books.customer_at(response.customer_id, at)
    addresses = {one.address for one in (before.contacts if before else ()) if one.channel == channel}
    for contact in now.contacts if now else ():
        if contact.channel == channel and contact_id in (None, contact.contact_id):
            is_agreed = contact.consent is not None and contact.consent.given and contact.consent.at > response.said_at
            is_another = contact_id is not None and contact.address not in addresses
            if is_agreed or is_another:
                return True
    return False


def _asks_for(response: ResponseEventData, channel: str) -> bool:
    if isinstance(response, ResponseContactCorrectedV1):
        return response.corrected_channel == channel
    return isinstance(response, ResponseChannelPreferredV1) and response.preferred_channel == channel


def _is_taken_back(story: Story, delivery: DeliverySentV1, asked_at: datetime) -> bool:
    """Had the ERP said, before the gate was asked, that the customer does not agree to this contact?"""
    contact = next(
        (one for one in story.books.contacts(delivery.customer_id, asked_at) if one.contact_id == delivery.contact_id),
        None,
    )
    if contact is None or contact.consent is None or contact.consent.given:
        return False
    since = contact.consent.at
    later = (one for one in story.responses_of(delivery.customer_id) if one.said_at > since)
    return not any(_asks_for(one, contact.channel) for one in later)


def can_be_reached(story: Story, customer_id: str, at: datetime, channel: str) -> bool:
    """Is there a contact of this channel at which the customer may still be written to?"""
    customer = story.books.customer_at(customer_id, at)
    said = [one for one in story.responses_of(customer_id) if one.said_at <= at]
    return customer is not None and any(
        contact.channel == channel
        and _is_usable(contact)
        and (contact.address or "").lower() not in story.came_back(customer_id, at)
        and not any(is_refusal(story, one, channel, contact.contact_id, at) for one in said)
        for contact in customer.contacts
    )


def _is_usable(contact: Contact) -> bool:
    refused = contact.consent is not None and not contact.consent.given
    return bool(contact.address) and not contact.unusable and not refused
