"""A page's forms are filled in as a browser without scripts would."""

from kulant_cli.pages import forms_of

PAGE = """
<form method="post" action="/r/token">
<input type="hidden" name="answer" value="paid"><input type="hidden" name="currency" value="EUR">
<input type="date" name="paid_on" value="2026-03-21">
<input type="checkbox" name="item" value="a" checked><input type="checkbox" name="item" value="b" checked>
<input type="checkbox" name="item" value="c">
<select name="method"><option value="">Choose</option><option value="card" selected>Card</option></select>
<button type="submit" name="go" value="1">Yes</button>
</form>
<form method="POST" action="?x"><input name="amount" value="12.00"><textarea name="note"></textarea></form>
"""


def test_hidden_and_chosen_values_are_kept_and_days_filled_in():
    form, _ = forms_of(PAGE, "http://host/r/token")
    assert form.filled({"paid_on": "2026-03-20"}) == {
        "answer": ["paid"], "currency": ["EUR"], "paid_on": ["2026-03-20"], "item": ["a", "b"], "method": ["card"],
    }  # fmt: skip


def test_a_form_knows_where_it_goes_and_what_it_says():
    first, second = forms_of(PAGE, "http://host/r/token")
    assert (first.action, first.method, first.says("answer")) == ("http://host/r/token", "post", "paid")
    assert (second.action, second.method, second.says("answer")) == ("http://host/r/token?x", "post", None)
    assert second.filled({}) == {"amount": ["12.00"], "note": [""]}


def test_a_page_without_forms_has_none():
    assert forms_of("<p>Thank you</p>", "http://host/") == []
