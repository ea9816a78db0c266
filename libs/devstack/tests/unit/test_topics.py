"""A topic that was made is one that clients see."""

import pytest

from kulant_devstack import topics


class Broker:
    """Shows topics a few questions after they were made."""

    def __init__(self, *, hides_for):
        self.hides_for = hides_for
        self.asked = 0

    async def list_topics(self):
        self.asked += 1
        return ["a", "b"] if self.asked > self.hides_for else ["a"]


async def test_whoever_makes_topics_waits_until_the_broker_shows_all_of_them():
    broker = Broker(hides_for=3)
    await topics._until_shown(broker, {"a", "b"})
    assert broker.asked == 4


async def test_a_topic_that_is_never_shown_is_an_error(monkeypatch):
    monkeypatch.setattr(topics, "_SHOWN_SECONDS", 0.0)
    with pytest.raises(TimeoutError):
        await topics._until_shown(Broker(hides_for=1_000), {"a", "b"})
