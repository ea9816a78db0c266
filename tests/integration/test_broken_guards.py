"""Does anything show when a guard is missing? Each is switched off once, in the story that needs it."""

import pytest

from tests.faults.broken.scenes import BREAKS


@pytest.mark.parametrize("name", BREAKS)
async def test_without_its_guard_the_story_breaks_a_promise_and_that_is_named(story, name):
    chosen = BREAKS[name]
    assert chosen.found in {one.check for one in await chosen.play(story, False)}


@pytest.mark.parametrize("name", BREAKS)
async def test_with_the_guard_nothing_is_found_in_the_same_story(story, name):
    assert await BREAKS[name].play(story, True) == []
