"""A whole message from its octets, for files and for messages inside messages. Runs in the bounded worker."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from mss_tui.language import translator
from mss_tui.mime.body import text_job, view_of
from mss_tui.mime.choose import attachments, structure_notes
from mss_tui.mime.header import decode_words, split_header
from mss_tui.mime.html import alternative_job, html_job
from mss_tui.mime.split import Split
from mss_tui.mime.transfer import decode_transfer
from mss_tui.mime.view import View, plan
from mss_tui.model.message import Part
from mss_tui.phrase import Translate, say
from mss_tui.record import dataclass
from mss_tui.text import DisplayText

Options = Mapping[str, str | int]

MAX_DEPTH = 4
"""Messages that are nothing but a message, told in one text."""

_JOBS = {"text": text_job, "html": html_job, "alternative": alternative_job}
_FIELDS = (
    ("from", say("De")),
    ("to", say("À")),
    ("cc", say("Cc")),
    ("date", say("Date")),
    ("subject", say("Objet")),
)


@dataclass(frozen=True, slots=True)
class Letter:
    """A message taken apart: its tree, numbered as IMAP numbers it, and its text."""

    structure: Part
    view: View


@dataclass(frozen=True, slots=True)
class Octets:
    """The decoded octets of a part."""

    data: bytes


def letter_job(data: bytes, options: Options) -> Letter:
    """Job `letter`: a message as it lies in a file."""
    return _letter(Split(data), 0, _language(options))


def section_job(data: bytes, options: Options) -> Octets:
    """Job `section`: the part `section` of a message as it lies in a file, decoded; "" is the whole, as it lies."""
    if not options["section"]:
        return Octets(data)
    split = Split(data)
    node = split.node(str(options["section"]))
    return Octets(split.octets(node) if node else b"")


def message_job(data: bytes, options: Options) -> View:
    """Job `message`: a message inside a message as one text: who, when, what, the words, the names of its pieces."""
    return _told(decode_transfer(data, str(options.get("encoding", ""))), 0, _language(options))


def whole_job(data: bytes, options: Options) -> View:
    """Job `whole`: the text of a message whose structure its server did not make out; "" stays "" without a word."""
    split = Split(data)
    view = _text(split, split.structure(), 0, _language(options))
    if not view.text:
        return View(view.text)
    broken = say("La structure de ce message est abîmée : il est lu en entier, ses pièces sont dans la vue brute.")
    return replace(view, notes=(broken, *split.notes, *view.notes))


def _language(options: Options) -> str:
    return str(options.get("lang", "fr"))


def _letter(split: Split, depth: int, lang: str) -> Letter:
    structure = split.structure()
    view = _text(split, structure, depth, lang)
    return Letter(structure, replace(view, notes=(*split.notes, *structure_notes(structure), *view.notes)))


def _text(split: Split, structure: Part, depth: int, lang: str) -> View:
    step = plan(structure)
    if step is None or step.job == "whole" or depth > MAX_DEPTH:
        return View(DisplayText(""), notes=(say("Message sans texte."),))
    nodes = [split.node(section) for section in step.sections]
    if step.job == "message" and nodes[0]:
        return _told(split.octets(nodes[0]), depth + 1, lang)
    fetched = [split.data[node.body : node.end] for node in nodes if node]
    return _JOBS[step.job](b"".join(fetched), step.options(fetched) | {"lang": lang})


def _told(data: bytes, depth: int, lang: str) -> View:
    translate = translator(lang)
    letter = _letter(Split(data), depth, lang)
    head = _head(data, translate)
    pieces = [say("[pièce : {name}]", name=piece.name).render(translate) for piece in attachments(letter.structure)]
    text = "\n".join((*head, "", letter.view.text, *([""] if pieces else []), *pieces))
    quoted = letter.view.quoted_from
    return replace(
        view_of(text), quoted_from=None if quoted is None else quoted + len(head) + 1, notes=letter.view.notes
    )


def _head(data: bytes, translate: Translate) -> list[str]:
    fields: dict[str, bytes] = {}
    for name, value in split_header(data):
        fields.setdefault(name, value)
    return [
        say("{label} : {value}", label=label, value=decode_words(fields[name], 500)).render(translate)
        for name, label in _FIELDS
        if name in fields
    ]
