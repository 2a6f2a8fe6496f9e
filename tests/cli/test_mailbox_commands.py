"""The commands on the life of a mailbox, as scripts run them: TDCS, claims, keeping, handover, absence, help."""

from __future__ import annotations

import csv
import io
import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Demo
from tests.support.xdm import laboratory, n3, xdm


def refs(demo: Demo) -> dict[str, str]:
    """References by subject, of what is in the inbox."""
    found = demo.run("inbox", "--json", "--read-only").document["messages"]
    return {message["subject"]: message["ref"] for message in found}


def message(demo: Demo, ref: str, folder: str = "INBOX") -> dict[str, Any]:
    ran = demo.run("inbox", "--json", "--read-only", "--folder", folder)
    found: dict[str, Any] = next(m for m in ran.document["messages"] if m["ref"] == ref)
    return found


LETTER, QUESTION = "Lettre - VIAL Paul", "Question sur l'ordonnance"


def test_bulk_handling_and_its_undo(demo: Demo) -> None:
    both = [refs(demo)[LETTER], refs(demo)[QUESTION]]
    ran = demo.run("traiter", "--json", *both)
    assert ran.code == 0, ran.err
    assert [m["ref"] for m in ran.document["messages"]] == both
    assert all("$MssTraite" in m["flags"] for m in ran.document["messages"])
    assert {message(demo, ref)["handling"] for ref in both} == {"done"}
    assert demo.run("annuler").code == 0
    assert {message(demo, ref)["handling"] for ref in both} == {"to_do"}
    again = demo.run("annuler")
    assert (again.code, again.out) == (2, "")
    assert "rien à annuler" in again.err


def test_references_come_from_standard_input(demo: Demo) -> None:
    one = refs(demo)[LETTER]
    ran = demo.run("lu", "--json", "-", input=f"{one}\n{one}\n")
    assert ran.code == 0
    assert "\\Seen" in message(demo, one)["flags"]
    assert demo.run("nonlu", one).code == 0
    assert "\\Seen" not in message(demo, one)["flags"]


def test_delegated_to_a_name_goes_to_the_journal(demo: Demo) -> None:
    one = refs(demo)[LETTER]
    assert demo.run("deleguer", one, "--a", "Secrétariat").code == 0
    assert message(demo, one)["handling"] == "delegated"
    (line,) = demo.run("journal", "--json", "--act", "handling.delegated", "--phase", "done").document["entries"]
    assert line["details"]["to"] == "Secrétariat"
    assert demo.run("a-traiter", one).code == 0


def test_delegated_to_an_address_is_forwarded_or_not_marked(demo: Demo) -> None:
    one = refs(demo)[LETTER]
    ran = demo.run("deleguer", one, "--a", "jean@gmail.com")
    assert ran.code == 10
    assert "hors de l'espace de confiance" in ran.err
    assert message(demo, one)["handling"] == "to_do"


def test_filed_then_put_back(demo: Demo) -> None:
    one = refs(demo)[QUESTION]
    ran = demo.run("classer", one, "--dans", "Archives", "--json")
    assert ran.code == 0, ran.err
    assert ran.document["messages"][0]["gone"]
    assert QUESTION not in refs(demo)
    assert demo.run("annuler").code == 0
    assert QUESTION in refs(demo)
    assert demo.run("a-traiter", refs(demo)[QUESTION]).code == 0


def test_deleted_to_the_trash_and_for_good_only_when_that_is_said(demo: Demo) -> None:
    one = refs(demo)[QUESTION]
    assert demo.run("supprimer", one).code == 0
    trash = demo.run("inbox", "--json", "--read-only", "--folder", "Corbeille").document["messages"]
    (there,) = [m["ref"] for m in trash if m["subject"] == QUESTION]
    ran = demo.run("supprimer", there, "--folder", "Corbeille")
    assert ran.code == 2
    assert "--definitif" in ran.err
    assert demo.run("annuler").code == 0
    assert QUESTION in refs(demo)


