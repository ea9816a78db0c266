"""Waiting ends with news, and with its time."""

import asyncio

from kulant_chassis.pacing import Bell, pause_until

LONG = 30.0


async def test_a_ring_wakes_all_who_listen():
    bell = Bell()
    ears = [bell.listen(), bell.listen()]
    waiting = [asyncio.create_task(pause_until(ear, LONG)) for ear in ears]
    await asyncio.sleep(0)
    bell.ring()
    async with asyncio.timeout(5):
        await asyncio.gather(*waiting)


async def test_a_ring_between_clearing_and_waiting_is_not_lost():
    bell = Bell()
    ear = bell.listen()
    ear.clear()
    bell.ring()
    async with asyncio.timeout(5):
        await pause_until(ear, LONG)


async def test_without_news_the_time_ends_the_wait():
    ear = Bell().listen()
    await pause_until(ear, 0.001)
    assert not ear.is_set()
