"""Over which channels a message may go: the policy's, in its order, but for what the customer refused."""

from dunning_engine.domain.facts import Facts
from dunning_engine.domain.scene import Scene


def channels_for(scene: Scene) -> tuple[str, ...]:
    """The channels that are left, the one that the customer prefers first; none: nothing can be said."""
    left = [channel for channel in scene.policy.channels if not is_refused(channel, scene)]
    preferred = _preferred(scene.facts)
    return tuple(sorted(left, key=lambda channel: channel != preferred))


def is_refused(channel: str, scene: Scene) -> bool:
    """Did the customer refuse the whole channel, and neither use nor agree to it again later?"""
    refused_at = max(
        (r.said_at for r in scene.facts.refusals if _is_of(r.channel, r.contact_id, channel)), default=None
    )
    if refused_at is None:
        return False
    agreed_at = [at for name, at in scene.customer.consented_at.items() if name == channel]
    agreed_at += [
        one.said_at
        for one in scene.facts.preferences
        if one.channel == channel and one.kind in ("preferred", "corrected")
    ]
    return not any(at > refused_at for at in agreed_at)


def _is_of(refused: str, contact_id: str | None, channel: str) -> bool:
    return refused == channel and contact_id is None


def _preferred(facts: Facts) -> str | None:
    wishes = [(one.said_at, one.response_id, one.channel) for one in facts.preferences if one.kind == "preferred"]
    return max(wishes)[2] if wishes else None
