"""The page of settings is what the services read."""

from tools.settings_reference import PAGE, page


def test_the_page_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run `make settings`"


def test_every_setting_says_what_it_means() -> None:
    assert "| None |" not in page()
