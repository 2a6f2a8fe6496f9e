"""Replies and forwards: to whom they go, what they carry, how they stay in their thread."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mss_tui.config.policies import load_policy
from mss_tui.model.address import Correspondent
from mss_tui.model.draft import Origin, RemotePart
from mss_tui.model.message import Attachment, MessageRef, Reading, Row
from mss_tui.model.people import Account, Endpoint, MailboxType
from mss_tui.services.composing import (
    forward,
    forward_whole,
    new_draft,
    own_words,
    reply,
    signed,
    without_recipient,
)
from mss_tui.text import clean, clean_lines

ACCOUNT = Account(
    id="moi",
    address="jeanne.martin@medecin.mssante.fr",
    type=MailboxType.PER,
    policy=load_policy("generique"),
    imap=Endpoint("127.0.0.1", 143),
    smtp=Endpoint("127.0.0.1", 587),
    ca=Path("ca.pem"),
)


def person(address: str, name: str = "") -> Correspondent:
    return Correspondent(clean(name), clean(address))


def reading(**changes: object) -> Reading:
    row = Row(
        ref=MessageRef("moi", "INBOX", 1, 7),
        sender=person("anne@ch-port.mssante.fr", "Dr Anne LEFEBVRE"),
        to=(person("Jeanne.Martin@medecin.mssante.fr"), person("ssiad@parc.mssante.fr")),
        cc=(person("anne@ch-port.mssante.fr"), person("pharmacie@pont.mssante.fr")),
        subject=clean("CR de consultation"),
        date=datetime(2026, 11, 19, 22, 30, tzinfo=UTC),
        received=datetime(2026, 11, 19, 22, 31, tzinfo=UTC),
        size=1000,
        flags=frozenset(),
        message_id="<b@ch-port.mssante.fr>",
    )
    return Reading(
        row=replace(row, **changes),  # type: ignore[arg-type]
        headers=(),
        text=clean_lines("Bonjour,\n\nvoici."),
        attachments=(Attachment("2", clean("IHE_XDM.ZIP"), "application/zip", 900),),
        references=("<a@ch-port.mssante.fr>",),
    )


def test_a_reply_goes_to_the_sender_and_stays_in_the_thread() -> None:
    draft = reply(reading(), ACCOUNT)
    assert draft.to == ("anne@ch-port.mssante.fr",)
    assert draft.cc == ()
    assert draft.subject == "Re: CR de consultation"
    assert draft.in_reply_to == "<b@ch-port.mssante.fr>"
    assert draft.references == ("<a@ch-port.mssante.fr>", "<b@ch-port.mssante.fr>")
    assert "> voici." in draft.quoted
    assert draft.quoted.startswith("Le 19/11/2026 à 23:30, Dr Anne LEFEBVRE a écrit")
    assert draft.origin is Origin.REPLY


def test_reply_to_wins_over_the_sender() -> None:
    draft = reply(reading(reply_to=(person("secretariat@ch-port.mssante.fr"),)), ACCOUNT)
    assert draft.to == ("secretariat@ch-port.mssante.fr",)


def test_replying_to_all_leaves_oneself_out_and_names_nobody_twice() -> None:
    draft = reply(reading(), ACCOUNT, everyone=True)
    assert draft.to == ("anne@ch-port.mssante.fr",)
    assert draft.cc == ("ssiad@parc.mssante.fr", "pharmacie@pont.mssante.fr")


def test_an_answer_to_ones_own_message_goes_where_it_went() -> None:
    own = reading(sender=person(ACCOUNT.address), to=(person("ssiad@parc.mssante.fr"),))
    assert reply(own, ACCOUNT).to == ("ssiad@parc.mssante.fr",)


def test_marks_of_answers_do_not_pile_up_and_the_archive_marker_stays_behind() -> None:
    assert reply(reading(subject=clean("RE: Ré : Tr: avis")), ACCOUNT).subject == "Re: avis"
    answered = reading(subject=clean("XDM/1.0/DDM+Lettre VIAL Paul"), has_documents=True)
    assert reply(answered, ACCOUNT).subject == "Re: Lettre VIAL Paul"


def test_a_forward_takes_the_pieces_over_and_says_who_wrote() -> None:
    draft = forward(reading(), ACCOUNT)
    assert draft.to == ()
    assert [(a.section, a.name) for a in draft.attachments] == [("2", "IHE_XDM.ZIP")]  # type: ignore[union-attr]
    assert "De : Dr Anne LEFEBVRE <anne@ch-port.mssante.fr>" in draft.quoted
    assert draft.origin is Origin.FORWARD


@pytest.mark.parametrize(
    ("subject", "written", "name"),
    [
        ("XDM/1.0/DDM+CR VIAL Paul 26/11/1948", "Tr: CR VIAL Paul 26/11/1948", "CR VIAL Paul 26-11-1948.eml"),
        ("Re: Tr: Avis", "Tr: Avis", "Avis.eml"),
        ("", "Tr:", "message.eml"),
        ("../../etc/passwd", "Tr: ../../etc/passwd", "_-..-etc-passwd.eml"),
        ("x" * 500, f"Tr: {'x' * 500}", f"{'x' * 80}.eml"),
    ],
)
def test_a_message_forwarded_whole_is_one_piece_named_by_its_subject(subject: str, written: str, name: str) -> None:
    found = reading()
    draft = forward_whole(replace(found, row=replace(found.row, subject=clean(subject, 998))), ACCOUNT)
    (piece,) = draft.attachments
    assert isinstance(piece, RemotePart)
    assert (draft.subject, piece.name, piece.section, piece.type) == (written, name, "", "message/rfc822")
    assert piece.size == found.row.size
    assert draft.quoted == ""


def test_a_recipient_is_removed_wherever_it_stands() -> None:
    draft = replace(new_draft(ACCOUNT, to=["a@x.mssante.fr", "B@x.mssante.fr"]), bcc=("b@x.mssante.fr",))
    without = without_recipient(draft, "b@X.mssante.fr")
    assert without.to == ("a@x.mssante.fr",)
    assert without.bcc == ()


def test_a_signature_goes_under_what_is_begun_and_is_not_the_senders_words() -> None:
    begun = signed(new_draft(ACCOUNT), "Dr Jeanne MARTIN\nCabinet du Port")
    assert begun.body == "\n\n-- \nDr Jeanne MARTIN\nCabinet du Port\n"
    assert own_words(f"Bonjour.{begun.body}").strip() == "Bonjour."
    assert signed(new_draft(ACCOUNT, body="Écrit."), "x").body == "Écrit."
    assert signed(new_draft(ACCOUNT), "").body == ""
    assert "\x1b" not in signed(new_draft(ACCOUNT), "\x1b[31mx").body
