"""The outbox and receipts as scripts use them, against a running operator."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

from mss_tui.rules.catalogue import catalogue
from tests.cli.conftest import Demo, Ran

COLLEAGUE = "anne.lefebvre@ch-valmarin.demo.mssante.fr"
BODY = ("--subject", "Suite VIAL Paul", "--body", "Bonjour, voici la suite. Bien confraternellement.")


def write(demo: Demo, *to: str, more: tuple[str, ...] = ()) -> Ran:
    """Send a message to people whom the rules let pass."""
    names = [option for who in to for option in ("--to", who)]
    confirmed = [f"--confirm={rule}=essai" for rule in RULES]
    return demo.run("send", *names, *BODY, *confirmed, *more, "--json")


RULES = tuple(rule for rule in catalogue() if rule.startswith("destinataire."))


def put_off_until(demo: Demo, key: str, due: datetime) -> None:
    """The same message, for another moment, as time that has passed leaves it."""
    record = next(demo.config.parent.rglob(f"{key}.json"))
    record.write_text(json.dumps(json.loads(record.read_text()) | {"due": due.isoformat()}))


def waiting(demo: Demo) -> list[dict[str, object]]:
    found: list[dict[str, object]] = demo.run("outbox", "list", "--json").document["messages"]
    return found


def test_a_message_put_off_waits_on_the_server_and_is_no_draft_of_others(demo: Demo) -> None:
    ran = write(demo, COLLEAGUE, more=("--at", "2099-01-01T08:00"))
    assert ran.code == 2
    assert "plus d'un an" in ran.err
    ran = write(demo, COLLEAGUE, more=("--at", "dans 2 heures"))
    assert ran.code == 0, ran.err
    assert ran.document["state"] == "queued"
    (message,) = waiting(demo)
    assert (message["state"], message["key"], message["due"]) == ("queued", ran.document["key"], ran.document["due"])
    ran = demo.run("outbox", "run", "--json")
    assert (ran.code, ran.document["messages"]) == (0, [])
    ran = demo.run("outbox", "retry", str(message["key"]), "--json")
    assert (ran.code, ran.document["state"], ran.document["sent_copy"]) == (0, "accepted", "stored")
    assert waiting(demo) == []


def test_a_message_that_is_due_leaves_with_a_run(demo: Demo) -> None:
    key = write(demo, COLLEAGUE, more=("--at", "dans 1 minute")).document["key"]
    put_off_until(demo, key, datetime.now(UTC) - timedelta(hours=1))
    ran = demo.run("outbox", "run", "--json")
    assert ran.code == 0
    assert [(m["key"], m["state"]) for m in ran.document["messages"]] == [(key, "accepted")]
    assert waiting(demo) == []


def test_what_is_long_overdue_leaves_only_when_that_is_said(demo: Demo) -> None:
    key = write(demo, COLLEAGUE, more=("--at", "dans 1 minute")).document["key"]
    put_off_until(demo, key, datetime.now(UTC) - timedelta(hours=13))
    ran = demo.run("outbox", "run", "--json")
    assert (ran.code, [(m["key"], m["state"]) for m in ran.document["messages"]]) == (11, [(key, "queued")])
    assert "devait partir le" in ran.err
    assert [(m["key"], m["late"]) for m in waiting(demo)] == [(key, True)]
    assert "en retard" in demo.run("outbox", "list").out
    ran = demo.run("outbox", "run", "--despite-late", "--json")
    assert (ran.code, [m["state"] for m in ran.document["messages"]]) == (0, ["accepted"])
    assert waiting(demo) == []


def test_a_discarded_message_is_a_draft_again(demo: Demo) -> None:
    key = write(demo, COLLEAGUE, more=("--at", "demain 8 h")).document["key"]
    ran = demo.run("outbox", "discard", key, "--json")
    assert (ran.code, ran.document["key"]) == (0, key)
    drafts = demo.run("inbox", "--folder", "Brouillons", "--json").document["messages"]
    assert ran.document["draft"] in [draft["ref"] for draft in drafts]
    assert waiting(demo) == []


def test_refused_recipients_alone_are_written_to_again(demo: Demo) -> None:
    refused = "refus@ch-valmarin.demo.mssante.fr"
    ran = write(demo, COLLEAGUE, refused, more=("--partial",))
    assert (ran.code, ran.document["state"]) == (12, "partly_refused"), ran.err
    (message,) = waiting(demo)
    assert message["codes"] == [250, 550]
    ref = ref_in_sent(demo, str(message["message_id"]))
    told = demo.run("receipts", ref, "--json")
    assert told.code == 30
    assert [who["state"] for who in told.document["recipients"]] == ["delivered", "refused"]
    key = str(message["key"])
    ran = demo.run("outbox", "retry", key)
    assert ran.code == 2
    ran = demo.run("outbox", "resend", key, "--json")
    assert (ran.code, ran.document["recipients"]) == (0, [refused])
    draft = demo.run("read", ran.document["draft"], "--folder", "Brouillons", "--json").document
    assert [who["address"] for who in draft["to"]] == [refused]
    assert demo.run("outbox", "discard", key).code == 0
    told = demo.run("receipts", ref, "--json")
    assert [who["state"] for who in told.document["recipients"]] == ["delivered", "none"]


def unknown(demo: Demo) -> str:
    """A message of which nobody knows whether it left, as a crash after DATA leaves it."""
    key = str(write(demo, COLLEAGUE, more=("--at", "demain 8 h")).document["key"])
    record = next(demo.config.parent.rglob(f"{key}.json"))
    record.write_text(json.dumps(json.loads(record.read_text()) | {"state": "unknown", "due": ""}))
    return key


def test_an_unknown_message_is_never_sent_again_without_being_told_to(demo: Demo) -> None:
    key = unknown(demo)
    assert demo.run("outbox", "run", "--json").document["messages"] == []
    ran = demo.run("outbox", "retry", key, "--json")
    assert ran.code == 11
    assert "outbox look" in ran.err
    ran = demo.run("outbox", "look", key, "--json")
    assert (ran.code, ran.document["in_sent"], ran.document["heard"]) == (13, False, False)
    ran = demo.run("outbox", "retry", key, "--despite-unknown", "--json")
    assert (ran.code, ran.document["state"]) == (0, "accepted")


def test_somebody_who_knows_that_it_left_says_so(demo: Demo) -> None:
    key = unknown(demo)
    ran = demo.run("outbox", "left", key, "--json")
    assert (ran.code, ran.document["sent_copy"]) == (0, "stored")
    assert waiting(demo) == []


def ref_in_sent(demo: Demo, message_id: str) -> str:
    for row in demo.run("inbox", "--folder", "Envoyés", "--json").document["messages"]:
        found = demo.run("read", row["ref"], "--folder", "Envoyés", "--json").document
        if found["message_id"] == message_id:
            return str(row["ref"])
    raise AssertionError(message_id)


def test_receipts_tell_what_became_of_a_message(demo: Demo) -> None:
    returned = "retour@ch-valmarin.demo.mssante.fr"
    ran = write(demo, COLLEAGUE, returned, more=("--receipt",))
    assert ran.code == 0, ran.err
    ref = ref_in_sent(demo, ran.document["message_id"])
    ran = demo.run("receipts", ref, "--json")
    assert ran.code == 30
    told = {who["address"]: who for who in ran.document["recipients"]}
    assert told[COLLEAGUE]["state"] == "delivered"
    assert told[returned]["state"] == "failed"
    assert told[returned]["receipts"][0]["reason"] == "unknown_mailbox"
    assert "n'existe pas" in told[returned]["receipts"][0]["advice"]
    assert ran.document["reading_asked"] is True
    text = demo.run("receipts", ref).out
    assert f"{returned} : NON REMIS" in text


def test_nothing_heard_is_said_so_and_never_unread(demo: Demo) -> None:
    ran = write(demo, COLLEAGUE, more=("--no-delivery",))
    assert ran.code == 0, ran.err
    ran = demo.run("receipts", ref_in_sent(demo, ran.document["message_id"]))
    assert (ran.code, ran.out) == (0, f"{COLLEAGUE} : accepté par le serveur ; aucun accusé reçu\n")


def test_a_read_receipt_that_nobody_asked_for_is_not_sent(demo: Demo) -> None:
    ref = demo.run("inbox", "--json").document["messages"][-1]["ref"]
    ran = demo.run("receipts", ref, "--answer", "send")
    assert ran.code == 2
    assert "Aucun accusé de lecture" in ran.err


def test_the_product_reference_stands_on_every_message(demo: Demo, tmp_path: Path) -> None:
    config = demo.changed("produit.toml", ("[profiles.demo]\n", '[profiles.demo]\nproduct = "DEV935997"\n'))
    confirmed = [f"--confirm={rule}=essai" for rule in RULES]
    ran = demo.run("--config", str(config), "send", "--to", COLLEAGUE, *BODY, *confirmed, "--draft", "--json")
    assert ran.code == 0, ran.err
    raw = demo.run("read", ran.document["ref"], "--folder", "Brouillons", "--raw").out
    assert "X-MSS-NIL: DEV935997" in raw
