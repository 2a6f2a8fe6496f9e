"""An opened message as lines: who, to whom, what the rules say, the pieces, the words; all headers; the raw view."""

from __future__ import annotations

from collections.abc import Sequence

from mss_tui.model.address import Correspondent, Kind
from mss_tui.model.message import Attachment, Reading
from mss_tui.model.verdict import Severity, State, Verdict
from mss_tui.phrase import Phrase, say
from mss_tui.record import dataclass
from mss_tui.rules.catalogue import remedy, sentence
from mss_tui.text import cell_width
from mss_tui.tui.paint import Line, Tone, wrap
from mss_tui.tui.widgets.lines import labelled, paragraph
from mss_tui.tui.widgets.message_list import CRITICAL
from mss_tui.tui.wording import Words, full_moment, octets

LABEL = 8
TITLE = 6
"""Cells of the pane's title that are not the sender: where the whole does not fit, the real address stands below."""
FOLD_AT = 3
MARK = {Severity.BLOCK: "X", Severity.CONFIRM: "?", Severity.WARN: "!", Severity.INFO: "i"}
TONE = {Severity.BLOCK: Tone.BAD, Severity.CONFIRM: Tone.WARN, Severity.WARN: Tone.WARN, Severity.INFO: Tone.PLAIN}

KIND: dict[Kind, Phrase] = {
    Kind.PRO: say("professionnel"),
    Kind.PATIENT: say("PATIENT"),
    Kind.APPLICATION: say("application : personne ne lit les réponses"),
    Kind.OUTSIDE: say("HORS ESPACE MSSanté"),
}


Said = tuple[str, Tone]


@dataclass(frozen=True, slots=True)
class OpenMessage:
    """What the message pane shows; `said` is what receipts say, in words."""

    reading: Reading
    kind: Kind
    verdicts: tuple[Verdict, ...]
    documents: tuple[str, ...] = ()
    said: tuple[Said, ...] = ()


def full(person: Correspondent) -> str:
    """Name and real address."""
    return f"{person.name} <{person.address}>" if person.name else f"<{person.address}>"


def verdict_lines(verdict: Verdict, words: Words, width: int, *, with_remedy: bool = True) -> list[Line]:
    """A verdict in words: its mark, its sentence, what to do."""
    text = f"{MARK[verdict.severity]} {words(sentence(verdict))}"
    if with_remedy and verdict.state is State.VIOLATED and (what_to_do := words(remedy(verdict))):
        text = f"{text} {what_to_do}"
    return paragraph(text, width, TONE[verdict.severity], indent="  ")


def first_lines(lines: list[Line], most: int) -> list[Line]:
    """The first lines of a sentence, with "…" where the rest is left out."""
    if len(lines) <= most:
        return lines
    *before, (text, tone) = lines[most - 1]
    return [*lines[: most - 1], (*before, (f"{text} …", tone))]


def _people(label: str, people: Sequence[Correspondent], words: Words, width: int) -> list[Line]:
    shown = ", ".join(map(full, people[:6]))
    if len(people) > 6:
        shown += words(say(" et {n} autres (h pour tous)", n=len(people) - 6))
    return labelled(label, shown, width)


def attachment_line(number: int, attachment: Attachment, words: Words) -> str:
    """A piece with its number, type and size: 1 lettre.pdf  application/pdf  1,2 Mo."""
    return f"{number} {attachment.name or '-'}  {attachment.type}  {words(octets(attachment.size))}"


def message_lines(message: OpenMessage, words: Words, width: int, *, unfolded: bool) -> list[Line]:
    """The message as it is read; its sender stands above, in the pane's title."""
    reading, row = message.reading, message.reading.row
    who = full(row.sender)
    lines = labelled(words(say("De")), who, width) if cell_width(who) > width - TITLE else []
    lines += _people(words(say("À")), row.to, words, width)
    if row.cc:
        lines += _people(words(say("Cc")), row.cc, words, width)
    if row.reply_to and row.reply_to != (row.sender,):
        lines += _people(words(say("Rép. à")), row.reply_to, words, width)
    written = full_moment(row.date) if row.date else words(say("sans date"))
    lines += labelled(words(say("Écrit")), words(say("{w}, reçu {r}", w=written, r=full_moment(row.received))), width)
    lines += labelled(words(say("Objet")), row.title or words(say("(sans objet)")), width, Tone.STRONG)
    for verdict in message.verdicts:
        lines += verdict_lines(verdict, words, width)
        if verdict.rule == CRITICAL and verdict.state is State.VIOLATED:
            lines += paragraph(words(say("a j'en prends connaissance   q qui appeler")), width, Tone.STRONG)
    for text, tone in message.said:
        lines += paragraph(text, width, tone, indent="    ")
    if message.documents:
        lines.append(())
        for document in message.documents:
            lines += paragraph(document, width, Tone.STRONG, indent="  ")
        lines += paragraph(words(say("x lire les documents")), width)
    if reading.attachments:
        lines.append(())
        for number, attachment in enumerate(reading.attachments, 1):
            lines += paragraph(attachment_line(number, attachment, words), width, Tone.STRONG, indent="  ")
        lines += paragraph(words(say("p lire les pièces   e enregistrer")), width)
    lines.append(())
    for note in reading.notes:
        lines += paragraph(f"i {words(note)}", width, indent="  ")
    if reading.notes:
        lines.append(())
    return lines + body_lines(reading, words, width, unfolded=unfolded)


def body_lines(reading: Reading, words: Words, width: int, *, unfolded: bool) -> list[Line]:
    """The words; cited text folded into one line unless `unfolded` or very short."""
    text = reading.text.split("\n")
    start = reading.quoted_from
    if start is None or len(text) - start <= FOLD_AT:
        return [line for part in text for line in paragraph(part, width)]
    own = [line for part in text[:start] for line in paragraph(part, width)]
    if unfolded:
        return own + [line for part in text[start:] for line in paragraph(part, width, Tone.FAINT, indent="> ")]
    folded = words(say("[{n} lignes citées : o pour les lire]", n=len(text) - start))
    return [*own, *paragraph(folded, width, Tone.FAINT)]


def header_lines(reading: Reading, width: int) -> list[Line]:
    """Every header, in order."""
    lines: list[Line] = []
    for header in reading.headers:
        first, *others = wrap(f"{header.name}: {header.value}", width, "    ")
        lines.append(((first, Tone.PLAIN),))
        lines += [((other, Tone.PLAIN),) for other in others]
    return lines
