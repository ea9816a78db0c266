"""What makes a message ask for less than is open: parts that rest, and money that the ERP has not allocated."""

from collections.abc import Iterable

from dunning_engine.domain.decision import CaseKey
from dunning_engine.domain.facts import CreditLine, Facts, Item
from dunning_engine.domain.rests import credit_lines
from dunning_engine.domain.verdict import Situation

UNALLOCATED = "unallocated"


def unallocated_minor(case: CaseKey, facts: Facts) -> int:
    """The customer's money at this creditor in this currency that belongs to no item yet."""
    return sum(credit.amount_minor for credit in facts.credits if (credit.creditor_id, credit.currency) == case)


def lines_of(case: CaseKey, items: Iterable[Item], situation: Situation) -> tuple[CreditLine, ...]:
    """All lines of a message about these items: its parts that rest, then the customer's own money."""
    lines = [line for item in items for line in credit_lines(item, situation.resting_of(item))]
    free = unallocated_minor(case, situation.scene.facts)
    if free > 0:
        lines.append(CreditLine(UNALLOCATED, free))
    return tuple(lines)


def asked_minor(items: Iterable[Item], lines: Iterable[CreditLine]) -> int:
    """What a message asks for: nothing or less than that where the customer's own money covers it."""
    return sum(item.open_minor for item in items) - sum(line.amount_minor for line in lines)
