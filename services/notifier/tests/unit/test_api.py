"""The API: bound to a tenant and a role, exact bytes, lists by key."""

import hashlib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from uuid import UUID

import httpx2
import notifier_builders as make
import pytest

from kulant_chassis.auth import TokenRecord, Tokens
from kulant_chassis.http import create_app
from notifier.api.reminders import reminders_router
from notifier.domain.amount import Amount
from notifier.usecases.views import DeliveryFilter, DeliveryView, ReminderView

AT = datetime(2026, 3, 12, 8, 14, tzinfo=UTC)
MAIL = b"Subject: caf\xc3\xa9\r\n\r\n\x00exact\r\n"
BASE = f"/v1/reminders/{make.REMINDER_ID}"


def delivery(number: int) -> DeliveryView:
    return DeliveryView(
        delivery_id=UUID(int=number),
        reminder_id=make.REMINDER_ID,
        customer_id="C-1001",
        case_id="case-1",
        outcome="sent",
        channel="email",
        contact_id="k1",
        address="a***@h***.example",
        gateway="smtp",
        provider_id=None,
        reason=None,
        content_sha256="0" * 64,
        total=Amount(11900, "EUR"),
        deadline_on=None,
        asked_at=AT,
        cleared_at=AT,
        at=AT,
        recorded_at=AT,
    )


class Known:
    """What tenant `nordlicht` has: one reminder and five deliveries."""

    wanted: DeliveryFilter | None = None

    async def reminder(self, tenant: str, reminder_id: UUID) -> ReminderView | None:
        if (tenant, reminder_id) != ("nordlicht", make.REMINDER_ID):
            return None
        return ReminderView(make.reminder(), "sent", None, None, AT, AT, (delivery(1),))

    async def content(self, tenant: str, reminder_id: UUID) -> bytes | None:
        return MAIL if (tenant, reminder_id) == ("nordlicht", make.REMINDER_ID) else None

    async def deliveries(
        self, tenant: str, wanted: DeliveryFilter, after: UUID | None, limit: int
    ) -> Sequence[DeliveryView]:
        self.wanted = wanted
        first = after.int if after else 0
        return [delivery(number) for number in range(1, 6) if number > first][:limit] if tenant == "nordlicht" else []


@pytest.fixture
async def api() -> AsyncIterator[httpx2.AsyncClient]:
    known = Known()

    @asynccontextmanager
    async def open_views() -> AsyncIterator[Known]:
        yield known

    def record(token: str, role: str) -> tuple[str, TokenRecord]:
        digest = hashlib.sha256(token.encode()).hexdigest()
        return digest, TokenRecord(sha256=digest, tenants=("*",), roles=frozenset({role}))

    async def ready() -> bool:
        return True

    app = create_app(
        "notifier",
        [reminders_router(open_views)],
        tokens=Tokens(dict([record("boss", "operator"), record("reader", "reader"), record("erp", "erp")])),
        is_live=lambda: True,
        is_ready=ready,
    )
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://n.example") as client:
        yield client


def as_(token: str, tenant: str = "nordlicht") -> dict[str, str]:
    return {"Authorization": f"Bearer {token}", "Kulant-Tenant": tenant}


async def test_a_reminder_is_shown_with_its_attempts(api: httpx2.AsyncClient) -> None:
    shown = (await api.get(BASE, headers=as_("reader"))).json()
    assert shown["state"] == "sent"
    assert shown["total"] == {"amount": "119.00", "currency": "EUR"}
    assert shown["items"][0]["number"] == "R-2026-0117"
    assert shown["deliveries"][0]["address"] == "a***@h***.example"


async def test_the_content_is_byte_exact_and_for_operators(api: httpx2.AsyncClient) -> None:
    answer = await api.get(f"{BASE}/content", headers=as_("boss"))
    assert answer.content == MAIL
    assert answer.headers["content-type"] == "message/rfc822"
    assert (await api.get(f"{BASE}/content", headers=as_("reader"))).status_code == 403


@pytest.mark.parametrize("path", [BASE, f"{BASE}/content"])
async def test_another_tenant_sees_nothing(api: httpx2.AsyncClient, path: str) -> None:
    answer = await api.get(path, headers=as_("boss", "other"))
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("path", [BASE, f"{BASE}/content", "/v1/deliveries"])
async def test_who_may_not_read_is_refused(api: httpx2.AsyncClient, path: str) -> None:
    assert (await api.get(path)).status_code == 401
    assert (await api.get(path, headers=as_("erp"))).status_code == 403


async def test_deliveries_come_page_by_page(api: httpx2.AsyncClient) -> None:
    found, cursor = [], None
    while True:
        query = {"limit": "2"} | ({"cursor": cursor} if cursor else {})
        page = (await api.get("/v1/deliveries", params=query, headers=as_("reader"))).json()
        found += [UUID(one["delivery_id"]).int for one in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert found == [1, 2, 3, 4, 5]


async def test_a_strange_cursor_is_a_problem(api: httpx2.AsyncClient) -> None:
    for cursor in ("abc", "!!", "é"):
        answer = await api.get("/v1/deliveries", params={"cursor": cursor}, headers=as_("reader"))
        assert answer.status_code == 422
        assert answer.json()["type"] == "urn:kulant:problem:cursor-invalid"
