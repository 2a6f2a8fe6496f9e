"""`xdm handover` from a file and from a message; `xdm show --ocr`; the journal has both lines."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from tests.cli.conftest import Demo, run_in
from tests.cli.test_xdm_sending import SUBJECT, attached
from tests.support.scanned import scanned
from tests.support.xdm import n1, n3, xdm

LETTER = (Path(__file__).parent.parent / "documents" / "lettre.pdf").read_bytes()
LISTEN = "import sys; d=sys.stdin.buffer.read(); print(len(d), 'octets', len(sys.argv))"
OCR = "import sys; sys.stdin.buffer.read(); print('Courrier de Mme VIAL')"


def declared(demo: Demo, folder: Path) -> tuple[str, ...]:
    """Options of a run with two destinations and a recognition command."""
    printer, ocr = (json.dumps([sys.executable, "-c", source]) for source in (LISTEN, OCR))
    keys = (
        f'handover = [{{ name = "DPI", folder = "{folder}" }}, '
        f'{{ name = "Imprimante", command = {printer}, content = "pdf" }}]\nocr = {ocr}\n'
    )
    path = demo.changed("remises.toml", ("[profiles.demo]\n", f"[profiles.demo]\n{keys}"))
    return ("--config", str(path))


def test_a_file_and_a_piece_are_handed_over_and_the_journal_says_so(demo: Demo, tmp_path: Path) -> None:
    archive, dpi = tmp_path / "IHE_XDM.ZIP", tmp_path / "dpi"
    dpi.mkdir()
    archive.write_bytes(xdm(n1(LETTER), n3()))
    config = declared(demo, dpi)
    ran = run_in(demo.home, (*config, "xdm", "handover", str(archive), "--to", "dpi", "--json"))
    assert ran.code == 0, ran.err
    assert {key: ran.document[key] for key in ("to", "files", "said")} == {"to": "DPI", "files": 2, "said": ""}
    assert sorted(path.read_bytes() for path in dpi.iterdir()) == sorted([n1(LETTER), n3()])
    ran = run_in(demo.home, (*config, "xdm", "handover", str(archive), "--to", "Imprimante", "--document", "1"))
    assert ran.out == f"1 fichier(s) remis à Imprimante. {len(LETTER)} octets 1\n"

    written = ("--to", "jean.martin@medecin.demo.mssante.fr", "--subject", SUBJECT, "--body", "La lettre.")
    written += attached(tmp_path, xdm(n1()))
    asked = demo.run("check", "--json", *written).document["needs_confirmation"]
    confirmed = [word for rule in asked for word in ("--confirm", f"{rule}=essai")]
    assert demo.run("send", "--json", *written, *confirmed).code == 0
    messages = demo.run("inbox", "--json", "--read-only").document["messages"]
    ref = next(m["ref"] for m in messages if m["subject"] == SUBJECT)
    attachments = demo.run("read", "--json", "--read-only", ref).document["attachments"]
    part = next(a["part"] for a in attachments if a["name"] == "IHE_XDM.ZIP")
    before = len(list(dpi.iterdir()))
    ran = run_in(demo.home, (*config, "xdm", "handover", ref, part, "--to", "DPI", "--json"))
    assert ran.code == 0, ran.err
    assert len(list(dpi.iterdir())) == before + ran.document["files"]
    lines = run_in(demo.home, (*config, "journal", "--json", "--act", "document.handover")).document["entries"]
    assert {line["phase"] for line in lines} == {"intent", "done"}
    assert lines[-1]["details"]["to"] == "DPI"
    assert lines[-1]["details"]["part"] == part
    assert "VIAL" not in json.dumps(lines)


def test_what_cannot_be_handed_over_is_said(demo: Demo, tmp_path: Path) -> None:
    archive = tmp_path / "IHE_XDM.ZIP"
    archive.write_bytes(xdm(n3()))
    config = declared(demo, tmp_path / "absent")
    for to, words in (
        ("DPI", "Rien n'a été remis."),
        ("Imprimante", "ne contient pas de PDF"),
        ("fax", "Déclarées : DPI, Imprimante."),
    ):
        ran = run_in(demo.home, (*config, "xdm", "handover", str(archive), "--to", to))
        assert (ran.code, ran.out) == (2, "")
        assert words in ran.err


def test_images_are_read_where_a_command_is_declared(demo: Demo, tmp_path: Path) -> None:
    archive = tmp_path / "IHE_XDM.ZIP"
    archive.write_bytes(xdm(n1(scanned(LETTER))))
    ran = run_in(demo.home, (*declared(demo, tmp_path), "xdm", "show", str(archive), "--text", "--ocr"))
    assert ran.code == 0, ran.err
    assert "Courrier de Mme VIAL" in ran.out
    assert "il peut être faux" in ran.out
    ran = demo.run("xdm", "show", str(archive), "--text", "--ocr")
    assert (ran.code, "clé « ocr »" in ran.err) == (2, True)
