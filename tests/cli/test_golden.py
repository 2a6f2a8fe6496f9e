"""The documents of the contract, key by key. What differs from run to run is masked.

`MSS_GOLDEN=write pytest tests/cli/test_golden.py` writes them anew.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Demo

FOLDER = Path(__file__).parent / "golden"
OWN = "jean.martin@medecin.demo.mssante.fr"
SOPHIE = "sophie.petitjean@infirmier.demo.mssante.fr"

CASES: dict[str, tuple[int, tuple[str, ...]]] = {
    "inbox": (0, ("inbox", "--json", "--read-only")),
    "read": (0, ("read", "--json", "--read-only", "REF:1")),
    "attachment": (0, ("attachment", "--json", "REF:1", "2", "--save", "SAVE")),
    "check-blocked": (10, ("check", "--json", "--to", "jean@gmail.com", "--subject", "Bonjour", "--body", "Voir PJ.")),
    "check-ready": (0, ("check", "--json", "--to", SOPHIE, "--subject", "Pansement", "--body", "Merci pour tout.")),
    "annuaire-search": (0, ("annuaire", "search", "petitjean", "--json")),
    "annuaire-verify": (0, ("annuaire", "verify", SOPHIE, "personne@medecin.demo.mssante.fr", "--json")),
    "annuaire-stats": (0, ("annuaire", "stats", "--json")),
    "status": (0, ("status", "--json")),
    "journal": (0, ("journal", "--json", "--last", "2")),
    "journal-verify": (0, ("journal", "verify", "--json")),
    "config-show": (0, ("config", "show", "--json")),
    "config-validate": (0, ("config", "validate", "--json")),
    "profile-list": (0, ("profile", "list", "--json")),
}

_MASKS = (
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?[+-]\d\d:\d\d"), "MOMENT"),
    (re.compile(r"\b\d{9,10}(?=:\d)"), "VALIDITY"),
)


def _masked(text: str, demo: Demo, save: Path) -> str:
    for path, name in ((save, "SAVE"), (demo.config.parent, "OPERATOR"), (demo.home, "HOME")):
        text = text.replace(str(path), name)
    for server in ("imap", "imaps", "smtp", "sieve"):
        text = re.sub(rf"\b{demo.line[server]['port']}\b", "1", text)
    text = text.replace(demo.line["fhir"], "https://FHIR")
    for mask, name in _MASKS:
        text = mask.sub(name, text)
    return re.sub(r'("uidvalidity"|"lines"|"age_days"): \d+', r"\1: 0", text)


def _without_words(node: Any) -> Any:
    """Of verdicts the first, without its sentences, of settings the first three: both have tests of their own."""
    if isinstance(node, list):
        return [_without_words(inner) for inner in node]
    if not isinstance(node, dict):
        return node
    if "remedy" in node:
        node |= dict.fromkeys(("message", "remedy", "source"), "WORDS")
    for name, kept in (("verdicts", 1), ("settings", 3)):
        if name in node:
            node[name] = node[name][:kept]
    return {name: _without_words(inner) for name, inner in node.items()}


@pytest.fixture(scope="module")
def validity(demo: Demo) -> int:
    return int(demo.run("inbox", "--json", "--read-only").document["uidvalidity"])


@pytest.mark.parametrize("name", CASES)
def test_a_document_is_as_the_contract_says(name: str, demo: Demo, validity: int, tmp_path: Path) -> None:
    code, arguments = CASES[name]
    given = [word.replace("REF", str(validity)).replace("SAVE", str(tmp_path)) for word in arguments]
    ran = demo.run(*given)
    assert ran.code == code, ran.err
    assert ran.document["schema"] == 1
    shown = json.dumps(_without_words(ran.document), ensure_ascii=False, indent=1) + "\n"
    _compare(FOLDER / f"{name}.json", _masked(shown, demo, tmp_path))


def _compare(golden: Path, found: str) -> None:
    if os.environ.get("MSS_GOLDEN") == "write":
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(found)
    assert found == golden.read_text()


def _sent(demo: Demo, *arguments: str, **options: Any) -> Any:
    ran = demo.run("send", "--json", *arguments, **options)
    assert ran.code == 0, ran.err
    return ran.document


def test_a_message_is_sent_once_and_its_copy_filed(demo: Demo) -> None:
    document = _sent(demo, "--to", SOPHIE, "--subject", "Pansement Mme MOREAU", "--body", "Merci pour tout.")
    assert document["sendable"] is True
    assert document["needs_confirmation"] == []
    assert document["state"] == "accepted"
    assert document["sent_copy"] == "stored"
    assert [(who["address"], who["code"]) for who in document["recipients"]] == [(SOPHIE, 250)]
    assert re.fullmatch(r"<[^<>\s]+@medecin\.demo\.mssante\.fr>", document["message_id"])
    filed = demo.run("inbox", "--json", "--folder", "Envoyés").document
    assert filed["messages"][0]["subject"] == "Pansement Mme MOREAU"
    assert filed["messages"][0]["due"] is None
    lines = demo.run("journal", "--json", "--last", "2").document["entries"]
    assert [(line["act"], line["phase"]) for line in lines] == [("send", "intent"), ("send", "done")]


LETTER = f"""From: {OWN}
To: {SOPHIE}
Subject: =?utf-8?q?Pansement_effectu=C3=A9?=
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: text/plain; charset=utf-8

Merci pour tout.
--b
Content-Type: application/pdf; name=lettre.pdf
Content-Disposition: attachment; filename=lettre.pdf
Content-Transfer-Encoding: base64

