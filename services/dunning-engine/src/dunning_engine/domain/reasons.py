"""The rules that can decide about an item, each with the sentence that tells a person why."""

from collections.abc import Mapping

SENTENCES: Mapping[str, str] = {
    "tenant_unknown": "Nothing, because the tenant's own facts have not arrived yet.",
    "customer_unknown": "Nothing, because the customer's own facts have not arrived yet.",
    "fact_missing": "Nothing, because a fact about this customer is missing or could not be read.",
    "nothing_owed": "Nothing, because nothing is owed.",
    "creditor_unknown": "Nothing about invoice {number}, because the facts of its creditor {creditor_id}"
    " have not arrived yet.",
    "settled": "Nothing about invoice {number}, because it is settled.",
    "no_due_date": "Nothing about invoice {number}, because it has no due date.",
    "not_overdue": "Nothing about invoice {number} yet, because it is not overdue.",
    "held": "Nothing about invoice {number}, because it is on hold ({reason}).",
    "promised": "Nothing about invoice {number}, because payment is promised for {promised_on}.",
    "payment_claimed": "Nothing about invoice {number}, because the customer says that it was paid.",
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
    "outside_window": "Nothing about invoice {number} right now, because messages leave from {opens_at}.",
    "one_at_a_time": "Nothing about invoice {number} yet, because another message of this case is under way.",
    "due": "A reminder about invoice {number}, because stage {stage} began on {begins_on}.",
}


def sentence(rule: str, facts: Mapping[str, str | int]) -> str:
    """The rule in words. Raises KeyError for a rule without a sentence."""
    return SENTENCES[rule].format_map(facts)
