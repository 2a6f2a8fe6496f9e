"""`inbox --all`: the inboxes of a profile as one list, and what a mailbox that does not answer costs the others."""

from __future__ import annotations

import imaplib
import ssl

import pytest

from tests.cli.conftest import Demo

OWN, EHPAD = "jean.martin@medecin.demo.mssante.fr", "secretariat@ehpad-tilleuls.demo.mssante.fr"


@pytest.fixture(scope="module")
def both(demo: Demo) -> Demo:
    """The second mailbox has a message between those of the first."""
    account = next(each for each in demo.line["accounts"] if each["address"] == EHPAD)
    context = ssl.create_default_context(cafile=demo.line["ca"])
    with imaplib.IMAP4_SSL(demo.line["imaps"]["host"], demo.line["imaps"]["port"], ssl_context=context) as imap:
        imap.login(account["address"], account["password"])
        data = f"From: Labo <labo@biosud.mssante.fr>\r\nTo: {EHPAD}\r\nSubject: CR ROCHE Bernadette\r\n\r\nBonjour.\r\n"
        imap.append("INBOX", "", '" 3-Nov-2026 22:00:00 +0100"', data.encode())
    return demo


def test_every_message_names_its_mailbox(both: Demo) -> None:
    ran = both.run("inbox", "--all", "--json", "--read-only")
    assert ran.code == 0, ran.err
    found = ran.document
    assert [(each["account"], each["folder"], each["total"]) for each in found["accounts"]] == [
        (OWN, "INBOX", 3),
        (EHPAD, "INBOX", 1),
    ]
    assert found["total"] == 4
    assert [(m["account"], m["received"][:10]) for m in found["messages"]] == [
        (OWN, "2026-11-04"),
        (EHPAD, "2026-11-03"),
        (OWN, "2026-11-03"),
        (OWN, "2026-11-02"),
    ]
    assert all(m["ref"].count(":") == 1 for m in found["messages"])
    lines = both.run("inbox", "--all", "--read-only", "--limit", "2").out.splitlines()
    assert [line.split()[0] for line in lines] == ["dr-martin", "ehpad"]


def test_a_machine_that_looks_at_all_of_them_has_read_none(both: Demo) -> None:
    before = {each["address"]: each["read_days"] for each in both.run("status", "--json").document["accounts"]}
    assert both.run("inbox", "--all", "--json").code == 0
    after = {each["address"]: each["read_days"] for each in both.run("status", "--json").document["accounts"]}
    assert after == before


def test_search_and_sort_say_who_did_it_in_each(both: Demo) -> None:
    found = both.run("inbox", "--all", "--json", "--read-only", "--search", "objet:roche").document
    assert [(m["account"], m["subject"]) for m in found["messages"]] == [(EHPAD, "CR ROCHE Bernadette")]
    assert [each["on_server"] for each in found["accounts"]] == [True, True]
    arranged = both.run("inbox", "--all", "--json", "--read-only", "--sort", "size").document["messages"]
    assert [m["size"] for m in arranged] == sorted(m["size"] for m in arranged)
    turned = both.run("inbox", "--all", "--json", "--read-only", "--sort", "size", "--descending").document["messages"]
    assert [m["ref"] for m in turned] == [m["ref"] for m in reversed(arranged)]


def test_a_mailbox_that_does_not_answer_hides_none_of_the_others(both: Demo) -> None:
    config = both.changed("half.toml", ("ehpad.secret", "absent.secret"))
    ran = both.run("--config", str(config), "inbox", "--all", "--json", "--read-only")
    assert ran.code == 12, ran.err
    first, second = ran.document["accounts"]
    assert (first["total"], second["account"], set(second)) == (3, EHPAD, {"account", "error"})
    assert [m["account"] for m in ran.document["messages"]] == [OWN] * 3
    assert second["error"] in ran.err


def test_where_none_answers_it_is_that_error(both: Demo) -> None:
    config = both.changed("none.toml", ("ehpad.secret", "absent.secret"), ("dr-martin.secret", "absent.secret"))
    ran = both.run("--config", str(config), "inbox", "--all", "--json")
    assert ran.out == ""
    assert ran.code not in (0, 12, 70)


def test_a_conversation_is_of_one_mailbox(both: Demo) -> None:
    ran = both.run("inbox", "--all", "--conversation", "1:1")
    assert (ran.code, ran.out) == (2, "")
    assert "--account" in ran.err