def test_taken_given_back_passed_on(demo: Demo) -> None:
    one = refs(demo)[LETTER]
    assert demo.run("prendre", one, "--json").code == 0
    (mine,) = message(demo, one)["taken_by"]
    assert demo.run("rendre", one).code == 0
    nobody = demo.run("rendre", one)
    assert nobody.code == 12
    assert demo.run("passer", one, "--a", "Anne LEFEBVRE").code == 0
    (theirs,) = message(demo, one)["taken_by"]
    assert theirs != mine
    lost = demo.run("prendre", one)
    assert lost.code == 12
    assert "déjà pris" in lost.err
    assert demo.run("prendre", one, "--reprendre").code == 0
    assert message(demo, one)["taken_by"] == [mine]
    assert demo.run("rendre", one).code == 0


def test_of_several_those_that_can_be_are_taken(demo: Demo) -> None:
    both = refs(demo)
    assert demo.run("passer", both[LETTER], "--a", "Anne LEFEBVRE").code == 0
    ran = demo.run("prendre", "--json", both[LETTER], both[QUESTION])
    assert ran.code == 12
    assert [m["ref"] for m in ran.document["messages"]] == [both[QUESTION]]
    assert demo.run("rendre", both[QUESTION]).code == 0
    assert demo.run("prendre", both[LETTER], "--reprendre").code == 0
    assert demo.run("rendre", both[LETTER]).code == 0


def test_a_critical_result_is_acknowledged_where_there_is_a_document(demo: Demo, tmp_path: Path) -> None:
    archive = tmp_path / "IHE_XDM.ZIP"
    archive.write_bytes(xdm(n3(laboratory())))
    kept = ("send", "--draft", "--subject", "CR biologie", "--body", "Bonjour.", "--attach", str(archive))
    assert demo.run(*kept).code == 0
    found = demo.run("inbox", "--json", "--folder", "Brouillons").document["messages"]
    one = next(m["ref"] for m in found if m["subject"] == "CR biologie")
    ran = demo.run("acquitter", one, "--folder", "Brouillons", "--json")
    assert "$MssCritiqueVu" in ran.document["messages"][0]["flags"]
    assert demo.run("annuler").code == 0
    assert demo.run("supprimer", one, "--folder", "Brouillons").code == 0


def test_a_message_without_documents_has_no_result_to_acknowledge(demo: Demo) -> None:
    one = refs(demo)[LETTER]
    ran = demo.run("acquitter", one)
    assert (ran.code, ran.out) == (2, "")
    assert "Aucun résultat" in ran.err
    assert "$MssCritiqueVu" not in message(demo, one)["flags"]


def test_only_a_draft_is_validated(demo: Demo) -> None:
    ran = demo.run("valider", refs(demo)[LETTER])
    assert ran.code == 2
    assert "brouillon" in ran.err


def test_saved_outside_with_its_piece(demo: Demo, tmp_path: Path) -> None:
    ran = demo.run("enregistrer", refs(demo)[LETTER], "--vers", str(tmp_path), "--json")
    (saved,) = ran.document["saved"]
    assert [Path(path).name for path in saved["paths"]][1] == "lettre VIAL.pdf"
    assert all(Path(path).exists() for path in saved["paths"])
    assert demo.run("enregistrer", refs(demo)[LETTER]).code == 2
    assert demo.run("enregistrer", "--vers", str(tmp_path)).code == 2
    soon = demo.run("enregistrer", "--sous", "90", "--vers", str(tmp_path), "--json")
    assert len(soon.document["saved"]) == 3


def test_what_may_be_cleared_is_only_shown(demo: Demo) -> None:
    before = refs(demo)
    ran = demo.run("menage", "--json")
    assert ran.code == 0
    assert len(ran.document["largest"]) == 3
    assert ran.document["duplicates"] == []
    assert refs(demo) == before


