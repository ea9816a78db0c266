"""The words that a person wrote, without the message that they answer. Every step looks at each line once."""

import re
from collections.abc import Sequence

MOST_SIGNS = 100_000
"""More than anybody writes; what is beyond it is not looked at."""
_MOST_LINE = 1_000
_ATTRIBUTION_LINES = 4
_HEADER_LINES = 8

_BARS = re.compile(
    r"[-–—_*]{2,}\s*(?:original message|original-nachricht|originalnachricht|ursprüngliche nachricht|"
    r"forwarded message|weitergeleitete nachricht|original appointment|antwort oberhalb|reply above)\b",
    re.IGNORECASE,
)
_UNDERSCORES = re.compile(r"_{20,}")
_FROM = re.compile(r"\*?(?:from|von)\s*:\*?\s*\S", re.IGNORECASE)
_OTHER_HEADER = re.compile(
    r"\*?(?:sent|gesendet|date|datum|to|an|cc|subject|betreff|reply-to|antwort an)\s*:\*?", re.IGNORECASE
)
_ATTRIBUTION_BEGINS = re.compile(
    r"(?:on|am)\s.{0,40}\d|(?:le|il|el)\s.{0,40}\d{4}|\S.{0,200}(?:wrote|schrieb|hat am)\b|\d{1,4}[./-]\d{1,2}[./-]",
    re.IGNORECASE,
)
_ATTRIBUTION_ENDS = re.compile(r"(?:\bwrote|\bschrieb\b.*|\bgeschrieben)\s*:\s*$", re.IGNORECASE)
_SIGNATURE = re.compile(r"--\s?$")
_SENT_FROM = re.compile(
    r"(?:sent from my|sent from outlook|get outlook for|von meinem .{2,40} gesendet|gesendet von|"
    r"gesendet mit der|diese nachricht wurde von meinem)",
    re.IGNORECASE,
)


def own_words(text: str) -> str:
    """What stands above, between and below the quoted lines; nothing if all of it is quoted."""
    lines = [line[:_MOST_LINE].rstrip() for line in text[:MOST_SIGNS].replace("\r\n", "\n").split("\n")]
    kept: list[str] = []
    at = 0
    while at < len(lines):
        line = lines[at].strip()
        if _is_quoted(line):
            at += 1
            continue
        length = _attribution(lines, at)
        if length and _is_followed_by_quote(lines, at + length):
            at += length
            continue
        if length or _begins_original(lines, at):
            break
        if _SIGNATURE.fullmatch(lines[at]) and kept:
            at = _after_signature(lines, at)
            continue
        kept.append(lines[at])
        at += 1
    return _tidy(kept)


def _is_quoted(line: str) -> bool:
    return line.startswith((">", "|>"))


def _attribution(lines: Sequence[str], at: int) -> int:
    """Of how many lines is the `On … wrote:` that begins here? 0: none does."""
    if not _ATTRIBUTION_BEGINS.match(lines[at].strip()):
        return 0
    joined = ""
    for length, line in enumerate(lines[at : at + _ATTRIBUTION_LINES], 1):
        if not line.strip() or _is_quoted(line.strip()):
            return 0
        joined = f"{joined} {line.strip()}"
        if _ATTRIBUTION_ENDS.search(joined[-300:]):
            return length
    return 0


def _is_followed_by_quote(lines: Sequence[str], at: int) -> bool:
    following = next((line.strip() for line in lines[at : at + 3] if line.strip()), "")
    return _is_quoted(following)


def _begins_original(lines: Sequence[str], at: int) -> bool:
    """Does the message that is answered begin here, as Outlook and others copy it below?"""
    line = lines[at].strip()
    if _BARS.match(line):
        return True
    is_ruled = bool(_UNDERSCORES.fullmatch(line))
    if not is_ruled and not _FROM.match(line):
        return False
    first = at + 1 if is_ruled else at
    block = [one.strip() for one in lines[first : first + _HEADER_LINES] if one.strip()]
    if not block or not _FROM.match(block[0]):
        return False
    return sum(bool(_OTHER_HEADER.match(one)) for one in block[1:]) >= 2


def _after_signature(lines: Sequence[str], at: int) -> int:
    """The first line after a signature: it ends where quoted lines or a copied message begin."""
    while at < len(lines) and not _is_quoted(lines[at].strip()) and not _begins_original(lines, at):
        at += 1
    return at


def _tidy(lines: list[str]) -> str:
    while lines and (not lines[-1].strip() or _SENT_FROM.match(lines[-1].strip())):
        lines.pop()
    return "\n".join(lines).strip()
