"""What comes back: reports read by their codes, absence notes left alone, each mail bounced once."""

from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from uuid import UUID

import notifier_builders as make
import pytest
from fake_work import FakeWork, Row

from notifier.domain.attempt import State
from notifier.domain.bounce import Report, refusal_kind
from notifier.domain.contact import usable_contacts
from notifier.domain.own_words import Bounce
from notifier.gateways.bounces import read_report
from notifier.usecases.ports import Attempt, Command, Trace
from notifier.usecases.record_bounces import record_bounce

KEY = "nordlicht/C-1001"
FAILED = Report("failed", "5.1.1")
SENT_AT = make.NOW - timedelta(hours=2)
HEADERS = "Message-ID: <{}@kulant.example>\r\nSubject: A friendly reminder\r\n\r\n"


def dsn(*recipients: str, with_original: bool = True) -> bytes:
    """A report as mail servers write it: words, blocks of codes, the mail or its headers."""
    original = HEADERS.format(make.DELIVERY_ID) + "Dear Ms Weber\r\n"
    parts = [
        "Content-Type: text/plain\r\n\r\nIt could not be delivered: 5.1.1 user unknown, mailbox full, delayed\r\n",
        "Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n"
        + "\r\n\r\n".join(recipients)
        + "\r\n",
        *([f"Content-Type: message/rfc822\r\n\r\n{original}"] if with_original else []),
    ]
    head = (
        "From: MAILER-DAEMON@mx.example\r\nTo: bounce@in.example\r\nSubject: Undelivered Mail Returned to Sender\r\n"
        'MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
    )
    return (head + "".join(f"--b\r\n{part}\r\n" for part in parts) + "--b--\r\n").encode()


def recipient(action: str, status: str) -> str:
    return (
        f"Final-Recipient: rfc822; anna@haus.example\r\nAction: {action}\r\nStatus: {status}\r\n"
        f"Diagnostic-Code: smtp; 550 5.1.1 unknown"
    )


ORIGINAL_ID = f"{make.DELIVERY_ID}@kulant.example"


@pytest.mark.parametrize(
    ("content", "report"),
    [
        pytest.param(dsn(recipient("failed", "5.1.1")), Report("failed", "5.1.1", ORIGINAL_ID), id="failed"),
        pytest.param(dsn(recipient("Failed", "5.1.1 (unknown)")), Report("failed", "5.1.1", ORIGINAL_ID), id="remark"),
        pytest.param(dsn(recipient("delayed", "4.4.1")), Report("delayed", "4.4.1", ORIGINAL_ID), id="delayed"),
        pytest.param(dsn(recipient("delivered", "2.0.0")), Report("delivered", "2.0.0", ORIGINAL_ID), id="delivered"),
        pytest.param(dsn(recipient("failed", "soon")), Report("failed", None, ORIGINAL_ID), id="no code"),
        pytest.param(dsn(recipient("shrugged", "5.0.0")), None, id="an action of tomorrow"),
        pytest.param(
            dsn(recipient("delayed", "4.4.1"), recipient("failed", "5.2.2")),
            Report("failed", "5.2.2", ORIGINAL_ID),
            id="the one that failed",
        ),
        pytest.param(
            dsn(recipient("failed", "5.1.1"), with_original=False), Report("failed", "5.1.1"), id="without our mail"
        ),
    ],
)
def test_a_report_is_read_by_its_codes(content: bytes, report: Report | None) -> None:
    assert read_report(content, is_null_sender=True) == report


def plain(text: str, **headers: str) -> bytes:
    mail = EmailMessage()
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(text)
    return mail.as_bytes()


def with_headers_only() -> bytes:
    mail = MIMEMultipart("mixed")
    mail.attach(MIMEText("User unknown"))
    part = MIMEText(HEADERS.format(make.DELIVERY_ID), "rfc822-headers")
    mail.attach(part)
    return mail.as_bytes()


@pytest.mark.parametrize(
    ("content", "is_null_sender", "report"),
    [
        pytest.param(with_headers_only(), True, Report("failed", None, ORIGINAL_ID), id="holds our headers"),
        pytest.param(plain("Sorry", From="Mailer-Daemon@mx.example"), True, Report("failed"), id="a mail server's"),
        pytest.param(plain("x", X_Failed_Recipients="a@b.example"), True, Report("failed"), id="says whom it missed"),
        pytest.param(plain("550 5.1.1 unknown", From="anna@haus.example"), True, None, id="only words"),
        pytest.param(plain("x", From="mailer-daemon@mx.example"), False, None, id="from somebody"),
        pytest.param(
            plain("I am away", From="postmaster@mx.example", Auto_Submitted="auto-replied"), True, None, id="absence"
        ),
        pytest.param(b"", True, None, id="nothing"),
        pytest.param(b"Content-Type: message/delivery-status\r\n\r\nAction; failed", True, None, id="broken"),
        pytest.param(b"\xff\xfe\x00" * 400, True, None, id="noise"),
    ],
)
def test_a_bounce_without_a_report_is_known_by_its_making(
    content: bytes, is_null_sender: bool, report: Report | None
) -> None:
    assert read_report(content, is_null_sender=is_null_sender) == report


