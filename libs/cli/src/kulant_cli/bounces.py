"""Lets a mail come back as the server of a mailbox that does not exist would return it (RFC 3464)."""

import smtplib
from email.message import EmailMessage
from email.mime.base import MIMEBase
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText

_SECONDS = 20


def send_back(smtp_address: str, comes_back_to: str, recipient: str) -> None:
    """Hand a report about this recipient to the mail server, for the sender that the mail's envelope named."""
    host, _, port = smtp_address.rpartition(":")
    with smtplib.SMTP(host, int(port), timeout=_SECONDS) as server:
        server.sendmail("", [comes_back_to], _report(comes_back_to, recipient).as_bytes())


def _report(comes_back_to: str, recipient: str) -> MIMEMultipart:
    domain = recipient.rpartition("@")[2]
    report = MIMEMultipart("report", report_type="delivery-status")
    report["From"], report["To"] = f"MAILER-DAEMON@{domain}", comes_back_to
    report["Subject"] = "Undelivered mail returned to sender"
    report.attach(MIMEText(f"There is no mailbox {recipient}."))
    status = MIMEBase("message", "delivery-status")
    server, about = EmailMessage(), EmailMessage()
    server["Reporting-MTA"] = f"dns; {domain}"
    about["Final-Recipient"] = f"rfc822; {recipient}"
    about["Action"] = "failed"
    about["Status"] = "5.1.1"
    status.set_payload([server, about])
    report.attach(status)
    return report
