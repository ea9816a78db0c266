"""Mails that come back, and tasks that people finish, over the doors that they use."""

import hashlib
from contextlib import asynccontextmanager
from email import message_from_bytes, policy
from functools import partial
from uuid import UUID

import httpx2
import pytest
from aiosmtplib import SMTP, SMTPRecipientRefused

from kulant_chassis.audit import audit_router
from kulant_chassis.auth import TokenRecord, Tokens
from kulant_chassis.http import create_app
from notifier.api.reminders import reminders_router
from notifier.api.tasks import tasks_router
from notifier.api.webhooks import webhooks_router
from notifier.bus.outgoing import draft_of
from notifier.gateways.bounces import read_report
from notifier.gateways.rendering import MailRenderer
from notifier.gateways.rendering import Sender as MailSender
from notifier.gateways.returns import Returns
from notifier.inbound import bounce_server
from notifier.store.views import open_views
from notifier.store.work import open_requests, open_work

from .conftest import World, numbered, until

RETURNS = Returns("in.kulant.test", b"secret")
RENDERER = MailRenderer(MailSender("reminders@kulant.example", RETURNS))


def report(action: str, status: str) -> bytes:
    return (
        'MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nSorry.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n"
        f"Final-Recipient: rfc822; anna@haus.example\r\nAction: {action}\r\nStatus: {status}\r\n\r\n--b--\r\n"
    ).encode()


@asynccontextmanager
async def listening(world: World):
    server = bounce_server("127.0.0.1", 0, RETURNS, open_work(world.database, draft_of))
    await server.start()
    try:
        async with SMTP(hostname="127.0.0.1", port=server.port, start_tls=False) as client:
            yield client
    finally:
        await server.stop()


async def give(client: SMTP, to: str, content: bytes) -> None:
    await client.ehlo()
    await client.execute_command(b"MAIL", b"FROM:<>")
    await client.rcpt(to)
    await client.data(content)


@asynccontextmanager
async def api(world: World):
    def record(role: str) -> tuple[str, TokenRecord]:
        digest = hashlib.sha256(role.encode()).hexdigest()
        return digest, TokenRecord(sha256=digest, tenants=("*",), roles=frozenset({role}))

    async def ready() -> bool:
        return True

    views = open_views(world.database)
    routers = [
        reminders_router(views),
        tasks_router(views, partial(open_requests, world.database, draft_of)),
        webhooks_router(open_work(world.database, draft_of), partial(read_report, is_null_sender=True)),
        audit_router(world.database),
    ]
    tokens = Tokens(dict(record(role) for role in ("operator", "agent", "reader", "erp")))
    app = create_app("notifier", routers, tokens=tokens, is_live=lambda: True, is_ready=ready)
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://n.example") as client:
        yield client


