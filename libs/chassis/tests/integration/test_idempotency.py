"""Writes on real PostgreSQL: once for all repetitions, also at the same time and after a crash; all on record."""

import asyncio
import hashlib
from dataclasses import replace
from datetime import timedelta

import asyncpg
import httpx2
import pytest
from pydantic import BaseModel
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from kulant_chassis.audit import audit_router
from kulant_chassis.auth import Principal, TokenRecord, Tokens
from kulant_chassis.clock import MovableClock
from kulant_chassis.database import Database
from kulant_chassis.http import create_app
from kulant_chassis.idempotency import KEPT, Write, Written, once
from kulant_chassis.problem import Problem
from kulant_chassis.schema import DOWNGRADE_0002, UPGRADE_0001, UPGRADE_0002
from libs.chassis.tests.integration.conftest import NOW, until

WRITE = Write(Principal("acme", frozenset({"agent"}), "clerk"), "POST /v1/things", "k-1", "a" * 64)


class Thing(BaseModel):
    number: int


def migrate_writes(url: str) -> None:
    async def run() -> None:
        connection = await asyncpg.connect(url)
        for statement in (
            *UPGRADE_0001,
            *UPGRADE_0002,
            *DOWNGRADE_0002,
            *UPGRADE_0002,
            "CREATE TABLE effect (n serial)",
        ):
            await connection.execute(statement)
        await connection.close()

    asyncio.run(run())


@pytest.fixture
def clock():
    return MovableClock(NOW)


@pytest.fixture
async def database(fresh_database, clock):
    database = Database(fresh_database("chassis_writes", migrate_writes), clock=clock)
    yield database
    await database.close()


async def do(database, write=WRITE, *, waits_for=None, fails_with=None):
    async with database.begin() as transaction:

        async def act():
            number = (
                await transaction.connection.execute(text("INSERT INTO effect DEFAULT VALUES RETURNING n"))
            ).scalar_one()
            if waits_for is not None:
                await waits_for.wait()
            if fails_with is not None:
                raise fails_with
            return Written("thing.made", {"thing_id": str(number)}, Thing(number=number), 201, '"v1"')

        return await once(transaction, write, act)


async def database_is_there():
    return True


async def rows(database, query):
    async with database.read() as connection:
        return (await connection.execute(text(query))).all()


async def effects(database):
    return len(await rows(database, "SELECT n FROM effect"))


async def test_the_same_request_again_gets_the_stored_answer(database):
    first, second = await do(database), await do(database)

    assert (first.status_code, second.status_code) == (201, 201)
    assert (first.body, first.headers["etag"]) == (second.body, second.headers["etag"])
    assert ("idempotency-replayed" in first.headers, second.headers["idempotency-replayed"]) == (False, "true")
    assert await effects(database) == 1
    assert len(await rows(database, "SELECT id FROM audit")) == 1


async def two_at_once(database, *, fails_with=None):
    """The second request comes while the first is acting, and waits for its end."""
    may_end = asyncio.Event()
    first = asyncio.create_task(do(database, waits_for=may_end, fails_with=fails_with))
    await until(lambda: waiting(database, "ClientRead", "INSERT INTO effect%"))
    second = asyncio.create_task(do(database))
    await until(lambda: waiting(database, "transactionid", "INSERT INTO idempotency_key%"))
    may_end.set()
    return await asyncio.gather(first, second, return_exceptions=True)


async def waiting(database, event, query):
    found = f"SELECT 1 FROM pg_stat_activity WHERE wait_event = '{event}' AND query LIKE '{query}'"
    return len(await rows(database, found)) > 0


async def test_two_at_once_act_once(database):
    first, second = await two_at_once(database)

    assert first.body == second.body
    assert await effects(database) == 1


async def test_the_second_acts_where_the_first_is_undone(database):
    first, second = await two_at_once(database, fails_with=ZeroDivisionError())

    assert (type(first), second.status_code) == (ZeroDivisionError, 201)
    assert await effects(database) == 1


async def test_a_problem_is_not_kept(database):
    with pytest.raises(Problem):
        await do(database, fails_with=Problem(409, "too-early", "Not yet."))
    assert await effects(database) == 0

    assert (await do(database)).status_code == 201


@pytest.mark.parametrize(
    "other",
    [
        replace(WRITE, principal=replace(WRITE.principal, tenant="other")),
        replace(WRITE, route="DELETE /v1/things"),
        replace(WRITE, key="k-2"),
    ],
    ids=["tenant", "route", "key"],
)
async def test_another_tenant_route_or_key_is_another_request(database, other):
    await do(database)
    await do(database, other)

    assert await effects(database) == 2


async def test_the_same_key_with_another_input_is_refused(database):
    await do(database)

    with pytest.raises(Problem) as raised:
        await do(database, replace(WRITE, request_sha256="b" * 64))

    assert (raised.value.status, raised.value.type_slug) == (422, "idempotency-key-reused")


async def test_an_answer_is_kept_for_48_hours_and_then_removed_by_the_next_write(database, clock):
    await do(database)
    clock.move(KEPT)
    await do(database)
    assert await effects(database) == 1

    clock.move(timedelta(seconds=1))
    await do(database, replace(WRITE, key="k-2"))
    assert [row.key for row in await rows(database, "SELECT key FROM idempotency_key")] == ["k-2"]

    await do(database)
    assert await effects(database) == 3


async def test_a_key_that_expired_acts_anew_with_any_input(database, clock):
    await do(database)
    clock.move(KEPT + timedelta(seconds=1))

    await do(database, replace(WRITE, request_sha256="b" * 64))

    assert await effects(database) == 2


@pytest.mark.parametrize("statement", ["UPDATE audit SET action = 'x'", "DELETE FROM audit", "TRUNCATE audit"])
async def test_the_audit_cannot_be_changed(database, statement):
    await do(database)

    with pytest.raises(DBAPIError, match="append-only"):
        async with database.begin() as transaction:
            await transaction.connection.execute(text(statement))


async def test_an_operator_reads_who_did_what_page_by_page(database):
    for number in range(3):
        await do(database, replace(WRITE, key=f"k-{number}"))
    await do(database, replace(WRITE, principal=Principal("other", frozenset({"agent"}), "else")))
    operator = TokenRecord(sha256=hashlib.sha256(b"runs").hexdigest(), tenants=("acme",), roles=frozenset({"operator"}))
    app = create_app(
        "toy",
        [audit_router(database)],
        tokens=Tokens({operator.sha256: operator}),
        is_live=lambda: True,
        is_ready=database_is_there,
    )
    transport, headers = httpx2.ASGITransport(app), {"Authorization": "Bearer runs"}
    async with httpx2.AsyncClient(transport=transport, base_url="http://toy", headers=headers) as client:
        first = (await client.get("/v1/audit?limit=2")).json()
        last = (await client.get(f"/v1/audit?limit=2&cursor={first['next']}")).json()
        strange = await client.get("/v1/audit?cursor=zz")

    told = [(one["token_name"], one["action"], one["subjects"]) for one in first["items"] + last["items"]]
    assert told == [("clerk", "thing.made", {"thing_id": number}) for number in ("3", "2", "1")]
    assert last["next"] is None
    assert strange.status_code == 422