JVBERi0xLjQKAP8=
--b--
"""


@pytest.mark.parametrize("how", ["file", "stdin"])
def test_a_message_file_is_sent_with_its_pieces_byte_for_byte(demo: Demo, tmp_path: Path, how: str) -> None:
    (tmp_path / "m.eml").write_text(LETTER)
    confirm = (
        "--confirm",
        "pj.patient-discordant=relu",
        "--confirm",
        "pj.xdm-un-patient",
        "--confirm",
        "pj.masque=oui",
    )
    document = _sent(demo, *confirm, str(tmp_path / "m.eml")) if how == "file" else _sent(demo, *confirm, input=LETTER)
    assert document["state"] == "accepted"
    filed = demo.run("inbox", "--json", "--folder", "Envoyés", "--limit", "1").document
    newest = filed["messages"][0]
    assert newest["subject"] == "Pansement effectué"
    saved = demo.run(
        "attachment", newest["ref"], "2", "--folder", "Envoyés", "--save", str(tmp_path), "--json"
    ).document
    assert (saved["name"], Path(saved["path"]).read_bytes()) == ("lettre.pdf", b"%PDF-1.4\n\x00\xff")
    assert Path(saved["path"]).stat().st_mode & 0o777 == 0o600


def test_what_was_not_confirmed_does_not_leave(demo: Demo) -> None:
    arguments = ("--to", SOPHIE, "--subject", "", "--body", "Merci pour tout.")
    ran = demo.run("send", "--json", *arguments)
    assert ran.code == 11
    assert ran.document["needs_confirmation"] == ["objet.absent"]
    assert (ran.document["state"], ran.document["recipients"]) == ("draft", [])
    assert "--confirm RÈGLE=MOTIF" in ran.err
    assert _sent(demo, *arguments, "--confirm", "objet.absent=convenu par téléphone")["state"] == "accepted"
    intent = demo.run("journal", "--json", "--last", "2").document["entries"][0]
    assert intent["details"]["confirm:objet.absent"] == "convenu par téléphone"


def test_a_block_cannot_be_confirmed_away(demo: Demo) -> None:
    ran = demo.run(
        "send", "--json", "--to", "jean@gmail.com", "--subject", "Avis", "--confirm", "destinataire.hors-espace=si"
    )
    assert (ran.code, ran.document["sendable"], ran.document["state"]) == (10, False, "draft")


def test_explain_shows_every_rule_with_its_source(demo: Demo) -> None:
    arguments = ("check", "--to", SOPHIE, "--subject", "Pansement", "--body", "Merci pour tout.", "--explain")
    document = demo.run(*arguments, "--json").document
    assert {"satisfied", "not_applicable"} <= {verdict["state"] for verdict in document["verdicts"]}
    assert all(verdict["source"] for verdict in document["verdicts"])
    assert "Source : " in demo.run(*arguments).out


def test_reading_marks_a_message_read_unless_it_is_read_only(demo: Demo, validity: int) -> None:
    def flags() -> list[str]:
        messages = demo.run("inbox", "--json", "--read-only").document["messages"]
        return next(m["flags"] for m in messages if m["ref"] == f"{validity}:3")

    assert demo.run("read", "--read-only", f"{validity}:3").code == 0
    assert "\\Seen" not in flags()
    assert demo.run("read", f"{validity}:3").code == 0
    assert "\\Seen" in flags()


def test_no_control_byte_leaves_the_program(demo: Demo, validity: int) -> None:
    for arguments in (("inbox",), ("inbox", "--json"), ("read", f"{validity}:3"), ("read", "--json", f"{validity}:3")):
        ran = demo.run(*arguments, "--read-only")
        assert ran.code == 0
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", ran.out + ran.err)


def test_a_message_in_a_file_is_read_without_any_configuration(run: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "m.eml").write_text(LETTER.replace(OWN, "jean@gmail.com"))
    document = run("read", "--file", str(tmp_path / "m.eml"), "--json").document
    assert (document["ref"], document["text"]) == (None, "Merci pour tout.")
    assert [a["name"] for a in document["attachments"]] == ["lettre.pdf"]
    assert "recu.hors-espace" in [verdict["rule"] for verdict in document["verdicts"]]


def test_a_batch_gives_one_line_of_labels_a_message(run: Callable[..., Any], tmp_path: Path) -> None:
    lines = [
        {"id": "a", "subject": "", "body": "", "attachments": []},
        {"id": "b", "subject": "Pansement Mme MOREAU", "body": "Fait ce matin.", "attachments": ["photo.jpg"]},
    ]
    (tmp_path / "lot.jsonl").write_text("\n".join(map(json.dumps, lines)))
    ran = run("check", "--batch", str(tmp_path / "lot.jsonl"))
    assert [json.loads(line) for line in ran.out.splitlines()] == [
        {"id": "a", "labels": ["contenu.vide", "objet.absent"]},
        {"id": "b", "labels": []},
    ]
    assert run("check", "--batch", "-", input='{"id": 1}').code == 2


def test_nagios_gets_one_line_and_its_code(demo: Demo) -> None:
    ran = demo.run("status", "--nagios")
    assert ran.out.startswith(("MSS OK - ", "MSS UNKNOWN - "))
    assert (ran.code, ran.out.count("\n")) == (0 if "OK" in ran.out else 3, 1)
    broken = demo.run("--profile", "nul", "status", "--nagios")
    assert (broken.code, broken.out.startswith("MSS UNKNOWN - Le profil « nul »")) == (3, True)
