import pytest

from feedback_service.domain.mail import Automation, Mail, MailKind, kind_of


def a_mail(subject="Re: Your invoice", text="Why?", envelope_sender="tom@example.org", **automation):
    return Mail("key", 100, envelope_sender, "tom@example.org", subject, text, automation=Automation(**automation))


@pytest.mark.parametrize(
    "mail",
    [
        pytest.param(a_mail(), id="says nothing"),
        pytest.param(a_mail(auto_submitted="no"), id="says that it is none"),
        pytest.param(a_mail(precedence="normal"), id="normal precedence"),
        pytest.param(a_mail(response_suppress="dr, rn"), id="wants no receipts"),
        pytest.param(a_mail("Re: Ich bin im Mai umgezogen", "Ich war im Urlaub"), id="tells of a holiday"),
        pytest.param(a_mail(subject=None), id="has no subject"),
    ],
)
def test_a_persons_mail_is_an_answer(mail):
    assert kind_of(mail) is MailKind.PERSON


@pytest.mark.parametrize(
    "mail",
    [
        pytest.param(a_mail(auto_submitted="auto-generated"), id="auto-generated"),
        pytest.param(a_mail(auto_submitted="auto-replied"), id="auto-replied"),
        pytest.param(a_mail(precedence="bulk"), id="bulk"),
        pytest.param(a_mail(precedence="auto_reply"), id="auto_reply"),
        pytest.param(a_mail(response_suppress="dr, oof, autoreply"), id="suppresses replies"),
        pytest.param(a_mail(response_suppress="all"), id="suppresses all"),
        pytest.param(a_mail(has_autoreply_mark=True), id="X-Autoreply"),
        pytest.param(a_mail(is_report=True), id="a report"),
        pytest.param(a_mail(subject="Out of office", is_report=True), id="a report about somebody away"),
        pytest.param(a_mail(envelope_sender=""), id="nobody to answer to"),
    ],
)
def test_a_machines_mail_is_none(mail):
    assert kind_of(mail) is MailKind.AUTOMATIC


@pytest.mark.parametrize(
    "mail",
    [
        pytest.param(a_mail("Automatische Antwort: Ihre Rechnung"), id="Outlook, German"),
        pytest.param(a_mail("Automatic reply: Your invoice"), id="Outlook, English"),
        pytest.param(a_mail("Out of Office Re: Your invoice"), id="another program"),
        pytest.param(a_mail("Abwesenheitsnotiz"), id="a notice"),
        pytest.param(a_mail("Re: Abwesend bis 3. Juni"), id="answered by a rule"),
        pytest.param(a_mail(text="I am out of the office until Monday.", auto_submitted="auto-replied"), id="by words"),
        pytest.param(a_mail(text="Ich bin bis Montag nicht im Büro.", precedence="bulk"), id="by words, German"),
    ],
)
def test_nobody_being_there_is_recognised(mail):
    assert kind_of(mail) is MailKind.OUT_OF_OFFICE