def test_the_handover_for_a_script_and_for_paper(demo: Demo) -> None:
    ran = demo.run("releve", "laisser", "--note", "Rappeler le labo", "--json")
    assert ran.document["left"]["note"] == "Rappeler le labo"
    shown = demo.run("releve", "show", "--json")
    assert shown.code in (0, 30)
    assert shown.document["to_do"] == len(shown.document["messages"]) == 3
    assert shown.document["left"]["by"] == "Dr Jean MARTIN"
    paper = demo.run("releve", "show")
    assert "Rappeler le labo" in paper.out
    assert max(map(len, paper.out.splitlines())) <= 100
    assert demo.run("releve", "accepter", "--json").document["left"]["accepted_by"] == "Dr Jean MARTIN"
    assert demo.run("releve", "accepter").code == 2


def test_the_absence_on_and_off(demo: Demo) -> None:
    dry = demo.run("absence", "on", "--until", "2099-01-03", "--dry-run", "--json")
    assert "03/01/2099" in dry.document["text"]
    ran = demo.run("absence", "on", "--until", "2099-01-03", "--contact", "Dr Anne LEFEBVRE", "--json")
    assert ran.code == 0, ran.err
    assert (ran.document["on"], ran.document["until"]) == (True, "2099-01-03")
    status = demo.run("status", "--json").document["accounts"][0]
    assert status["absence"] == {"on": True, "from": None, "until": "2099-01-03"}
    assert demo.run("absence", "off", "--json").document["on"] is False
    assert demo.run("absence", "show", "--json").document["on"] is False
    wrong = demo.run("absence", "on", "--until", "2001-01-01")
    assert wrong.code == 2


def test_where_there_is_no_managesieve_a_reminder_is_kept(demo: Demo) -> None:
    text = demo.config.read_text()
    sieve = next(line for line in text.splitlines() if line.startswith("sieve = "))
    config = demo.changed("sans-sieve.toml", (sieve, ""))
    ran = demo.run("--config", str(config), "absence", "on", "--until", "2099-01-03", "--json")
    assert (ran.code, ran.document["possible"], ran.document["reminder"]["until"]) == (30, False, "2099-01-03")
    assert "ManageSieve" in ran.err


def test_nothing_changes_in_reading_only(demo: Demo) -> None:
    one = refs(demo)[LETTER]
    before = message(demo, one)["flags"]
    for command in (
        ("traiter", one), ("supprimer", one), ("prendre", one), ("acquitter", one), ("absence", "off"),
        ("releve", "laisser"), ("lu", one), ("annuler",),
    ):  # fmt: skip
        ran = demo.run(*command, "--read-only")
        assert ran.code == 2, command
        assert "lecture seule" in ran.err
    assert message(demo, one)["flags"] == before


def test_a_reference_that_is_none_or_gone_is_said(demo: Demo) -> None:
    validity = refs(demo)[LETTER].partition(":")[0]
    for ref in ("x", "1:2", f"{validity}:999"):
        ran = demo.run("traiter", ref)
        assert ran.code == 2, ref
        assert ran.out == ""


def test_the_journal_filtered_as_csv_and_verified(demo: Demo, tmp_path: Path) -> None:
    assert demo.run("lu", refs(demo)[LETTER]).code == 0
    ran = demo.run("journal", "--csv", "--act", "read", "--qui", "martin", "--phase", "done")
    rows = list(csv.reader(io.StringIO(ran.out), delimiter=";"))
    assert rows[0] == ["at", "actor", "proof", "mailbox", "act", "phase", "details"]
    assert {row[5] for row in rows[1:]} == {"done"}
    assert demo.run("journal", "--json", "--since", "2099-01-01").document["entries"] == []
    assert demo.run("journal", "--json", "--qui", "personne").document["entries"] == []
    found = demo.run("journal", "verify", "--json")
    assert (found.code, found.document["ok"]) == (0, True)
    anchors = tmp_path / "ancres"
    anchors.write_text("mss-tui-journal chain=" + "0" * 64 + " lines=3 hash=" + "1" * 64 + "\n")
    found = demo.run("journal", "verify", "--json", "--anchors", str(anchors))
    assert (found.code, found.document["missed"]) == (30, 1)
    assert demo.run("journal", "anchor").code == 2


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("aide",), "Les six règles d'or"),
        (("aide", "cycle.72h"), "TDCS"),
        (("support",), "0 970 201 301"),
        (("carte", "arrivee", "--nom", "Anne LEFEBVRE", "--le", "2026-12-01"), "01/12/2026"),
        (("carte", "depart"), "DÉPART D'UN UTILISATEUR"),
    ],
)
def test_help_cards_and_support(demo: Demo, arguments: tuple[str, ...], words: str) -> None:
    ran = demo.run(*arguments)
    assert ran.code == 0, ran.err
    assert words in ran.out
    assert json.loads(demo.run(*arguments, "--json").out)["schema"] == 1


