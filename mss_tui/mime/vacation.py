"""The Sieve script of an absence (RFC 5228, 5230, 5260): made, and read back. Pure.

Between its first and last day in Paris it answers each sender at most once in some days, never automatic mail: the
server's `vacation` keeps to RFC 5230 §4.6, and the script does not lean on that alone. The user's own script goes on
working: it is included where the server can (RFC 6609), else its text follows.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable
from datetime import UTC, date, datetime, timedelta

from mss_tui.model.paris import midnight
from mss_tui.record import dataclass

NAME = "mss-tui-absence"
"""The script's name on the server."""

MAX_DAYS = 30
_HEAD = "# mss-tui absence "
_REQUIRE = re.compile(r"\A(?:\s+|#[^\n]*\n|/\*.*?\*/)*require\s*(\[[^\]]*\]|\"[^\"\n]*\")\s*;", re.DOTALL)
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')
_WORDS = re.compile(r'#[^\n]*|/\*.*?\*/|"(?:[^"\\]|\\.)*"|text:[^\n]*\n.*?\n\.\r?\n', re.DOTALL)
_AUTOMATIC = (
    'header :contains ["from", "sender", "return-path"] '
    '["noreply", "no-reply", "no_reply", "ne-pas-repondre", "nepasrepondre", "mailer-daemon", "postmaster"]'
)


@dataclass(frozen=True, slots=True)
class Vacation:
    """An absence: days are in Paris, both included; `before` is the script that was active, "" for none."""

    subject: str
    text: str
    start: date | None = None
    end: date | None = None
    days: int = 1
    addresses: tuple[str, ...] = ()
    before: str = ""


def answers(script: str) -> bool:
    """Does a script use `vacation` outside strings and comments?"""
    return re.search(r"(?<![\w:])vacation\b", _WORDS.sub(" ", script), re.IGNORECASE) is not None


def script(absence: Vacation, own: str, extensions: Collection[str]) -> str:
    """The script, CRLF line ends.

    Args:
        own: the text of the user's own script, "" where there is none.
        extensions: what the server knows; with `include` the user's script is named, else its text follows.

    Raises:
        ValueError: the server lacks `vacation`, or `date` and `relational` where the absence has days.
    """
    wanted = ["vacation"]
    if absence.start or absence.end:
        wanted += ["date", "relational"]
    if missing := [name for name in wanted if name not in extensions]:
        raise ValueError(" ".join(missing))
    included = bool(absence.before and own.strip() and "include" in extensions)
    rest = "" if included else own
    required, rest = _requirements(rest)
    wanted += ["include"] if included else []
    lines = [
        _HEAD + _note(absence),
        f"require [{', '.join(_quoted(name) for name in dict.fromkeys([*wanted, *required]))}];",
        f"if allof ({', '.join(_conditions(absence))}) {{",
        f"  vacation :days {min(max(absence.days, 1), MAX_DAYS)}",
        *([f"    :addresses [{', '.join(map(_quoted, absence.addresses))}]"] if absence.addresses else []),
        f"    :subject {_quoted(' '.join(absence.subject.split()))}",
        "    text:",
        *("." + line if line.startswith(".") else line for line in absence.text.strip().splitlines()),
        ".",
        "  ;",
        "}",
    ]
    if included:
        lines.append(f"include :personal {_quoted(absence.before)};")
    elif rest.strip():
        lines += ["# script d'avant", rest.strip()]
    return "\r\n".join(line for text in lines for line in text.splitlines() or [""]) + "\r\n"


def read_script(text: str) -> Vacation | None:
    """The absence of a script that `script` made, without its text; None where it is another's."""
    first, _, _ = text.partition("\n")
    if not first.startswith(_HEAD):
        return None
    try:
        note = json.loads(first[len(_HEAD) :])
        start, end = (date.fromisoformat(note[key]) if note.get(key) else None for key in ("from", "until"))
        return Vacation(
            str(note.get("subject", "")), "", start, end, int(note["days"]), (), str(note.get("before", ""))
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def _note(absence: Vacation) -> str:
    return json.dumps(
        {
            "from": absence.start and absence.start.isoformat(),
            "until": absence.end and absence.end.isoformat(),
            "days": min(max(absence.days, 1), MAX_DAYS),
            "subject": " ".join(absence.subject.split()),
            "before": absence.before,
        }
    )


def _conditions(absence: Vacation) -> Iterable[str]:
    if absence.start:
        yield f'currentdate :zone "+0000" :value "ge" "iso8601" "{_moment(absence.start)}"'
    if absence.end:
        yield f'currentdate :zone "+0000" :value "lt" "iso8601" "{_moment(absence.end + timedelta(days=1))}"'
    yield 'anyof (not exists "auto-submitted", header :is "auto-submitted" "no")'
    yield 'not exists ["list-id", "list-help", "list-unsubscribe", "x-auto-response-suppress"]'
    yield 'not header :is "precedence" ["bulk", "junk", "list"]'
    yield 'not header :contains "content-type" "multipart/report"'
    yield f"not {_AUTOMATIC}"


def _moment(of: date) -> str:
    """When a Paris day begins, in UTC, without zone: a prefix of what the server compares with."""
    begins: datetime = midnight(of).astimezone(UTC)
    return begins.strftime("%Y-%m-%dT%H:%M:%S")


def _requirements(own: str) -> tuple[list[str], str]:
    """What a script requires, and the rest of it: `require` may only stand at the beginning (RFC 5228 §3.2)."""
    required: list[str] = []
    while found := _REQUIRE.match(own):
        required += _QUOTED.findall(found[1])
        own = own[found.end() :]
    return required, own


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
