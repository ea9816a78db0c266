"""An empty data folder is prepared once per user, for every broker with the same jars and properties."""

import pytest

from kulant_devstack import kafka as module
from kulant_devstack.kafka import Kafka


@pytest.fixture
def prepared(monkeypatch):
    """The folders for which the tool of Kafka was called."""
    folders = []

    def format_data(self):
        folders.append(self._command.data)
        self._command.data.mkdir(exist_ok=True)
        (self._command.data / "meta.properties").write_text("one cluster")

    monkeypatch.setattr(Kafka, "_format", format_data)
    return folders


def _prepare(folder, jars):
    broker = Kafka(folder, supervisor=None, java=None, jars=jars)  # type: ignore[arg-type]
    broker._format_once()
    return folder / "data" / "meta.properties"


def test_all_brokers_begin_with_copies_of_one_folder(tmp_path, prepared):
    found = [_prepare(tmp_path / name, tmp_path) for name in ("first", "second")]
    assert [file.read_text() for file in found] == ["one cluster", "one cluster"]
    assert len(prepared) == 1


def test_what_a_broker_has_is_never_replaced(tmp_path, prepared):
    file = _prepare(tmp_path / "first", tmp_path)
    file.write_text("in use")
    _prepare(tmp_path / "first", tmp_path)
    assert file.read_text() == "in use"


def test_other_properties_need_another_folder(tmp_path, prepared, monkeypatch):
    _prepare(tmp_path / "first", tmp_path)
    monkeypatch.setattr(module, "EDITION", "another")
    _prepare(tmp_path / "second", tmp_path)
    assert len(prepared) == 2