def test_what_is_left_to_do_before_leaving(demo: Demo) -> None:
    ran = demo.run("depart", "--json")
    assert ran.code == 30
    assert {step["done"] for step in ran.document["steps"]} <= {True, False, None}
    assert demo.run("aide", "zzzz").code == 2


def test_an_organisational_mailbox_sends_only_when_it_is_said_who_acts(demo: Demo) -> None:
    config = demo.changed(
        "service.toml",
        ('person = { name = "Jean MARTIN", title = "Dr"', 'person = { service = true, name = "Cabinet", title = ""'),
    )
    lines = config.read_text().splitlines()
    shared = next(line.split('"')[1] for line, kind in pairwise(lines) if kind == 'type = "ORG"')
    draft = ("--account", shared, "--to", "sophie.petitjean@infirmier.demo.mssante.fr", "--subject", "Pansement")
    arguments = ("--config", str(config), "check", "--json", *draft, "--body", "Merci pour tout.")
    ran = demo.run(*arguments)
    assert ran.code == 10
    assert "bal.org-tracabilite" in [v["rule"] for v in ran.document["verdicts"] if v["state"] == "violated"]
    ran = demo.run(*arguments, "--qui-agit", "Anne LEFEBVRE")
    assert "bal.org-tracabilite" not in [v["rule"] for v in ran.document["verdicts"]]
    assert ran.code == 0
    assert demo.run("--config", str(config), "--account", shared, "inbox", "--json").code == 0


def test_what_is_overdue_is_asked_of_the_server(demo: Demo) -> None:
    assert demo.run("status", "--refresh", "--json").code in (0, 30)
    facts = next(demo.home.rglob("facts.json"))
    kept = facts.read_text()
    known = json.loads(kept)
    for account in known["accounts"].values():
        account["baseline"] = "2026-10-01T00:00:00+00:00"
    facts.write_text(json.dumps(known))
    ran = demo.run("status", "--overdue", "--refresh", "--json")
    first = ran.document["accounts"][0]
    assert (ran.code, first["overdue"]) == (30, len(first["messages"]))
    assert {m["subject"] for m in first["messages"]} >= {LETTER, QUESTION}
    assert all(m["due"] for m in first["messages"])
    facts.write_text(kept)


def test_delegated_to_a_colleague_by_address_is_forwarded_then_marked(demo: Demo) -> None:
    one = refs(demo)[LETTER]
    sophie = "sophie.petitjean@infirmier.demo.mssante.fr"
    asked = demo.run("check", "--json", "--forward", one, "--to", sophie, "--body", "Pour suite.").document
    reasons = [word for rule in asked["needs_confirmation"] for word in ("--confirm", f"{rule}=utile aux soins")]
    ran = demo.run("deleguer", one, "--a", sophie, "--texte", "Pour suite.", "--json", *reasons)
    assert ran.code == 0, ran.err
    assert "$MssDelegue" in ran.document["messages"][0]["flags"]
    sent = demo.run("inbox", "--json", "--read-only", "--folder", "Envoyés").document["messages"]
    assert [m["subject"] for m in sent if m["to"][0]["address"] == sophie] == [f"Tr: {LETTER}"]
    assert demo.run("a-traiter", one).code == 0
