"""Mailbox and trace viewer as the processes that they are."""

import http.client
import json
import smtplib
import sys
from email.message import EmailMessage

import pytest

from kulant_devstack.ports import free_ports, is_listening
from kulant_devstack.supervisor import Program, Supervisor


@pytest.fixture
def supervisor(tmp_path):
    made = Supervisor(tmp_path)
    yield made
    made.stop_all()
    assert not made.running()


@pytest.fixture
def mailbox(supervisor, tmp_path):
    smtp, page = free_ports(2)
    options = ("--folder", str(tmp_path / "mails"), "--smtp-port", str(smtp), "--http-port", str(page))
    supervisor.start(Program("mailbox", (sys.executable, "-m", "kulant_devstack.mailbox", *options)))
    while not (is_listening(smtp) and is_listening(page)):
        assert supervisor.is_running("mailbox"), supervisor.last_words("mailbox")
    return smtp, page, tmp_path / "mails"


def _ask(port, method, path, body=None, headers=None):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request(method, path, body, headers or {})
    answer = connection.getresponse()
    content = answer.read()
    connection.close()
    return answer, content


def _send(port, subject="Your invoice"):
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "books@example.org", "ada@example.net", subject
    mail.set_content("Dear Ada,\n.\na line of one dot above\n")
    mail.add_alternative("<p>Dear Ada</p>", subtype="html")
    with smtplib.SMTP("127.0.0.1", port) as client:
        client.send_message(mail)


def test_an_accepted_mail_is_one_file_and_on_the_page(mailbox):
    smtp, page, folder = mailbox
    _send(smtp)
    _send(smtp, subject="Another <one>")
    files = sorted(folder.glob("*.eml"))
    assert [file.name for file in files] == ["00000001.eml", "00000002.eml"]
    assert b"\r\n.\r\na line of one dot above" in files[0].read_bytes()
    answer, content = _ask(page, "GET", "/")
    assert answer.status == 200
    assert b"Another &lt;one&gt;" in content
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "script" not in answer.headers["Content-Security-Policy"]
    assert [mail["subject"] for mail in json.loads(_ask(page, "GET", "/mails.json")[1])] == [
        "Another <one>",
        "Your invoice",
    ]


def test_a_mails_html_is_served_in_a_sandbox(mailbox):
    smtp, page, _ = mailbox
    _send(smtp)
    answer, content = _ask(page, "GET", "/mails/00000001.eml/html")
    assert b"<p>Dear Ada</p>" in content
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert _ask(page, "GET", "/mails/00000001.eml?view=source")[0].status == 200


@pytest.mark.parametrize(
    "path", ["/mails/..%2f..%2fetc%2fpasswd", "/mails/../mails.json/x", "/nothing", "/mails/2.eml"]
)
def test_only_mails_can_be_had(mailbox, path):
    assert _ask(mailbox[1], "GET", path)[0].status == 404


def test_a_page_asked_for_under_a_foreign_name_is_refused(mailbox):
    _, page, _ = mailbox
    assert _ask(page, "GET", "/", headers={"Host": "evil.example:80"})[0].status == 421
    assert _ask(page, "GET", "/", headers={"Host": f"localhost:{page}"})[0].status == 200
