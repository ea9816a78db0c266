"""Text from outside made safe to stand in one line of a mail."""

import unicodedata

# Characters that turn the reading direction round: a name may not rewrite the sentence around it.
_DIRECTION = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u061c")


def one_line(text: str) -> str:
    """The same words in one line: no control characters, no direction marks, single spaces.

    >>> one_line("Nordlicht\\r\\nBcc: all@example.com")
    'Nordlicht Bcc: all@example.com'
    """
    if text.isascii() and text.isprintable() and "  " not in text and text == text.strip():
        return text  # as nearly all are; what follows costs a hundred times as much
    kept = (
        " " if unicodedata.category(character) in ("Cc", "Zl", "Zp") else character
        for character in text
        if character not in _DIRECTION and unicodedata.category(character) not in ("Cs", "Cn", "Co")
    )
    return " ".join("".join(kept).split())


def shortened(text: str, limit: int) -> str:
    """At most so many characters, cut with an ellipsis."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"
