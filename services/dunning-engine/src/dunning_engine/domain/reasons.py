"""The rules that can decide about an item, each with the sentence that tells a person why."""

from collections.abc import Mapping

from dunning_engine.domain.decision import Reason
from dunning_engine.domain.verdict import Verdict

SENTENCES: Mapping[str, str] = {
    "tenant_unknown": "Nothing, because the tenant's own facts have not arrived yet.",
    "customer_unknown": "Nothing, because the customer's own facts have not arrived yet.",
    "fact_missing": "Nothing, because a fact about this customer is missing or could not be read.",
    "erased": "Nothing any more, because the customer's data are to be forgotten.",
    "nothing_owed": "Nothing, because nothing is owed.",
    "creditor_unknown": "Nothing about invoice {number}, because the facts of its creditor {creditor_id}"
    " have not arrived yet.",
    "settled": "Nothing about invoice {number}, because it is settled.",
    "no_due_date": "Nothing about invoice {number}, because it has no due date.",
    "not_overdue": "Nothing about invoice {number} yet, because it is not overdue.",
    "represented": "Nothing about invoice {number}, because somebody speaks for the customer: a person takes over.",
    "no_channel": "Nothing about invoice {number}, because the customer refused every channel: a person takes over.",
    "held": "Nothing about invoice {number}, because it is on hold ({reason}).",
    "promised": "Nothing about invoice {number}, because payment is promised for {promised_on}.",
    "payment_claimed": "Nothing about invoice {number}, because the customer says that it was paid.",
    "disputed": "Nothing about invoice {number}, because it is contested ({reason}).",
    "question_open": "Nothing about invoice {number}, because the customer waits for an answer ({kind}).",
    "direct_debit": "Nothing about invoice {number}, because the creditor collects it itself on {collect_on}.",
    "on_its_way": "Nothing more about invoice {number}, because a reminder about it is under way.",
    "ladder_done": "Nothing more about invoice {number}, because its last stage has been spoken about.",
    "person_asked": "Nothing about invoice {number}, because a person finds out if the last message left.",
    "not_delivered": "Nothing about invoice {number}, because the last message could not be delivered and"
    " the customer's facts have not changed since.",
    "waits_for_facts": "Nothing about invoice {number} yet, because a service knows something that"
    " was not read here yet.",
    "refused_unexplained": "Nothing about invoice {number}, because a message was refused although"
    " nothing new is known: a person looks.",
    "too_early": "Nothing about invoice {number} yet, because its next stage begins on {begins_on}.",
    "not_heard_yet": "Nothing about invoice {number} yet: stage {stage} began on {begins_on}, but the message before it"
    " does not count as delivered yet.",
    "payments_unknown": "Nothing about invoice {number} yet: stage {stage} began on {begins_on}, but payments are not"
    " known through {through_on}.",
    "outside_window": "Nothing about invoice {number} right now, because messages leave from {opens_at}.",
    "one_at_a_time": "Nothing about invoice {number} yet, because another message of this case is under way.",
    "budget_spent": "Nothing about invoice {number} today, because enough was written to the customer; from {from_on}.",
    "credit_covers": "Nothing about invoice {number}, because the customer's own unallocated money covers what would be"
    " asked for: a person looks.",
    "below_minimum": "Nothing about invoice {number} by itself, because too little would be asked for.",
    "returned_due": "A message about invoice {number}, because its payment {payment_id} came back.",
    "notice_due": "A friendly notice about invoice {number} ({code}), because it is due on {due_on}.",
    "softly_due": "A friendly word about invoice {number}, because what the customer said ({response_id}) did not"
    " come true.",
    "due": "A reminder about invoice {number}, because stage {stage} began on {begins_on}.",
}


def sentence(rule: str, facts: Mapping[str, str | int]) -> str:
    """The rule in words. Raises KeyError for a rule without a sentence."""
    return SENTENCES[rule].format_map(facts)


def reason_of(verdict: Verdict) -> Reason:
    """A verdict for the record, in words and data."""
    item = verdict.item
    words = {**verdict.facts, "number": item.number, "creditor_id": item.creditor_id}
    return Reason(
        rule=verdict.rule,
        sentence=sentence(verdict.rule, words),
        facts={**verdict.facts, "open_minor": item.open_minor, "version": item.version},
        creditor_id=item.creditor_id,
        currency=item.currency,
        invoice_id=item.invoice_id,
        item_id=item.item_id,
    )
