"""Texts as they are read: encodings, charsets, flowed paragraphs, calendars, files inside, the quoted thread."""

from __future__ import annotations

import binascii
import quopri
from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mss_tui.mime.body import text_job, view_of
from mss_tui.mime.charset import codec_of, decode
from mss_tui.mime.flowed import unflow
from mss_tui.mime.inline import name_inline_files
from mss_tui.mime.quote import quoted_from
from mss_tui.mime.transfer import decode_transfer, from_base64, from_uuencode
from tests.mime.test_header import clean_line

ENCODINGS = ("base64", "quoted-printable", "x-uuencode", "8bit", "7bit", "binary", "", "base65", '"Base64"')
CHARSETS = ("", "utf-8", "iso-8859-1", "us-ascii", "utf-7", "utf-16", "gb2312", "iso-2022-jp", "hz", "punycode", "x")


@given(st.binary(max_size=300), st.sampled_from(ENCODINGS), st.sampled_from(CHARSETS), st.booleans())
def test_any_octets_become_harmless_lines(data: bytes, encoding: str, charset: str, flowed: bool) -> None:
    options = {"encoding": encoding, "charset": charset, "flowed": int(flowed), "delsp": 1}
    for kind in ("text/plain", "text/calendar"):
        view = text_job(data, {"type": kind, **options})
        assert all(map(clean_line, view.text.split("\n")))


@given(st.binary(max_size=300))
def test_base64_comes_back_whatever_stands_between(data: bytes) -> None:
    noisy = b"\r\n!".join(b64encode(data)[i : i + 7] for i in range(0, len(data) * 2, 7))
    assert from_base64(noisy) == data
    assert from_base64(b64encode(data) + b64encode(data)) == data + data


@given(st.binary(max_size=300))
def test_other_encodings_come_back(data: bytes) -> None:
    assert decode_transfer(quopri.encodestring(data), "Quoted-Printable").rstrip(b"\n") == data.rstrip(b"\n")
    lines = (binascii.b2a_uu(data[i : i + 45]) for i in range(0, len(data), 45))
    assert from_uuencode(b"begin 644 x\n" + b"".join(lines) + b"`\nend\n") == data


def test_encodings_broken_and_cut() -> None:
    assert from_base64(b"w6") == b"\xc3"
    assert from_base64(b"w6nDq") == "é".encode() + b"\xc3"
    assert from_base64(b"=====") == b""
    assert decode_transfer(b"a=ZZb=C3=", "quoted-printable") == b"a=ZZb\xc3"
    assert from_uuencode(b"begin 644 x\n#86)C\n#8\nend") == b"abc`\x00\x00"


@pytest.mark.parametrize(
    "name", ["punycode", "idna", "unicode_escape", "zlib_codec", "rot13", "raw-unicode-escape", "mbcs", "hex"]
)
def test_dangerous_codecs_cannot_be_chosen(name: str) -> None:
    assert codec_of(name) is None


@pytest.mark.parametrize(
    "name", ["ISO_8859-1:1987", "Windows-1252", "cp1252", "latin1", "l1", "x-ansi", '"iso-8859-1"']
)
def test_names_of_latin_1_are_known(name: str) -> None:
    assert decode(b"\xe9 \x80", name) == "é €"


def test_charsets_that_lie_are_guessed() -> None:
    assert decode("é à ü".encode(), "us-ascii") == "é à ü"
    assert decode(b"\xe9t\xe9 \xe0", "utf-8") == "été à"
    assert decode("été à l'hôpital".encode() + b"\xff", "utf-8") == "été à l'hôpital\ufffd"
    assert decode(b"\xa4", "iso-8859-15") == "€"
    assert decode(b"abc", "utf-16") != ""


def test_an_unknown_charset_is_said() -> None:
    view = text_job("café".encode(), {"charset": "klingon\x1b"})
    assert view.text == "café"
    assert str(view.notes[0]) == "Jeu de caractères inconnu « klingon␛ » : deviné."


def test_a_text_that_was_cut_says_so() -> None:
    assert "incomplet" in str(text_job(b"a" * 3_000_000, {}).notes[0])


def test_flowed_paragraphs_are_one_line() -> None:
    text = "Un \ndeux \ntrois\n> cité \n> suite\n>> plus\n From\n-- \nsignature \nfin"
    assert unflow(text) == "Un deux trois\n> cité suite\n>> plus\nFrom\n-- \nsignature fin"
    assert unflow("mot \nsuite", delsp=True) == "motsuite"


def test_files_in_the_text_are_named() -> None:
    text = "Avant\nbegin 644 r\x1b.jpg\n#86)C\n`\nend\nAprès\n=ybegin line=128 size=3 name=b.bin\nxx\n=yend size=3\nFin"
    shown, notes = name_inline_files(text)
    named = [f"[fichier écrit dans le texte : {name}]" for name in ("r␛.jpg", "b.bin")]
    assert shown.split("\n") == ["Avant", named[0], "Après", named[1], "Fin"]
    assert len(notes) == 2


def test_words_that_look_like_a_file_stay() -> None:
    text = "begin 644 patients\nle reste du texte\nsans fin\nend of it? no"
    assert name_inline_files("begin 644 patients\nsans fin\n")[0] == "begin 644 patients\nsans fin\n"
    assert name_inline_files(text.replace("\nend of", "\nEnd of"))[0] == text.replace("\nend of", "\nEnd of")


