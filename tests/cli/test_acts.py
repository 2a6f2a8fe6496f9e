"""Acts on messages from the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.cli.conftest import Demo

SOPHIE = "sophie.petitjean@infirmier.demo.mssante.fr"


def _inbox(demo: Demo, *more: str) -> dict[str, dict[str, Any]]:
    messages = demo.run("inbox", "--json", "--read-only", *more).document["messages"]
    return {message["subject"]: message for message in messages}


LETTER, QUESTION = "Lettre - VIAL Paul", "Question sur l'ordonnance"


def test_followed_is_a_flag_and_can_be_taken_back(demo: Demo) -> None:
    ref = _inbox(demo)[LETTER]["ref"]
    assert demo.run("suivi", ref, "--json").document["messages"][0]["flags"] == ["\\Flagged"]
    assert demo.run("annuler").code == 0
    assert _inbox(demo)[LETTER]["flags"] == []
    assert demo.run("suivi", ref).code == 0
    assert demo.run("nonsuivi", ref).code == 0
    assert _inbox(demo)[LETTER]["flags"] == []


def test_only_what_is_looked_for_is_listed(demo: Demo) -> None:
    assert list(_inbox(demo, "--search", "ordonnance")) == [QUESTION]
    demo.run("read", _inbox(demo)[LETTER]["ref"])
    assert LETTER not in _inbox(demo, "--unseen")
    assert LETTER not in _inbox(demo, "--limit", "1")


def test_nothing_is_changed_in_read_only_mode(demo: Demo) -> None:
    message = _inbox(demo)[LETTER]
    for arguments in (("suivi", message["ref"]), ("deplacer", message["ref"], "--dans", "Archives")):
        ran = demo.run("--read-only", *arguments)
        assert (ran.code, "lecture seule" in ran.err) == (2, True)
    assert _inbox(demo)[LETTER] == message


def test_messages_go_to_a_folder_and_come_back(demo: Demo) -> None:
    folders = {f["role"]: f["name"] for f in demo.run("folders", "--json").document["folders"]}
    refs = [message["ref"] for message in _inbox(demo).values()]
    ran = demo.run("deplacer", "-", "--dans", folders["archive"], input="\n".join(refs))
    assert ran.code == 0, ran.err
    assert _inbox(demo) == {}
    assert len(_inbox(demo, "--folder", folders["archive"])) == 3
    assert demo.run("annuler").code == 0
    assert len(_inbox(demo)) == 3


def test_a_message_is_saved_as_it_is(demo: Demo, tmp_path: Path) -> None:
    ref = _inbox(demo)[LETTER]["ref"]
    saved = Path(demo.run("read", ref, "--save", str(tmp_path), "--json").document["path"])
    assert saved.read_bytes().count(b"Lettre - VIAL Paul") == 1
    assert demo.run("read", "--file", str(saved), "--json").document["subject"] == LETTER
    assert "Content-Type: multipart/mixed" in demo.run("read", ref, "--raw").out


def test_an_answer_goes_to_who_wrote_and_marks_what_it_answers(demo: Demo) -> None:
    ref = _inbox(demo)[LETTER]["ref"]
    confirm = ("--confirm", "destinataire.homonymes=vu", "--confirm", "contenu.historique-cite")
    ran = demo.run("send", "--reply", ref, "--body", "Merci pour ce compte rendu.", "--json", *confirm)
    assert ran.code == 0, ran.err
    assert [who["address"] for who in ran.document["recipients"]] == ["anne.lefebvre@ch-valmarin.demo.mssante.fr"]
    assert "\\Answered" in _inbox(demo)[LETTER]["flags"]
    sent = demo.run("inbox", "--json", "--folder", "Envoyés", "--limit", "1").document["messages"][0]
    assert sent["subject"] == f"Re: {LETTER}"


def test_a_draft_is_kept_without_being_sent(demo: Demo) -> None:
    ran = demo.run("send", "--draft", "--json", "--to", SOPHIE, "--to", "à compléter", "--subject", "Plus tard")
    assert (ran.code, ran.document["state"]) == (0, "draft")
    assert "« à compléter » n'est pas une adresse" in ran.err
    drafts = demo.run("inbox", "--json", "--folder", "Brouillons").document["messages"]
    assert [(m["ref"], m["subject"]) for m in drafts] == [(ran.document["ref"], "Plus tard")]


def test_the_outbox_is_empty_when_everything_left(demo: Demo) -> None:
    assert demo.run("outbox", "list", "--json").document["messages"] == []
    assert demo.run("outbox", "run", "--json").document["messages"] == []
    for action in ("retry", "discard"):
        ran = demo.run("outbox", action, "nulle")
        assert (ran.code, ran.out) == (2, "")


def test_status_can_ask_the_servers_first(demo: Demo) -> None:
    accounts = demo.run("status", "--refresh", "--json").document["accounts"]
    assert [account["state"] for account in accounts] == ["active", "active"]
    assert all(account["quota"]["limit"] > account["quota"]["used"] for account in accounts)
    assert accounts[0]["directory"] == "published"


def test_folders_are_made_renamed_and_deleted(demo: Demo) -> None:
    def names() -> set[str]:
        return {f["name"] for f in demo.run("folders", "--json").document["folders"]}

    assert demo.run("dossier", "creer", "Patients/2026").code == 0
    assert demo.run("dossier", "renommer", "Patients/2026", "Patients/2027").code == 0
    assert "Patients/2027" in names()
    assert demo.run("dossier", "supprimer", "Patients/2027").code == 0
    assert "Patients/2027" not in names()
    assert demo.run("dossier", "supprimer", "INBOX").code == 2


def test_messages_are_copied_and_the_trash_is_emptied_only_when_it_is_said(demo: Demo) -> None:
    folders = {f["role"]: f["name"] for f in demo.run("folders", "--json").document["folders"]}
    refs = [message["ref"] for message in _inbox(demo).values()]
    assert demo.run("copier", *refs, "--dans", folders["trash"]).code == 0
    assert len(_inbox(demo)) == len(refs)
    assert demo.run("dossier", "vider").code == 11
    assert len(_inbox(demo, "--folder", folders["trash"])) >= len(refs)
    assert demo.run("dossier", "vider", "--definitif").code == 0
    assert _inbox(demo, "--folder", folders["trash"]) == {}
    assert len(_inbox(demo)) == len(refs)
