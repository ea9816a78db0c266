"""Above the friendly stage nothing is said while payments are not known far enough: who cannot know, waits."""

from datetime import date

from dunning_engine.domain.facts import Item
from dunning_engine.domain.policy import Stage
from dunning_engine.domain.scene import Scene


def unknown_since(item: Item, stage: Stage, scene: Scene) -> date | None:
    """The day through which payments should be known and are not; None: the stage may be said."""
    rule = scene.policy.freshness
    if rule.working_days is None or stage.number < rule.from_stage:
        return None
    through_on = scene.calendar(item).working_days_before(scene.today, rule.working_days)
    return None if scene.payments_known(item.creditor_id, scene.end_of(through_on)) else through_on
