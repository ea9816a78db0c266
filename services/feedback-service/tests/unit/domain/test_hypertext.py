from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback_service.domain.hypertext import MOST_SIGNS, text_of
from feedback_service.domain.reply import own_words


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>Hello &amp; <b>bye</b></p><p>Tom</p>", "Hello & bye\nTom"),
        ("a<br>b<br/><br>c", "a\nb\n\nc"),
        ("<html><head><title>x</title><style>p { }</style></head><body>Hi<script>a < b</script></body>", "Hi"),
        ("x<!-- <p>hidden</p> -->y", "xy"),
        ("Why?<blockquote>Hello<div>there</div></blockquote>So.", "Why?\n> Hello\n> there\nSo."),
        ("</blockquote>a", "a"),
        ("1 < 2", "1"),
        ("<", ""),
        ("<>a</>b", "ab"),
        ("plain", "plain"),
        ("<!-- never ends", ""),
    ],
)
def test_the_words_of_a_hypertext_are_read(html, text):
    assert text_of(html) == text


def test_a_reply_in_hypertext_loses_what_it_quotes():
    html = (
        '<div dir="ltr">Why?</div><br><div class="gmail_quote"><div class="gmail_attr">On Thu, May 21, 2026 at 10:00 AM'
        " Lindenhof &lt;x@y.example&gt; wrote:<br></div><blockquote>Hello,<br>it is open.</blockquote></div>"
    )

    assert own_words(text_of(html)) == "Why?"


@pytest.mark.parametrize("html", ["<a ", "<!--", "</", "<", "<!", "&#", "<blockquote>", "<script>", "<a ='", "<?"])
def test_hypertext_made_to_take_long_takes_no_time(html):
    began = process_time()

    text_of(html * (MOST_SIGNS // len(html)))

    assert process_time() - began < 3


@settings(max_examples=50)
@given(st.text(alphabet="<>/ab !-blockquote&;\n"))
def test_whatever_is_sent_is_read(html):
    assert isinstance(text_of(html), str)