def test_parts_within_parts_without_end_are_no_report() -> None:
    nested = "".join(f'Content-Type: multipart/mixed; boundary="b{n}"\r\n\r\n--b{n}\r\n' for n in range(3_000))
    assert read_report(nested.encode(), is_null_sender=True) is None


def test_of_a_mail_of_endless_parts_the_beginning_is_read() -> None:
    report = dsn(recipient("failed", "5.1.1"))
    endless = report[: -len(b"--b--\r\n")] + b"--b\r\n\r\nx\r\n" * 100_000
    assert read_report(endless, is_null_sender=True) == Report("failed", "5.1.1", ORIGINAL_ID)


@pytest.mark.parametrize(
    ("status", "is_lasting"),
    [
        ("5.1.1", True), ("5.1.2", True), ("5.1.10", True), ("5.2.1", True), ("5.2.2", False), ("5.7.26", False),
        ("4.4.7", False), ("5.1.7", False), ("5.1.8", False), (None, False),
    ],
)  # fmt: skip
def test_only_what_says_that_there_is_no_mailbox_lasts(status: str | None, is_lasting: bool) -> None:
    assert Report("failed", status).is_lasting == is_lasting


@pytest.mark.parametrize(
    ("code", "status", "at_recipient", "kind"),
    [
        (550, "5.1.1", True, "mailbox"), (550, None, True, "mailbox"), (553, None, True, "mailbox"),
        (550, None, False, "lasting"), (550, "5.1.1", False, "mailbox"), (554, "5.7.1", True, "lasting"),
        (554, None, True, "lasting"), (552, None, True, "passing"), (552, "5.2.2", False, "passing"),
        (451, "4.7.1", True, "passing"), (450, None, True, "passing"),
    ],
)  # fmt: skip
def test_a_refusal_is_the_mailboxs_or_it_passes_or_it_lasts(
    code: int, status: str | None, at_recipient: bool, kind: str
) -> None:
    assert refusal_kind(code, status, at_recipient=at_recipient) == kind


def sent(state: State = State.SENT) -> FakeWork:
    """A reminder that was handed over."""
    work = FakeWork()
    command = Command(make.reminder(), Trace())
    work.reminders.rows[make.REMINDER_ID] = Row(command, state=state, delivery_id=make.DELIVERY_ID)
    work.reminders.attempts[make.DELIVERY_ID] = Attempt(
        command,
        make.DELIVERY_ID,
        state.value,
        SENT_AT,
        "email",
        "k1",
        "a***@h***.example",
        "smtp",
        None,
        "0" * 64,
        None,
    )
    return work


@pytest.mark.parametrize("state", [State.HANDING_OVER, State.SENT, State.UNKNOWN])
async def test_a_mail_that_came_back_is_bounced_once(state: State) -> None:
    work = sent(state)
    assert await record_bounce(work, make.DELIVERY_ID, FAILED)
    assert not await record_bounce(work, make.DELIVERY_ID, FAILED)
    assert work.ends == [("bounced", "bounced_5.1.1")]
    assert work.parties.known_words[KEY].bounces == (Bounce("k1", SENT_AT, is_lasting=True),)
    assert work.reminders.own_stops == {KEY: 1}
    assert work.locked[0] == {KEY}


@pytest.mark.parametrize(
    ("report", "delivery_id", "tenant"),
    [
        pytest.param(Report("delayed", "4.4.1"), make.DELIVERY_ID, None, id="a delay"),
        pytest.param(Report("delivered", "2.0.0"), make.DELIVERY_ID, None, id="a delivery"),
        pytest.param(FAILED, UUID(int=1), None, id="no mail of ours"),
        pytest.param(FAILED, make.DELIVERY_ID, "other", id="another tenant's"),
    ],
)
async def test_what_is_no_bounce_of_ours_changes_nothing(report: Report, delivery_id: UUID, tenant: str | None) -> None:
    work = sent()
    assert not await record_bounce(work, delivery_id, report, tenant)
    assert work.published == []


async def test_an_address_that_was_changed_after_the_mail_left_is_not_blamed_for_it() -> None:
    work = sent()
    assert await record_bounce(work, make.DELIVERY_ID, FAILED)
    moved = make.contact(contact_id="k1", since=SENT_AT + timedelta(minutes=1))
    assert usable_contacts(make.customer(moved), work.parties.known_words[KEY]) == (moved,)


async def test_a_bounce_of_an_attempt_that_was_given_up_leaves_the_present_one_alone() -> None:
    work = sent(State.HANDING_OVER)
    work.reminders.rows[make.REMINDER_ID].delivery_id = UUID(int=1)
    assert not await record_bounce(work, make.DELIVERY_ID, FAILED)


async def test_a_bounce_of_what_never_left_or_of_an_unknown_tenant_changes_nothing() -> None:
    work = sent(State.CLAIMED)
    assert not await record_bounce(work, make.DELIVERY_ID, FAILED)
    work = sent()
    work.now = None
    assert not await record_bounce(work, make.DELIVERY_ID, FAILED)
    work = sent()
    work.reminders.attempts[make.DELIVERY_ID] = replace(work.reminders.attempts[make.DELIVERY_ID], contact_id=None)
    assert not await record_bounce(work, make.DELIVERY_ID, FAILED)
