"""What keeps a mail from leaving at the last moment, and how the tenants share the server."""

import asyncio
from datetime import timedelta

import pytest
from fake_work import WALL, FakeReminders
from sending_scene import Scene, command, page_url

from notifier.domain.attempt import State
from notifier.domain.decision import next_batch
from notifier.usecases.ports import Accepted
from notifier.usecases.prepare_batch import prepare_batch
from notifier.usecases.send_reminders import Batch, give_back, send_reminders


async def turns(count: int = 40) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


def live_scene() -> Scene:
    scene = Scene()
    scene.work.is_live, scene.work.now = True, WALL
    return scene


async def test_no_mail_leaves_after_its_time_is_over_and_the_next_look_ends_it() -> None:
    scene, one = live_scene(), command(not_after_at=WALL + timedelta(seconds=1))

    def time_passes() -> None:
        scene.wall += timedelta(seconds=1)

    scene.server.at_open = time_passes
    batch = await scene.send(one)
    assert scene.server.mails == []
    assert scene.server.abandoned == 1
    row = scene.work.reminders.rows[one.reminder.reminder_id]
    assert (row.state, row.waiting_for, row.waits) == (State.REQUESTED, "time_is_over", 0)
    assert batch.open == {}
    scene.work.now = scene.wall
    await prepare_batch(scene.work, await scene.work.claimed(one), page_url)
    assert scene.work.ends == [("suppressed", "expired")]


async def test_one_whose_time_is_over_does_not_hold_the_rest_of_its_batch() -> None:
    scene, late = live_scene(), command(not_after_at=WALL + timedelta(seconds=1))

    def time_passes() -> None:
        scene.wall = WALL + timedelta(seconds=1)

    scene.server.at_open = time_passes
    batch = await scene.send(late, *(command(not_after_at=WALL + timedelta(hours=1)) for _ in range(4)))
    assert scene.work.ends == [("sent", None)] * 4
    assert batch.left_over == 0


async def test_a_test_tenants_mail_goes_by_its_own_clock() -> None:
    scene, one = Scene(), command()
    assert one.reminder.not_after_at < WALL
    await scene.send(one)
    assert scene.work.ends == [("sent", None)]


async def test_a_wall_clock_that_was_set_back_keeps_no_clearance_young() -> None:
    scene, one = Scene(), command()

    def two_seconds_pass_unseen() -> None:
        scene.tick += 2.0

    scene.server.at_open = two_seconds_pass_unseen
    await scene.send(one)
    assert scene.server.mails == []


async def test_what_grew_old_before_it_got_a_connection_is_not_announced_and_comes_back_after_a_moment() -> None:
    scene, one = Scene(), command()
    batch = Batch(await scene.work.claimed(one))
    async with scene.places.take(2):
        going = asyncio.create_task(send_reminders(scene.sending, batch))
        await turns()
        scene.wall += timedelta(seconds=2)
    scene.server.at_open = lambda: pytest.fail("announced")
    await going
    assert set(batch.open) == {one.reminder.reminder_id}
    assert batch.left_over == 1
    await give_back(scene.work, batch, is_at_fault=False)
    row = scene.work.reminders.rows[one.reminder.reminder_id]
    assert (row.state, row.waits) == (State.REQUESTED, 0)
    assert timedelta(0) < row.retry_at - WALL < timedelta(seconds=1)


async def test_what_is_left_of_a_batch_that_got_on_comes_back_at_once() -> None:
    scene = Scene()
    scene.server.before_data = lambda _: turns(1)
    batch = Batch(await scene.work.claimed(*(command() for _ in range(3))))
    batch.handed, batch.left_over = 2, 1
    await give_back(scene.work, batch, is_at_fault=False)
    assert {row.retry_at for row in scene.work.reminders.rows.values()} == {WALL}


async def test_how_long_a_batch_took_is_told_from_its_clearance_to_its_last_turn() -> None:
    scene = Scene()

    def time_passes() -> Accepted:
        scene.tick += 0.1
        return Accepted("q1")

    scene.server.at_data = time_passes
    batch = await scene.send(*(command() for _ in range(5)))
    assert batch.took == timedelta(seconds=0.4)


