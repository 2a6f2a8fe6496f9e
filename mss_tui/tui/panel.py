"""The panel of verdicts: grouped by the field they speak of, the group with the most severe first, and so in each."""

from __future__ import annotations

from collections.abc import Sequence

from mss_tui.model.verdict import Place, Verdict
from mss_tui.phrase import Phrase, say
from mss_tui.tui.message_lines import verdict_lines
from mss_tui.tui.paint import Line, Tone
from mss_tui.tui.widgets.lines import paragraph
from mss_tui.tui.wording import Words

UNDER = {
    Place.TO: "to",
    Place.CC: "cc",
    Place.BCC: "bcc",
    Place.FROM: "from",
    Place.SUBJECT: "subject",
    Place.BODY: "body",
    Place.ATTACHMENT: "pieces",
    Place.MESSAGE: "pieces",
    Place.MAILBOX: "from",
    Place.ROW: "pieces",
}
"""The field of the composer under which a place is spoken of."""

TITLES: dict[str, Phrase] = {
    "from": say("De"),
    "to": say("À"),
    "cc": say("Cc"),
    "bcc": say("Cci"),
    "subject": say("Objet"),
    "body": say("Texte"),
    "pieces": say("Pièces jointes et message"),
}

Groups = list[tuple[str, list[Verdict]]]


def grouped(verdicts: Sequence[Verdict]) -> Groups:
    """Verdicts, most severe first, as groups by field."""
    groups: dict[str, list[Verdict]] = {}
    for verdict in verdicts:
        groups.setdefault(UNDER[verdict.where.place], []).append(verdict)
    return list(groups.items())


def panel_lines(groups: Groups, words: Words, width: int) -> list[Line]:
    """The panel: a title for each field, its verdicts under it."""
    lines: list[Line] = []
    for name, verdicts in groups:
        lines += paragraph(words(TITLES[name]), width, Tone.HEAD)
        for verdict in verdicts:
            lines += [*verdict_lines(verdict, words, width), ()]
    return lines
