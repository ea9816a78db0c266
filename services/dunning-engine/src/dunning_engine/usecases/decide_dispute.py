"""A person decides what a customer contested."""

from dataclasses import replace

from dunning_engine.domain.answers import Dispute, DisputeDecision
from dunning_engine.usecases.asked import NotThere, Refused, Sum, Whose, known_of
from dunning_engine.usecases.evaluate_customers import evaluate_customers
from dunning_engine.usecases.ports import Engine, Work

PARTLY_ACCEPTED = "partly_accepted"


async def decide_dispute(
    work: Work, engine: Engine, whose: Whose, dispute_id: str, outcome: str, accepted: Sum | None
) -> Dispute:
    """Decide once. `accepted` is what the creditor gives up: with `partly_accepted`, and only there.

    Raises NotThere, or Refused where it was decided before or the sum does not fit.
    """
    known = await known_of(work, whose)
    dispute = next((one for one in known.facts.disputes if one.response_id == dispute_id), None)
    if dispute is None:
        raise NotThere
    if dispute.decision is not None:
        raise Refused("already-decided", f"It was decided before: {dispute.decision.outcome}.")
    _check(dispute, outcome, accepted)
    minor = accepted.amount_minor if accepted else None
    decision = DisputeDecision(outcome, await work.now(whose.tenant), minor)  # type: ignore[arg-type]
    await work.decide_dispute(whose.key, whose.tenant, dispute_id, decision)
    await evaluate_customers(work, engine, [whose.occasion("dispute_decided", dispute_id)])
    return replace(dispute, decision=decision)


def _check(dispute: Dispute, outcome: str, accepted: Sum | None) -> None:
    if (outcome == PARTLY_ACCEPTED) != (accepted is not None):
        raise Refused("accepted-sum", "Say what is accepted where a part is, and only there.")
    if accepted is None:
        return
    if accepted.currency != (dispute.about.currency or accepted.currency):
        raise Refused("accepted-sum", "What is accepted is of another currency than what is contested.")
    if dispute.amount_minor is not None and accepted.amount_minor > dispute.amount_minor:
        raise Refused("accepted-sum", "More is accepted than is contested.")
