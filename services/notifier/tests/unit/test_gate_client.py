"""The question over HTTP: what it says, and that anything but a sound answer is none."""

import json
from collections.abc import Callable

import httpx2
import notifier_builders as make
import pytest

from notifier.domain.decision import Answer
from notifier.gateways.clearance import ClearanceClient

URLS = {"invoice-service": "http://invoices.example/"}


class Owner:
    """Answers as told and keeps the requests."""

    def __init__(self, reply: Callable[[httpx2.Request], httpx2.Response]) -> None:
        self.requests: list[httpx2.Request] = []
        self.unanswered: list[str] = []
        self.reply = reply
        self.client = ClearanceClient(URLS, "secret", self.unanswered.append, httpx2.MockTransport(self.answer))

    def answer(self, request: httpx2.Request) -> httpx2.Response:
        self.requests.append(request)
        return self.reply(request)

    async def ask(self):
        return await self.client.ask("invoice-service", "nordlicht", [make.reminder()])


def results(*given: dict) -> httpx2.Response:
    return httpx2.Response(200, json={"results": list(given)})


async def test_the_question_names_tenant_token_and_balances() -> None:
    owner = Owner(lambda _: results({"reminder_id": str(make.REMINDER_ID), "answer": "clear", "sequence": 3}))
    assert await owner.ask() == {make.REMINDER_ID: Answer("clear", 3)}
    (request,) = owner.requests
    assert str(request.url) == "http://invoices.example/v1/clearances"
    assert request.headers["authorization"] == "Bearer secret"
    assert request.headers["kulant-tenant"] == "nordlicht"
    assert json.loads(request.content) == {
        "reminders": [
            {
                "reminder_id": str(make.REMINDER_ID),
                "customer_id": "C-1001",
                "kind": "reminder",
                "items": [
                    {
                        "item_id": "item-R-2026-0117",
                        "invoice_id": "invoice-R-2026-0117",
                        "open": {"amount": "119.00", "currency": "EUR"},
                    }
                ],
                "seen": {"invoice-service": 3},
            }
        ]
    }
    assert owner.unanswered == []


async def test_a_stop_comes_with_its_reason() -> None:
    owner = Owner(
        lambda _: results({"reminder_id": str(make.REMINDER_ID), "answer": "stop", "reason": "hold", "sequence": 8})
    )
    assert await owner.ask() == {make.REMINDER_ID: Answer("stop", 8, "hold")}


async def test_answers_about_other_reminders_are_passed_over() -> None:
    owner = Owner(lambda _: results({"reminder_id": "other", "answer": "clear", "sequence": 3}))
    assert await owner.ask() == {}


def unreachable(request: httpx2.Request) -> httpx2.Response:
    raise httpx2.ConnectError("refused", request=request)


def silent(request: httpx2.Request) -> httpx2.Response:
    raise httpx2.ReadTimeout("too long", request=request)


@pytest.mark.parametrize(
    "reply",
    [
        pytest.param(lambda _: httpx2.Response(503), id="503"),
        pytest.param(lambda _: httpx2.Response(401), id="401"),
        pytest.param(lambda _: httpx2.Response(302, headers={"location": "http://elsewhere.example/"}), id="elsewhere"),
        pytest.param(lambda _: httpx2.Response(200, text="<html>"), id="not JSON"),
        pytest.param(lambda _: httpx2.Response(200, json={"results": [{"answer": "clear"}]}), id="incomplete"),
        pytest.param(
            lambda _: results({"reminder_id": str(make.REMINDER_ID), "answer": "maybe", "sequence": 3}),
            id="unknown word",
        ),
        pytest.param(unreachable, id="away"),
        pytest.param(silent, id="silent"),
    ],
)
async def test_anything_else_is_no_answer(reply: Callable[[httpx2.Request], httpx2.Response]) -> None:
    owner = Owner(reply)
    assert await owner.ask() == {}
    assert owner.unanswered == ["invoice-service"]


async def test_a_closed_client_holds_no_connections() -> None:
    owner = Owner(lambda _: results())
    await owner.client.close()
    assert owner.client._client.is_closed
