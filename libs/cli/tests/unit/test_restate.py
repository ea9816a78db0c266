"""The command `kulant restate` against a door that answers as invoice-service does."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from kulant_cli.__main__ import main


class Door(BaseHTTPRequestHandler):
    asked: list[tuple[str, str, str, str]]
    status = 202

    def _answer(self, body: str = "") -> None:
        self.asked.append((self.command, self.path, self.headers["Kulant-Tenant"], body))
        told = {"restatement_id": "r1", "customer_id": None, "is_done": len(self.asked) > 2}
        self.send_response(self.status if self.command == "POST" else 200)
        self.end_headers()
        self.wfile.write(json.dumps(told).encode())

    def do_POST(self) -> None:
        assert self.headers["Idempotency-Key"]
        assert self.headers["Authorization"] == "Bearer secret"
        self._answer(self.rfile.read(int(self.headers["Content-Length"])).decode())

    def do_GET(self) -> None:
        self._answer()

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture
def door(tmp_path, monkeypatch) -> Iterator[list[str]]:
    monkeypatch.setattr("kulant_cli.commands.restate._POLL_SECONDS", 0.01)
    (tmp_path / "token").write_text("secret\n")
    Door.asked, Door.status = [], 202
    server = HTTPServer(("127.0.0.1", 0), Door)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield [
        "restate",
        "--tenant",
        "acme",
        "--url",
        f"http://127.0.0.1:{server.server_port}/",
        "--token-file",
        str(tmp_path / "token"),
    ]
    server.shutdown()
    server.server_close()


def test_it_orders_and_waits_until_all_is_told(door, capsys):
    assert main([*door, "--json"]) == 0

    assert json.loads(capsys.readouterr().out)["is_done"] is True
    assert [(method, path, tenant) for method, path, tenant, _ in Door.asked] == [
        ("POST", "/v1/restatements", "acme"),
        ("GET", "/v1/restatements/r1", "acme"),
        ("GET", "/v1/restatements/r1", "acme"),
    ]


def test_one_customer_is_named_and_nobody_need_wait(door, capsys):
    assert main([*door, "--customer", "c1", "--no-wait"]) == 0

    assert json.loads(Door.asked[0][3]) == {"customer_id": "c1"}
    assert "c1 of acme is ordered" in capsys.readouterr().out


def test_a_refusal_is_said_in_a_sentence(door, capsys):
    Door.status = 403

    assert main(door) == 1
    assert "answered 403" in capsys.readouterr().err
