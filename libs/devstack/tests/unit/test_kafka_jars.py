"""Fetching jars: checked, repeated once, published whole or not at all."""

import hashlib

import pytest

from kulant_devstack import kafka_jars
from kulant_devstack.errors import StackFailed
from kulant_devstack.kafka_jars import ensure_jars, jars_folder, locked_jars

GOOD = b"the jar as it should be"
WANTED = {"org.example:thing:1.0": hashlib.sha256(GOOD).hexdigest()}


class FakeRepository:
    """Gives the prepared contents one after the other; keeps a file that is there, as the real one does."""

    def __init__(self, folder, contents):
        self.folder = folder
        self.contents = contents
        self.asked = 0

    def project(self, group, name):
        self.file = self.folder / f"{name}.jar"
        return self

    def at_version(self, _version):
        return self

    def artifact(self):
        return self

    def resolve(self):
        self.asked += 1
        if not self.file.exists():
            content = self.contents.pop(0)
            if isinstance(content, Exception):
                raise content
            self.file.write_bytes(content)
        return self.file


@pytest.fixture
def serve(monkeypatch):
    def prepare(*contents):
        made = []

        def open_repository(downloads):
            made.append(FakeRepository(downloads, list(contents)))
            return made[-1]

        monkeypatch.setattr(kafka_jars, "open_repository", open_repository)
        return made

    return prepare


def test_a_good_jar_is_published(tmp_path, serve):
    serve(GOOD)
    folder = ensure_jars(tmp_path, WANTED)
    assert [jar.name for jar in folder.iterdir()] == ["thing.jar"]


def test_what_is_there_is_not_fetched_again(tmp_path, serve):
    made = serve(GOOD)
    ensure_jars(tmp_path, WANTED)
    ensure_jars(tmp_path, WANTED)
    assert len(made) == 1


@pytest.mark.parametrize("first", [b"torn", OSError("connection reset")], ids=["torn file", "failed download"])
def test_a_bad_download_is_repeated_once(tmp_path, serve, first):
    serve(first, GOOD)
    assert (ensure_jars(tmp_path, WANTED) / "thing.jar").read_bytes() == GOOD


def test_a_jar_that_stays_wrong_is_refused_and_nothing_is_published(tmp_path, serve):
    serve(b"wrong", b"wrong again")
    with pytest.raises(StackFailed, match=r"org\.example:thing:1\.0.*KULANT_MAVEN_REPOSITORY"):
        ensure_jars(tmp_path, WANTED)
    assert not jars_folder(tmp_path, WANTED).exists()


def test_leftovers_of_an_interrupted_download_do_no_harm(tmp_path, serve):
    draft = jars_folder(tmp_path, WANTED).with_suffix(".new")
    (draft / "downloads").mkdir(parents=True)
    (draft / "half.jar").write_bytes(b"half")
    serve(GOOD)
    assert [jar.name for jar in ensure_jars(tmp_path, WANTED).iterdir()] == ["thing.jar"]


def test_the_lock_names_each_jar_with_a_checksum_and_no_address():
    jars = locked_jars()
    assert len(jars) == 45
    assert all(len(digest) == 64 for digest in jars.values())
    assert not any("/" in coordinate for coordinate in jars)
