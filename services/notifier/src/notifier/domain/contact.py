"""Over which channel to whom: the ERP's contacts as the customer corrected them, the best one of the first channel."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from notifier.domain.address import usable_address
from notifier.domain.own_words import SOFT_BOUNCES, Correction, OwnWords
from notifier.domain.party import Contact, Customer
from notifier.domain.reminder import Reminder

# The role that best fits a word about unpaid invoices comes first; a role that is not told counts as `other`.
_ROLE_ORDER = ("dunning", "billing", "other", "management", "legal_representative")
_CHANNELS = ("email",)


@dataclass(frozen=True, slots=True)
class Recipient:
    """A contact with the address as it goes on the wire."""

    contact: Contact
    channel: str
    address: str


def choose_recipient(customer: Customer, words: OwnWords, reminder: Reminder) -> Recipient | None:
    """Who gets the message; None where no wanted channel has a usable contact.

    The customer's preferred channel comes first, then the command's in order. Among equals of a role the one who
    speaks the message's language comes first, then the order of the ERP. A command that names a contact reaches that
    one or nobody.
    """
    contacts = usable_contacts(customer, words)
    preferred = (words.preference.channel,) if words.preference else ()
    for channel in dict.fromkeys((*preferred, *reminder.channels)):
        if channel not in _CHANNELS:
            continue
        usable = [
            Recipient(contact, channel, address)
            for contact in contacts
            if contact.channel == channel
            and reminder.contact_id in (None, contact.contact_id)
            and (address := usable_address(contact.address))
        ]
        if usable:
            return min(usable, key=lambda one: _rank(one.contact, reminder.language))
    return None


def usable_contacts(customer: Customer, words: OwnWords) -> tuple[Contact, ...]:
    """The contacts that may be written to, with the addresses that the customer gave.

    The customer's own word beats the ERP's unless the ERP's is later: a consent given or taken back after it, or an
    address that the ERP changed after it.
    """
    corrected = [_corrected(contact, words) for contact in customer.contacts]
    added = [_added(customer, one) for one in _own_addresses(words)]
    return tuple(contact for contact in (*corrected, *added) if _may_be_used(contact, words))


def _corrected(contact: Contact, words: OwnWords) -> Contact:
    for one in words.corrections:
        is_meant = (one.channel, one.contact_id) == (contact.channel, contact.contact_id)
        if is_meant and all(_is_later(one.at, told) for told in (contact.since, contact.consent_at)):
            return replace(
                contact, address=one.address, since=one.at, is_refused=False, is_unusable=False, consent_at=one.at
            )
    return contact


def _own_addresses(words: OwnWords) -> Iterable[Correction]:
    """The newest address of each channel that stands in the place of none of the ERP's, or of an earlier such one."""
    own: dict[str, Correction] = {}
    for one in sorted(words.corrections, key=lambda one: one.at):
        if one.contact_id in (None, _own_id(one.channel)):
            own[one.channel] = one
    return own.values()


def _own_id(channel: str) -> str:
    return f"own-{channel}"


def _added(customer: Customer, correction: Correction) -> Contact:
    """A contact of the customer's own, with the name of the person that the ERP knows on that channel, if one."""
    on_channel = [one for one in customer.contacts if one.channel == correction.channel]
    known = on_channel[0] if on_channel else None
    own_id = _own_id(correction.channel)
    if known is None:
        return Contact(own_id, correction.channel, correction.address, since=correction.at, consent_at=correction.at)
    return replace(
        known,
        contact_id=own_id,
        address=correction.address,
        since=correction.at,
        consent_at=correction.at,
        role="dunning",  # the customer asked to be written to there: it comes before what the ERP had
        # Consent to the whole channel, taken back after the customer gave the address, is taken back for it too.
        is_refused=all(one.is_refused and not _is_later(correction.at, one.consent_at) for one in on_channel),
        is_unusable=False,
    )


def _may_be_used(contact: Contact, words: OwnWords) -> bool:
    if contact.is_refused or contact.is_unusable:
        return False
    consented_at = contact.consent_at
    preferred_at = words.preference.at if words.preference and words.preference.channel == contact.channel else None
    for refusal in words.refusals:
        is_meant = refusal.channel == contact.channel and refusal.contact_id in (None, contact.contact_id)
        # Whoever refuses a whole channel refuses it at any address, until it is wanted again; whoever refuses one
        # contact (the wrong person) does not take that back by a word about the channel.
        lifted_at = contact.since if refusal.contact_id else preferred_at
        if is_meant and all(_is_later(refusal.at, told) for told in (consented_at, lifted_at)):
            return False
    bounces = [
        one for one in words.bounces if one.contact_id == contact.contact_id and _is_later(one.at, contact.since)
    ]
    return len(bounces) < SOFT_BOUNCES and not any(one.is_lasting for one in bounces)


def _is_later(said_at: datetime, told_at: datetime | None) -> bool:
    """Was the customer's word said after the ERP's, or at the same time? What the ERP always said is earlier."""
    return told_at is None or said_at >= told_at


def _rank(contact: Contact, language: str) -> tuple[int, bool]:
    role = contact.role if contact.role in _ROLE_ORDER else "other"
    return _ROLE_ORDER.index(role), contact.language not in (None, language)
