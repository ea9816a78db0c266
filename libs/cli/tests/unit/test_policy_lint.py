"""`kulant policy lint` asks the reader of the service that decides."""

from importlib.resources import files

from kulant_cli.__main__ import main


def test_says_each_fault_with_its_line_and_nothing_where_there_is_none(tmp_path, capfd):
    text = files("dunning_engine.policyfile").joinpath("standard.yaml").read_text(encoding="utf-8")
    good, bad = tmp_path / "good.yaml", tmp_path / "bad.yaml"
    good.write_text(text, encoding="utf-8")
    bad.write_text(text.replace("per_day: 1", "per_day: 0"), encoding="utf-8")

    assert main(["policy", "lint", str(good)]) == 0
    assert capfd.readouterr().out == ""
    assert main(["policy", "lint", str(bad)]) == 1
    assert "budget.per_day" in capfd.readouterr().out