INVITATION = b"""BEGIN:VCALENDAR\r
METHOD:REQUEST\r
BEGIN:VTIMEZONE\r
BEGIN:STANDARD\r
DTSTART:19701025T030000\r
END:STANDARD\r
END:VTIMEZONE\r
BEGIN:VEVENT\r
DTSTART;TZID=Europe/Paris:20261201T093000\r
DTEND:20261201T100000Z\r
SUMMARY:RCP thoracique\\, salle 2\r
ORGANIZER;CN="Dr Anne Petit":MAILTO:anne@b.fr\r
ATTENDEE;CN=x@y.fr:mailto:x@y.fr\r
DESCRIPTION:Premi\xc3\xa8re ligne\\nseconde \r
 ligne\r
BEGIN:VALARM\r
DESCRIPTION:Rappel\r
END:VALARM\r
END:VEVENT\r
END:VCALENDAR\r
"""


def test_an_invitation_is_told_in_french() -> None:
    view = text_job(INVITATION, {"type": "text/calendar", "charset": "utf-8"})
    assert view.text.split("\n") == [
        "Invitation",
        "Objet : RCP thoracique, salle 2",
        "Début : 01/12/2026 09:30 (Europe/Paris)",
        "Fin : 01/12/2026 11:00 (heure de Paris)",
        "Organisateur : Dr Anne Petit <anne@b.fr>",
        "Participant : x@y.fr",
        "Description : Première ligne",
        "seconde ligne",
    ]


def test_a_calendar_that_is_none_is_shown_as_it_is() -> None:
    assert text_job(b"BEGIN:VCALENDAR\nrien", {"type": "text/calendar"}).text == "BEGIN:VCALENDAR\nrien"


THREADS = {
    "Gmail": "Oui.\n\nLe lun. 3 févr. 2026 à 10:12, Jean <j@x.fr> a écrit :\n\n> Question ?\n> Bien",
    "Gmail wrapped": "Oui.\n\nLe lun. 3 févr. 2026 à 10:12, Jean Martin <\njean.martin@b.fr> a écrit :\n> Question ?",
    "English": "Yes.\n\nOn Mon, Feb 3, 2026 at 10:12 AM Jean <j@x.fr> wrote:\n\n> Question?",
    "Outlook": "Oui.\n\n-----Message d'origine-----\nDe : Jean\nEnvoyé : lundi\nÀ : Anne\nObjet : x\n\nQuestion ?",
    "Outlook block": "Oui.\n\nDe : Jean <j@x.fr>\nEnvoyé : lundi 3 février 2026\nÀ : Anne\nObjet : x\n\nEh ?",
    "Outlook bold": "Yes.\n\n*From:* Jean <j@x.fr>\n*Sent:* Monday\n*To:* Anne\n*Subject:* x\n\nQuestion?",
    "underscores": "Oui.\n\n____________________________\nDe : Jean <j@x.fr>\nEnvoyé : lundi\nObjet : x\n\nQuestion ?",
    "Apple": "Oui.\n\nDébut du message réexpédié :\n\nDe: Jean\nObjet: x\n\nQuestion",
    "prefix": "Oui.\n\n> Question ?\n> Autre",
    "signature": "Oui.\n\nLe 3 février 2026, Jean a écrit :\n> Question ?\n\n-- \nDr Anne Petit\nCabinet",
    "below a signature": "Oui.\n-- \nDr Petit\n\nLe 3 février 2026, Jean a écrit :\n> Question ?",
    "no prefix": "Oui.\n\nLe lun. 3 févr. 2026 à 10:12, Jean <j@x.fr> a écrit :\n\nQuestion ?\nBien à vous",
}


@pytest.mark.parametrize("name", THREADS)
def test_the_quoted_thread_begins_at_its_mark(name: str) -> None:
    lines = THREADS[name].split("\n")
    found = quoted_from(lines)
    assert found is not None
    assert [line for line in lines[:found] if line.strip("_ ") and line not in ("-- ", "Dr Petit")] == [lines[0]]


@pytest.mark.parametrize(
    "text",
    [
        "Le 3 février, Jean a écrit :\n> Question ?\nMa réponse dessous.",
        "> Question ?\nRéponse\n> Autre ?\nAutre réponse",
        "> tout est cité\n> ici",
        "-------- Message transféré --------\nDe : Jean\nSujet : x\n\nVoici",
        "Le patient a écrit :\nJe n'ai plus mal.\nÀ revoir dans un mois.",
        "De : la part du service\nBonjour",
        "Pas de citation.",
        "",
    ],
)
def test_what_the_sender_wrote_is_never_folded(text: str) -> None:
    assert quoted_from(text.split("\n")) is None


@given(st.lists(st.sampled_from([*"\n".join(THREADS.values()).split("\n"), "> a", ">", "a", "-- ", "--"]), max_size=30))
def test_what_is_folded_holds_no_answer(lines: list[str]) -> None:
    found = quoted_from(lines)
    if found is not None and lines[found].startswith(">"):
        rest = [line for line in lines[found:] if line.strip()]
        after = next((i for i, line in enumerate(rest) if not line.startswith(">")), len(rest))
        assert after == len(rest) or rest[after].rstrip() == "--"


def test_a_long_text_of_marks_is_read_in_bounded_steps() -> None:
    """A quadratic reader needs minutes for these."""
    for line in (
        "> a\nb",
        ">",
        "Le 3 févr. 2026",
        "De : x\nÀ : y",
        "-- ",
        "begin 644 x",
        "On x wrote",
        "\n",
        "a\u0301" * 9,
    ):
        view_of(f"{line}\n" * 100_000)
        text_job(f"{line}\n".encode() * 100_000, {"type": "text/calendar", "flowed": 1})
        text_job(f"{line} \n".encode() * 100_000, {"flowed": 1})
