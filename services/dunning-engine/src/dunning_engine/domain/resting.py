"""Everything that rests, of all rules together."""

from collections.abc import Mapping

from dunning_engine.domain import claims, debits, disputes, holds, promises, questions
from dunning_engine.domain.answers import ItemKey
from dunning_engine.domain.rests import Resting, grouped
from dunning_engine.domain.scene import Scene

RULES = (holds.rests, promises.rests, claims.rests, disputes.rests, questions.rests, debits.rests)


def resting_items(scene: Scene) -> Mapping[ItemKey, Resting]:
    """By item, what of it rests."""
    return grouped(scene.items, (found for rule in RULES for found in rule(scene)))
