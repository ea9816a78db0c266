"""Keeping mails, and showing them without believing them."""

from email.message import EmailMessage

from kulant_devstack.mailbox import MailFolder
from kulant_devstack.mailbox_page import MAIL_POLICY, _chosen, _html_of, _mail, _parse, _summary, _table


def _letter(subject="Your invoice 4711", html="<p>Dear <b>Ada</b></p>", text="Dear Ada"):
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "Creditor <books@example.org>", "ada@example.net", subject
    mail.set_content(text)
    mail.add_alternative(html, subtype="html")
    return mail


def test_mails_are_kept_byte_for_byte_in_the_order_of_acceptance(tmp_path):
    folder = MailFolder(tmp_path)
    files = [folder.keep(b"mail %d\r\n" % number) for number in range(12)]
    assert sorted(files) == files
    assert files[3].read_bytes() == b"mail 3\r\n"


def test_numbering_goes_on_after_a_restart_and_drafts_are_dropped(tmp_path):
    first = MailFolder(tmp_path).keep(b"one")
    (tmp_path / "00000009.new").write_bytes(b"torn")
    second = MailFolder(tmp_path).keep(b"two")
    assert second > first
    assert not list(tmp_path.glob("*.new"))


def test_the_list_shows_newest_first_and_escapes_what_it_shows(tmp_path):
    folder = MailFolder(tmp_path)
    folder.keep(_letter("first").as_bytes())
    folder.keep(_letter("<script>alert(1)</script>").as_bytes())
    _, mails = _chosen(tmp_path, {})
    shown = _table(mails)
    assert "<script>" not in shown
    assert shown.index("&lt;script&gt;") < shown.index("first")


def _keep_one_to_ada_and_one_to(bert, tmp_path):
    folder = MailFolder(tmp_path)
    folder.keep(_letter("to Ada").as_bytes())
    folder.keep(_letter("to Bert").as_bytes().replace(b"ada@example.net", bert))


def test_the_mails_to_one_address_are_found_and_the_address_is_escaped(tmp_path):
    _keep_one_to_ada_and_one_to(b"bert@example.net", tmp_path)
    heading, mails = _chosen(tmp_path, {"to": "Bert@example.net"})
    assert [mail["subject"] for mail in mails] == ["to Bert"]
    assert "1 of 2 mails to Bert@example.net" in heading
    assert _chosen(tmp_path, {"to": "ert@example.net"})[1] == []
    assert "<b>" not in _chosen(tmp_path, {"to": "<b>"})[0]


def test_the_mails_of_one_run_are_found_by_its_domain(tmp_path):
    _keep_one_to_ada_and_one_to(b"Bert <b@c1.demo-1.example.net>", tmp_path)
    heading, mails = _chosen(tmp_path, {"at": "demo-1.example.net"})
    assert [mail["subject"] for mail in mails] == ["to Bert"]
    assert 'href="/"' in heading


def test_a_summary_reads_encoded_headers(tmp_path):
    file = MailFolder(tmp_path).keep(_letter("Zahlungserinnerung für Jürgen").as_bytes())
    assert _summary(file)["subject"] == "Zahlungserinnerung für Jürgen"


def test_each_view_of_a_mail_is_escaped():
    content = _letter("Hi <b>", text="text <i>", html="<p>html</p>").as_bytes()
    assert "Hi &lt;b&gt;" in _mail("1.eml", content, "html")
    assert "text &lt;i&gt;" in _mail("1.eml", content, "text")
    assert "&lt;p&gt;html&lt;/p&gt;" in _mail("1.eml", content, "source")
    assert 'sandbox="' in _mail("1.eml", content, "html")
    assert 'class="phone"' in _mail("1.eml", content, "phone")


def test_links_of_the_text_can_be_followed_and_nothing_else_becomes_markup():
    content = b'Subject: s\r\n\r\nSee https://a.example/r/x?b=1&c="2. javascript:alert(1) http://b.example/<b>'
    shown = _mail("1.eml", content, "text")
    assert '<a href="https://a.example/r/x?b=1&amp;c=" ' in shown
    assert (
        '<a href="http://b.example/" target="_blank" rel="noopener noreferrer">http://b.example/</a>&lt;b&gt;' in shown
    )
    assert shown.count("href=") == 2 + len(("html", "phone", "text", "source"))


def test_pictures_inside_a_mail_are_shown_without_asking_anybody():
    mail = _letter(html='<img src="cid:qr">')
    part = mail.get_payload()[1]
    part.add_related(b"\x89PNG", "image", "png", cid="<qr>")
    assert 'src="data:image/png;base64,iVBORw=="' in _html_of(_parse(mail.as_bytes()))


def test_a_mails_own_html_may_run_nothing_and_load_nothing():
    assert "default-src 'none'" in MAIL_POLICY
    assert "sandbox" in MAIL_POLICY
    assert "allow-scripts" not in MAIL_POLICY
    assert "http" not in MAIL_POLICY


def test_an_empty_mailbox_and_an_empty_mail_say_so(tmp_path):
    assert "No mail yet" in _table(_chosen(tmp_path, {})[1])
    assert "no text part" in _mail("1.eml", b"Subject: x\r\nContent-Type: text/html\r\n\r\n<p>x</p>", "text")