def as_(role: str, tenant: str = "nordlicht", **more: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {role}", "Kulant-Tenant": tenant, **more}


async def test_a_bounce_is_told_once_and_the_contact_is_not_written_to_again(world: World) -> None:
    await world.know()
    (told,) = numbered(1)
    await world.request(told)
    await world.start(renderer=RENDERER)
    await until(world.all_ended)
    (sent,) = await world.events()
    to = RETURNS.envelope_sender(UUID(sent["delivery_id"]))

    async with listening(world) as client:
        await give(client, to, report("delayed", "4.4.1"))
        await give(client, to, report("failed", "5.1.1"))
        await give(client, to, report("failed", "5.1.1"))
        with pytest.raises(SMTPRecipientRefused) as refused:
            await give(client, "bounce+made-up@in.kulant.test", report("failed", "5.1.1"))
    assert refused.value.code == 550

    events = await world.events()
    assert [(one["is"], one.get("reason")) for one in events] == [("sent", None), ("bounced", "bounced_5.1.1")]
    assert events[1]["delivery_id"] == sent["delivery_id"]
    assert await world.states() == {"bounced": 1}
    (again,) = numbered(1, seen={"invoice-service": 3, "notifier": 2})
    await world.request(again, has_read=False)
    await until(world.all_ended)
    assert (await world.events())[-1]["reason"] == "no_contact"


async def test_the_content_is_given_back_byte_for_byte_and_its_headers_name_the_way_back(world: World) -> None:
    await world.know()
    (told,) = numbered(1, language="de", kind="reminder", tone="final", stage="last", stage_number=4)
    await world.request(told)
    await world.start(renderer=RENDERER)
    await until(world.all_ended)
    async with api(world) as client:
        answer = await client.get(f"/v1/reminders/{told.reminder_id}/content", headers=as_("operator"))
    assert answer.content == world.sink.mails[0]
    parsed = message_from_bytes(answer.content, policy=policy.default)
    assert parsed["Reply-To"].addresses[0].addr_spec == RETURNS.reply_to(told.reminder_id)
    assert parsed["Content-Language"] == "de"


async def test_a_task_is_finished_once_by_whoever_saw_it_as_it_is(world: World) -> None:
    await world.know()
    (told,) = numbered(1, channels=("sms",))
    await world.request(told)
    await world.start(renderer=RENDERER)
    await until(world.all_ended)
    async with api(world) as client:
        (task,) = (await client.get("/v1/tasks", headers=as_("agent"))).json()["items"]
        assert (task["kind"], task["customer_id"], task["total"]["amount"]) == ("no_contact", "C-1001", "119.00")
        path = f"/v1/tasks/{task['task_id']}"
        etag = (await client.get(path, headers=as_("reader"))).headers["etag"]
        done = {"outcome": "done", "channel": "phone", "note": "will pay on Friday"}

        async def finish(said: dict, status: int, role: str = "agent", tenant: str = "nordlicht", **headers: str):
            answer = await client.post(f"{path}/finish", json=said, headers=as_(role, tenant, **headers))
            assert answer.status_code == status, answer.text
            return answer

        key = {"Idempotency-Key": "k1"}
        await finish(done, 403, "reader", **key)
        await finish(done, 404, tenant="other", **key, **{"If-Match": etag})
        await finish(done, 400)
        await finish(done, 428, **key)
        await finish(done, 412, **key, **{"If-Match": '"old"'})
        await finish({"outcome": "sent"}, 422, **key, **{"If-Match": etag})
        first = await finish(done, 200, **key, **{"If-Match": etag})
        again = await finish(done, 200, **key, **{"If-Match": etag})
        assert again.json() == first.json()
        await finish({"outcome": "closed"}, 422, **key, **{"If-Match": etag})
        await finish({"outcome": "closed"}, 409, **{"Idempotency-Key": "k2", "If-Match": "*"})
        assert (await client.get("/v1/tasks", headers=as_("agent"))).json()["items"] == []
        (shown,) = (await client.get("/v1/tasks?state=done&kind=no_contact", headers=as_("reader"))).json()["items"]
        assert (shown["outcome"], shown["note"]) == ("done", "will pay on Friday")
        assert (await client.get(path, headers=as_("reader", "other"))).status_code == 404
        (noted,) = (await client.get("/v1/audit", headers=as_("operator"))).json()["items"]
        assert noted["action"] == "task.finished"
    events = await world.events()
    assert [(one["is"], one["channel"]) for one in events] == [("failed", "sms"), ("delivered", "phone")]


async def test_what_a_sender_left_unknown_is_settled_by_a_person(world: World) -> None:
    await world.know()
    world.sink.at_data = lambda: ""
    await world.request(*numbered(1))
    await world.start(renderer=RENDERER)
    await until(world.all_ended)
    async with api(world) as client:
        (task,) = (await client.get("/v1/tasks", headers=as_("operator"))).json()["items"]
        headers = as_("operator", **{"Idempotency-Key": "k1", "If-Match": "*"})
        answer = await client.post(f"/v1/tasks/{task['task_id']}/finish", json={"outcome": "sent"}, headers=headers)
        assert answer.status_code == 200, answer.text
    events = await world.events()
    assert [one["is"] for one in events] == ["unknown", "sent"]
    assert events[0]["delivery_id"] == events[1]["delivery_id"]
    assert await world.states() == {"sent": 1}


async def test_a_bounce_can_be_handed_in_over_http_by_an_operator_of_its_tenant(world: World) -> None:
    await world.know()
    await world.request(*numbered(1))
    await world.start(renderer=RENDERER)
    await until(world.all_ended)
    (sent,) = await world.events()
    original = (
        f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <{sent['delivery_id']}@kulant.example>\r\n\r\n"
    )
    content = report("failed", "5.1.1").replace(b"--b--", original.encode() + b"--b--")

    async def hand_in(role: str, tenant: str = "nordlicht", kind: str = "message/rfc822"):
        headers = as_(role, tenant, **{"Content-Type": kind})
        return await client.post("/webhooks/email", content=content, headers=headers)

    async with api(world) as client:
        assert (await hand_in("agent")).status_code == 403
        assert (await hand_in("operator", kind="text/plain")).status_code == 415
        assert (await hand_in("operator", "other")).json() == {"report": "failed", "is_recorded": False}
        assert (await hand_in("operator")).json() == {"report": "failed", "is_recorded": True}
        assert (await hand_in("operator")).json() == {"report": "failed", "is_recorded": False}
    assert [one["is"] for one in await world.events()] == ["sent", "bounced"]