async def test_a_slow_server_makes_batches_no_smaller_than_a_chunk() -> None:
    scene, size = Scene(), 8
    for _ in range(10):

        def time_passes() -> Accepted:
            scene.tick += 0.75  # two connections: a second and a half for each chunk
            return Accepted("q1")

        scene.server.at_data = time_passes
        batch = await scene.send(*(command() for _ in range(size)))
        size = next_batch(size, len(batch.claimed), batch.left_over, batch.took, 100)
        assert size >= scene.server.lanes


async def test_who_is_told_to_stop_while_waiting_for_connections_begins_no_chunk() -> None:
    scene = Scene()
    async with scene.places.take(2):
        going = asyncio.create_task(scene.send(command()))
        await turns()
        scene.stopping = True
    batch = await going
    assert scene.server.mails == []
    assert len(batch.open) == 1


async def test_chunks_wait_for_connections() -> None:
    scene = Scene()
    async with scene.places.take(2):
        going = asyncio.create_task(scene.send(command()))
        await turns()
        assert scene.server.mails == []
    await going
    assert len(scene.server.mails) == 1


async def test_connections_stay_taken_until_what_became_of_their_mails_is_recorded() -> None:
    scene, is_back = Scene(patience_seconds=60), asyncio.Event()
    scene.before_recording = is_back.wait
    first = asyncio.create_task(scene.send(command(), command()))
    await turns()
    second = asyncio.create_task(scene.send(command()))
    await turns()
    assert len(scene.server.mails) == 2
    is_back.set()
    await first
    await second
    assert len(scene.server.mails) == 3


async def test_one_slow_mail_holds_its_own_connection_alone() -> None:
    scene, slow = Scene(), command()
    answered = asyncio.Event()

    async def before(content: bytes) -> None:
        if content == str(slow.reminder.reminder_id).encode():
            await answered.wait()

    scene.server.before_data = before
    first = asyncio.create_task(scene.send(slow, command()))
    await turns()
    others = [command() for _ in range(3)]
    async with asyncio.timeout(5):
        await scene.send(*others)
    assert [scene.state_of(one) for one in others] == [State.SENT] * 3
    assert scene.state_of(slow) is State.HANDING_OVER
    answered.set()
    await first
    assert scene.state_of(slow) is State.SENT


async def test_connections_come_back_whatever_happens_to_a_chunk() -> None:
    scene = Scene()

    async def fail(*_: object) -> None:
        raise ConnectionError

    scene.work.reminders.mark_handing_over = fail  # type: ignore[assignment]
    for _ in range(3):
        with pytest.raises(ConnectionError):
            await scene.send(command(), command())
    async with asyncio.timeout(5), scene.places.take(9) as taken:
        assert taken.count == 2


async def test_a_mark_whose_commit_was_not_seen_is_taken_back_with_its_content() -> None:
    scene, one = Scene(), command()

    async def mark_and_break(*given: object) -> None:
        await FakeReminders.mark_handing_over(scene.work.reminders, *given)  # type: ignore[arg-type]
        raise ConnectionError

    scene.work.reminders.mark_handing_over = mark_and_break  # type: ignore[assignment]
    batch = Batch(await scene.work.claimed(one))
    with pytest.raises(ConnectionError):
        await send_reminders(scene.sending, batch)
    assert len(scene.work.reminders.contents) == 1
    await give_back(scene.work, batch, is_at_fault=True)
    assert scene.work.reminders.contents == {}
    assert scene.state_of(one) is State.REQUESTED


async def test_between_two_mails_others_have_their_turn() -> None:
    scene = Scene()
    written: list[int] = []
    beats: list[int] = []
    render = scene.sending.renderer.render

    async def count(*given: object):
        written.append(1)
        return await render(*given)  # type: ignore[arg-type]

    async def beat() -> None:
        while len(written) < 5:
            beats.append(len(written))
            await asyncio.sleep(0)

    scene.sending.renderer.render = count  # type: ignore[method-assign]
    beating = asyncio.create_task(beat())
    await scene.send(*(command() for _ in range(5)))
    await beating
    assert set(beats) >= {1, 2, 3, 4}
