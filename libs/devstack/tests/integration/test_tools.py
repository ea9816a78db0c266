"""Mailbox and trace viewer as the processes that they are."""

import gzip
import http.client
import json
import smtplib
import sys
from email.message import EmailMessage

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span

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


@pytest.fixture
def traces(supervisor, tmp_path):
    (page,) = free_ports(1)
    options = ("--file", str(tmp_path / "traces" / "spans.jsonl"), "--http-port", str(page))
    supervisor.start(Program("traces", (sys.executable, "-m", "kulant_devstack.traces", *options)))
    while not is_listening(page):
        assert supervisor.is_running("traces"), supervisor.last_words("traces")
    return page, tmp_path / "traces" / "spans.jsonl"


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


def test_a_page_asked_for_under_a_foreign_name_is_refused(mailbox, traces):
    for port in (mailbox[1], traces[0]):
        assert _ask(port, "GET", "/", headers={"Host": "evil.example:80"})[0].status == 421
        assert _ask(port, "GET", "/", headers={"Host": f"localhost:{port}"})[0].status == 200


def _spans():
    request = ExportTraceServiceRequest()
    resource = request.resource_spans.add()
    resource.resource.attributes.add(key="service.name", value=AnyValue(string_value="notifier"))
    span = Span(trace_id=b"\x01" * 16, span_id=b"\x02" * 8, name="send", start_time_unix_nano=1, end_time_unix_nano=2)
    resource.scope_spans.add().spans.append(span)
    return request.SerializeToString()


@pytest.mark.parametrize("squeeze", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_spans_over_otlp_are_in_the_file_and_on_the_page(traces, squeeze):
    page, file = traces
    headers = {"Content-Type": "application/x-protobuf"}
    if squeeze is gzip.compress:
        headers["Content-Encoding"] = "gzip"
    answer, _ = _ask(page, "POST", "/v1/traces", squeeze(_spans()), headers)
    assert answer.status == 200
    (line,) = file.read_text().splitlines()
    assert json.loads(line)["trace_id"] == "01" * 16
    assert b"send" in _ask(page, "GET", "/")[1]
    assert b"<svg" in _ask(page, "GET", f"/traces/{'01' * 16}")[1]
    assert json.loads(_ask(page, "GET", f"/spans.json?trace_id={'01' * 16}")[1])[0]["service"] == "notifier"


def test_what_is_no_span_is_refused(traces):
    page, _ = traces
    assert _ask(page, "POST", "/v1/traces", b"\xff\xff")[0].status == 400
    assert _ask(page, "POST", "/v1/traces", b"no gzip", {"Content-Encoding": "gzip"})[0].status == 400
    assert _ask(page, "POST", "/v1/logs", b"")[0].status == 404
    assert _ask(page, "GET", "/traces/unknown")[0].status == 404


def test_the_standard_exporter_reaches_the_viewer(traces):
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SimpleSpanProcessor

    page, file = traces
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(OTLPSpanExporter(f"http://127.0.0.1:{page}/v1/traces")))
    with provider.get_tracer("test").start_as_current_span("from the exporter"):
        pass
    provider.shutdown()
    assert json.loads(file.read_text())["name"] == "from the exporter"
