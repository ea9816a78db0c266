"""The trace viewer: where it listens, and what is said where it cannot be had."""

import pytest

from kulant_devstack import zipkin
from kulant_devstack.errors import StackFailed
from kulant_devstack.java import Java


def test_it_listens_on_this_machine_alone(tmp_path):
    command = zipkin._command(Java(tmp_path / "java", 25, "mark"), tmp_path, 9411)
    assert "--armeria.ports[0].ip=127.0.0.1" in command
    assert "--armeria.ports[0].port=9411" in command


def test_without_the_network_it_is_said_how_to_do_without_it(tmp_path, monkeypatch):
    def unreachable(*_):
        raise StackFailed("Nobody answers.")

    monkeypatch.setattr(zipkin, "fetch_jar", unreachable)
    monkeypatch.setattr(zipkin, "open_repository", lambda _: None)
    with pytest.raises(StackFailed, match="--no-traces"):
        zipkin.zipkin_program(tmp_path, Java(tmp_path / "java", 17, "mark"), 9411, layer=1)
