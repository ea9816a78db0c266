"""Which changes start a service anew."""

import os

import pytest

from kulant_cli.commands.dev import newest_change, watched
from kulant_devstack.errors import StackFailed


@pytest.mark.parametrize(
    ("name", "counts"),
    [("evaluate.py", True), ("mail.html.j2", True), ("standard.yaml", True), ("evaluate.pyc", False), ("x.log", False)],
)
def test_code_templates_and_policies_count(tmp_path, name, counts):
    (tmp_path / "old.py").touch()
    os.utime(tmp_path / "old.py", ns=(1_000, 1_000))
    (tmp_path / name).touch()
    os.utime(tmp_path / name, ns=(2_000, 2_000))

    assert newest_change([tmp_path]) == (2_000 if counts else 1_000)


def test_outside_of_a_checkout_it_says_so(tmp_path):
    with pytest.raises(StackFailed, match="checkout of Kulant"):
        watched(tmp_path, "notifier")
