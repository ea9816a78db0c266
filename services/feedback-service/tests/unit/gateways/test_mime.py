from email.message import EmailMessage
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback_service.domain.mail import Automation
from feedback_service.gateways.mime import MOST_ATTACHMENTS, read_mail


def a_message(text="Grüße, warum?", **headers):
    message = EmailMessage()
    message["From"] = "Tom Winter <tom@example.org>"
    message["Subject"] = "Re: Ihre Rechnung für März"
    message["Message-ID"] = "<reply-1@example.org>"
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return message


def read(message, sender="tom@example.org"):
    return read_mail(bytes(message) if isinstance(message, EmailMessage) else message, sender)


def test_a_mail_is_read_as_far_as_it_matters():
    mail = read(a_message(In_Reply_To="<d-2@k.example>", References="<d-1@k.example> <d-2@k.example>"))

    assert mail.sender == "tom@example.org"
    assert mail.subject == "Re: Ihre Rechnung für März"
    assert mail.text == "Grüße, warum?"
    assert mail.answers == ("d-2@k.example", "d-1@k.example")
    assert mail.automation == Automation()


def test_the_same_message_id_is_the_same_mail_and_without_one_the_same_bytes():
    anonymous = a_message()
    del anonymous["Message-ID"]

    assert read(a_message()).key == read(a_message("Another text")).key
    assert read(anonymous).key == read(anonymous).key != read(a_message()).key


def test_marks_of_machines_are_read():
    mail = read(
        a_message(
            Auto_Submitted="auto-replied (vacation)", Precedence="Bulk", X_Auto_Response_Suppress="OOF, AutoReply",
            X_Autoreply="yes",
        )
    )  # fmt: skip

    assert mail.automation.auto_submitted.startswith("auto-replied")
    assert mail.automation.precedence == "bulk"
    assert mail.automation.response_suppress == "oof, autoreply"
    assert mail.automation.has_autoreply_mark


def test_a_report_is_known_by_its_type():
    report = b"Content-Type: multipart/report; report-type=delivery-status; boundary=x\n\n--x\n\nhi\n--x--\n"

    assert read(report).automation.is_report


def test_plain_text_goes_before_hypertext_and_hypertext_is_read_where_it_is_alone():
    both, alone = a_message("plain"), a_message()
    both.add_alternative("<p>hyper</p>", subtype="html")
    alone.set_content("<p>hyper &amp; text</p>", subtype="html")

    assert read(both).text == "plain"
    assert read(alone).text == "hyper & text"


def test_attachments_are_named_and_not_kept():
    message = a_message("See the proof.")
    message.add_attachment(b"x" * 1000, maintype="application", subtype="pdf", filename="Beleg für Mai.pdf")
    for number in range(20):
        message.add_attachment("text", filename=f"{number}.txt")

    mail = read(message)

    assert mail.text == "See the proof."
    assert mail.attachments[0] == "Beleg für Mai.pdf"
    assert len(mail.attachments) == MOST_ATTACHMENTS


@pytest.mark.parametrize(
    ("charset", "raw"),
    [
        ("utf-8", "Grüße".encode()),
        ("iso-8859-1", "Grüße".encode("latin-1")),
        ("windows-1252", "Grüße".encode("cp1252")),
        ("no-such-charset", "Grüße".encode()),
        ("utf-8", "Grüße".encode("latin-1")),
        ("us-ascii", "Grüße".encode()),
    ],
)
def test_words_are_read_in_whatever_signs_they_were_sent(charset, raw):
    content = b"Content-Type: text/plain; charset=%s\nContent-Transfer-Encoding: 8bit\n\n%s" % (charset.encode(), raw)

    assert read(content).text == "Grüße"


HOSTILE = {
    "nothing": b"",
    "no header": b"\n\n\n",
    "deep": b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(450)),
    "many parts": b"Content-Type: multipart/mixed; boundary=x\n\n" + b"--x\n\na\n" * 700_000,
    "many headers": b"X-A: b\n" * 200_000 + b"\nhi",
    "long header": b"Subject: " + b"=?utf-8?q?a?= " * 200_000 + b"\n\nhi",
    "long references": b"References: " + b"<a@b> " * 200_000 + b"\n\nhi",
    "broken word": b"Subject: =?utf-8?b?!!!?= =?x?q?\xff?=\nFrom: =?,,,<<>>@\n\nhi",
    "broken base64": b"Content-Transfer-Encoding: base64\n\n!!!!====a",
    "broken type": b"Content-Type: ;;;=\xff\xfe; charset*0*=x''%ff\n\nhi",
    "broken name": b"Content-Disposition: attachment; filename*0*=utf-99''%ff%00; filename=\"\x00\"\n\nhi",
    "a bomb of quoted printable": b"Content-Transfer-Encoding: quoted-printable\n\n" + b"=\n" * 200_000,
    "zeros": b"Subject: a\x00b\n\n\x00\x00",
    "a mail in a mail": b"Content-Type: message/rfc822\n\n" * 2_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_mail_made_to_hurt_is_read_in_no_time(name):
    began = process_time()

    mail = read(HOSTILE[name])

    assert len(mail.key) == 64
    assert mail.size_bytes == len(HOSTILE[name])
    assert process_time() - began < 5


@given(st.binary(max_size=500))
@settings(max_examples=50)
def test_whatever_is_sent_is_read(content):
    assert read(content).size_bytes == len(content)
