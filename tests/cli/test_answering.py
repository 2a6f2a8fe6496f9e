"""Answering from the command line in a shared mailbox: two colleagues do not both answer without knowing it."""

from __future__ import annotations

from tests.cli.conftest import Demo

LETTER = "Lettre - VIAL Paul"
ANSWER = ("--body", "Merci pour ce compte rendu.", "--json")
RULES = ("--confirm", "destinataire.homonymes=vu", "--confirm", "contenu.historique-cite")


def test_what_a_colleague_has_is_answered_only_when_that_is_confirmed(demo: Demo) -> None:
    config = ("--config", str(demo.changed("partagee.toml", ('type = "PER"', 'type = "CAB"'))))
    listed = demo.run(*config, "inbox", "--json", "--read-only").document["messages"]
    ref = next(message["ref"] for message in listed if message["subject"] == LETTER)
    assert demo.run(*config, "passer", ref, "--a", "Anne LEFEBVRE").code == 0

    warned = demo.run(*config, "check", "--reply", ref, *ANSWER, *RULES)
    assert warned.code == 0, warned.err
    assert "vous seriez deux à répondre" in warned.err

    held = demo.run(*config, "send", "--reply", ref, *ANSWER, *RULES)
    assert (held.code, held.out) == (11, "")
    assert "vous seriez deux à répondre" in held.err
    assert "--confirm collegue=MOTIF" in held.err
    assert not demo.run(*config, "journal", "--json", "--act", "send").document["entries"]

    left = demo.run(*config, "send", "--reply", ref, *ANSWER, *RULES, "--confirm", "collegue=absente")
    assert (left.code, left.document["state"]) == (0, "accepted"), left.err
    (noted,) = demo.run(*config, "journal", "--json", "--act", "send", "--phase", "note").document["entries"]
    assert noted["details"]["confirm:collegue"] == "absente"

    again = demo.run(*config, "send", "--reply", ref, *ANSWER, *RULES)
    assert again.code == 11


def test_a_personal_mailbox_asks_nothing_of_colleagues(demo: Demo) -> None:
    listed = demo.run("inbox", "--json", "--read-only").document["messages"]
    ref = next(message["ref"] for message in listed if message["subject"] == LETTER)
    assert demo.run("send", "--reply", ref, *ANSWER, *RULES).code == 0
    assert demo.run("send", "--reply", ref, *ANSWER, *RULES).code == 0


def test_a_confirmation_that_is_no_rule_is_refused(demo: Demo) -> None:
    ran = demo.run("send", "--reply", "1:1", *ANSWER, "--confirm", "collegues=x")
    assert ran.code == 2
    assert "collegue" in ran.err
