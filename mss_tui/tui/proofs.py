"""What the dialog of the three reflexes says of a message, and what of it is proved: by rules, never by a habit.

A recipient is proved by the directory, a patient by a qualified identity whose document is theirs; an attachment by the
patient that was read in it.
"""

from __future__ import annotations

from collections.abc import Sequence

from mss_tui.model.address import Kind, kind_of, split_named
from mss_tui.model.draft import Draft
from mss_tui.model.facts import DocumentFact
from mss_tui.model.ins import ins_of_address, parse_ins
from mss_tui.model.verdict import State, Verdict
from mss_tui.phrase import Phrase, say
from mss_tui.record import dataclass
from mss_tui.services.checking import Checker
from mss_tui.services.composing import cited_lines
from mss_tui.text import clean
from mss_tui.tui import recipients
from mss_tui.tui.wording import Words, octets

AT_LENGTH = 3
"""Up to so many recipients the address stands above the identity; of more, the identity alone."""


@dataclass(frozen=True, slots=True)
class Fact:
    """A line of a reflex, and whether a rule proved it."""

    text: str
    proved: bool


def people(draft: Draft, checker: Checker, verdicts: Sequence[Verdict], words: Words) -> list[Fact]:
    """Each recipient by identity; the address alone where nobody knows who it is."""
    documents = checker.documents(draft)
    found: list[Fact] = []
    for mark, typed_in in (("", draft.to), ("Cc ", draft.cc), ("Cci ", draft.bcc)):
        for typed in typed_in:
            known = recipients.known_as(typed, checker)
            name, address = split_named(typed)
            lines = [f"{mark}{clean(typed, 200)}", *([words(known)] if known is not None else [])]
            if known is not None and len(draft.recipients) > AT_LENGTH:
                who = f"{name} · " if name and kind_of(address) is Kind.PATIENT else ""
                lines = [f"{mark}{clean(who, 100)}{words(known)}"]
            if more := [words(said) for said in _of_documents(typed, documents)]:
                lines[-1] = " · ".join((lines[-1], *more))
            found.append(Fact("\n".join(lines), _right(typed, verdicts)))
    return found


def _right(typed: str, verdicts: Sequence[Verdict]) -> bool:
    """Did the rule that tells who it is find so?"""
    address = split_named(typed)[1].casefold()
    patient = kind_of(address) is Kind.PATIENT
    rules = {"destinataire.patient-cle", "destinataire.patient-identite"} if patient else {"destinataire.non-verifie"}
    held = {v.rule for v in verdicts if v.state is State.SATISFIED and v.where.item.casefold() == address}
    return rules <= held


def _of_documents(typed: str, documents: Sequence[DocumentFact]) -> list[Phrase]:
    ins = ins_of_address(split_named(typed)[1])
    own = [d for d in documents if ins is not None and d.ins.upper() == str(ins)]
    born = next((d.birth_date for d in own if d.birth_date), "")
    said = [say("né(e) le {date}", date=clean(born, 20))] if born else []
    return [*said, say("INS du document : le même")] if own else []


def pieces(draft: Draft, checker: Checker, words: Words) -> list[Fact]:
    """Each attachment with the patient that was read in it; how many patients in all, and what is cited."""
    documents = checker.documents(draft)
    found: list[Fact] = []
    for piece in draft.attachments:
        named = list(dict.fromkeys(filter(None, (_patient(d, words) for d in documents if d.source == piece.name))))
        who = " ; ".join(named) if named else words(say("aucun patient n'y a été lu : ouvrez-la"))
        told = say("{name} ({size}) : {who}", name=clean(piece.name), size=octets(piece.size), who=who)
        found.append(Fact(words(told), bool(named)))
    if not found:
        found.append(Fact(words(say("sans pièce jointe")), proved=True))
    if draft.quoted:
        found.append(Fact(words(say("fil cité : {n} lignes", n=cited_lines(draft.quoted))), proved=True))
    return found


def _patient(document: DocumentFact, words: Words) -> str:
    """Who a document is about: name, date of birth, INS where no name stands in it."""
    name = f"{document.birth_name or document.used_name} {document.given}".strip()
    if name and document.birth_date:
        return words(say("{name}, né(e) le {date}", name=clean(name, 80), date=clean(document.birth_date, 20)))
    ins = parse_ins(document.ins)
    return clean(name, 80) or (f"INS {ins.grouped}" if ins is not None else "")
