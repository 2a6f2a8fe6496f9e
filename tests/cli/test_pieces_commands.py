"""`attachment` and `signaler` on a message with honest and suspicious pieces."""

from __future__ import annotations

import imaplib
import ssl
import stat
from pathlib import Path

import pytest

from tests.cli.conftest import Demo
from tests.tui.test_pieces import PIECES, letter

SUSPICIOUS = {"resultat.pdf", "facture.pdf.exe", "dossier.zip", "macro.docm"}


@pytest.fixture(scope="module")
def ref(demo: Demo) -> str:
    """A message with every kind of piece, in a folder of its own."""
    context = ssl.create_default_context(cafile=demo.line["ca"])
    first = demo.line["accounts"][0]
    with imaplib.IMAP4_SSL(demo.line["imaps"]["host"], demo.line["imaps"]["port"], ssl_context=context) as imap:
        imap.login(first["address"], first["password"])
        imap.create("Pieces")
        imap.append("Pieces", "", '"02-Nov-2026 10:00:00 +0100"', letter(*PIECES))
    (message,) = demo.run("inbox", "--folder", "Pieces", "--json").document["messages"]
    return str(message["ref"])


def test_a_piece_as_text(demo: Demo, ref: str) -> None:
    for name, words in (("bilan.csv", "Sodium   140"), ("lettre.pdf", "Madame VIAL"), ("avis.eml", "l'intérieur")):
        part = str([piece[0] for piece in PIECES].index(name) + 2)
        ran = demo.run("attachment", ref, part, "--text", "--folder", "Pieces")
        assert (ran.code, ran.err) == (0, "")
        assert words in ran.out
        document = demo.run("attachment", ref, part, "--text", "--folder", "Pieces", "--json").document
        assert words in document["text"]
        assert (document["part"], document["name"]) == (part, name)


def test_all_pieces_but_the_suspicious_ones(demo: Demo, ref: str, tmp_path: Path) -> None:
    ran = demo.run("attachment", ref, "--all", "--save", str(tmp_path), "--folder", "Pieces", "--json")
    assert ran.code == 11
    assert {held["name"] for held in ran.document["held"]} == SUSPICIOUS
    assert all(held["reasons"] for held in ran.document["held"])
    assert {path.name for path in tmp_path.iterdir()} == {name for name, _, _ in PIECES} - SUSPICIOUS
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in tmp_path.iterdir())


def test_a_suspicious_piece_needs_a_confirmation(demo: Demo, ref: str, tmp_path: Path) -> None:
    part = str([piece[0] for piece in PIECES].index("resultat.pdf") + 2)
    call = ("attachment", ref, part, "--save", str(tmp_path), "--folder", "Pieces")
    ran = demo.run(*call)
    assert (ran.code, ran.out) == (11, "")
    assert "est un programme, malgré son nom" in ran.err
    assert list(tmp_path.iterdir()) == []
    assert demo.run(*call, "--confirm", "recu.pj-suspecte").code == 0
    assert (tmp_path / "resultat.pdf").read_bytes().startswith(b"MZ")


def test_reading_says_what_is_suspicious(demo: Demo, ref: str) -> None:
    verdicts = demo.run("read", ref, "--folder", "Pieces", "--json").document["verdicts"]
    named = {v["where"].partition(":")[2] for v in verdicts if v["rule"] == "recu.pj-suspecte"}
    assert named == SUSPICIOUS


def test_reporting(demo: Demo, ref: str, tmp_path: Path) -> None:
    document = demo.run("signaler", ref, "--folder", "Pieces", "--json").document
    assert document["operator"] == "SN-HdF"
    assert "0 970 201 301" in document["support"]
    assert document["address"] is None
    assert {header["name"] for header in document["headers"]} == {"from", "date", "content-type"}
    assert demo.run("signaler", ref, "--folder", "Pieces", "--save", str(tmp_path)).code == 0
    (saved,) = tmp_path.iterdir()
    assert "Pièces" not in saved.read_text()
    ran = demo.run("signaler", ref, "--folder", "Pieces", "--draft")
    assert ran.code == 2
    assert "l'original n'ira nulle part" in ran.err
