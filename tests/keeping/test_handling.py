"""TDCS where the server takes no keywords; what a departure and a delegation do to the rules."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from mss_tui.adapters.store_facts import JsonFactsFile
from mss_tui.errors import KeywordsRefused
from mss_tui.model.message import FLAGGED, Handling, MessageRef
from mss_tui.model.people import Account, MailboxType
from mss_tui.model.verdict import Severity, State
from mss_tui.phrase import say
from mss_tui.services.composing import new_draft
from mss_tui.services.local_marks import changed
from tests.keeping.conftest import Open, message, shared
from tests.support.desk import make_desk
from tests.support.servers import MailServer


def without_keywords(monkeypatch: pytest.MonkeyPatch, mail: object) -> None:
    """The server takes flags, and no keyword."""
    flag = mail.flag  # type: ignore[attr-defined]

    async def refusing(
        refs: Collection[MessageRef], add: Collection[str] = (), remove: Collection[str] = ()
    ) -> tuple[tuple[MessageRef, frozenset[str]], ...]:
        if any(not word.startswith("\\") for word in add):
            raise KeywordsRefused(say("pas de mot-clé"))
        return await flag(refs, add, remove)  # type: ignore[no-any-return]

    monkeypatch.setattr(mail, "flag", refusing)


async def test_where_keywords_are_refused_the_state_is_noted_here_and_that_is_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fake = make_desk()
    place = fake.desk.places[0]
    without_keywords(monkeypatch, fake.mail)
    rows = (await place.box.open("INBOX")).known()
    late = rows[2]
    assert place.box.entry(late).overdue
    done = await place.acts.handle([late], Handling.DONE, fake.desk.actor)
    assert "sur ce poste seulement" in str(done.said)
    assert dict(done.flags)[late.ref] >= {"$MssTraite"}
    entry = place.box.entry(late)
    assert (entry.row.handling, entry.overdue) == (Handling.DONE, False)
    await place.acts.handle([late], Handling.DELEGATED, fake.desk.actor, to="Anne")
    assert place.box.entry(late).row.handling is Handling.DELEGATED
    delegated = await place.acts.handle([place.box.entry(late).row], Handling.TO_DO, fake.desk.actor)
    assert place.box.entry(late).overdue
    assert delegated.undo is not None
    await place.acts.undo(delegated.undo, fake.desk.actor)
    assert place.box.entry(late).row.handling is Handling.DELEGATED
    assert "sur ce poste" not in str((await place.acts.follow([late], True, fake.desk.actor)).said)
    assert FLAGGED in fake.mail.rows_in["INBOX"][2].flags


async def test_what_is_noted_here_outlives_the_program(tmp_path: Path) -> None:
    ref = MessageRef("a", "INBOX", 7, 3)
    file = JsonFactsFile(tmp_path / "facts.json", print)
    marks = changed((), [ref], {"$MssTraite"}, ())
    file.update("a", marks=marks)
    assert JsonFactsFile(tmp_path / "facts.json", print).of("a").marks == (("INBOX", 7, 3, "$MssTraite"),)
    assert changed(marks, [ref], {"$MssClasse"}, ()) == (("INBOX", 7, 3, "$MssClasse"),)
    assert changed(marks, [ref], (), {"$MssTraite"}) == ()
    assert changed(marks, [replace(ref, uid=4)], (), {"$MssTraite"}) == marks


async def test_after_the_departure_date_nothing_is_sent(mail_server: MailServer, desk_of: Open) -> None:
    account = shared(mail_server.new_account())
    draft = new_draft(account, to=["anne.lefebvre@ch.mssante.fr"], subject="CR", body="Bonjour.")

    async def states(departure: date) -> list[tuple[State, Severity]]:
        desk = await desk_of(mail_server, account, departure=departure)
        found = desk.place().checker.check(draft)
        return [(v.state, v.severity) for v in found if v.rule == "bal.compte-apres-depart"]

    assert (State.VIOLATED, Severity.BLOCK) in await states(date(2026, 11, 19))
    assert all(state is State.SATISFIED for state, _ in await states(date(2026, 11, 20)))


@pytest.mark.parametrize(
    ("holder", "delegated", "found"),
    [
        ("", False, State.UNKNOWN),
        ("Anne LEFEBVRE", False, State.VIOLATED),
        ("Anne LEFEBVRE", True, State.VIOLATED),
        ("MARTIN Jean", False, State.SATISFIED),
    ],
)
async def test_a_nominative_mailbox_of_somebody_else(
    mail_server: MailServer, desk_of: Open, holder: str, delegated: bool, found: State
) -> None:
    account: Account = replace(shared(mail_server.new_account(), MailboxType.PER), holder=holder, delegated=delegated)
    desk = await desk_of(mail_server, account)
    verdicts = desk.place().checker.mailbox(desk.facts.of(account.id))
    (one,) = [v for v in verdicts if v.rule == "bal.nom-partagee"]
    assert one.state is found
    if delegated:
        assert one.severity is Severity.INFO


async def test_who_does_not_say_who_acts_cannot_send_from_a_shared_mailbox(
    mail_server: MailServer, desk_of: Open
) -> None:
    account = shared(mail_server.new_account())
    mail_server.fill(account.address, [message("Demande")])
    draft = new_draft(account, to=["anne.lefebvre@ch.mssante.fr"], subject="CR", body="Bonjour.")
    desk = await desk_of(mail_server, account, acting=False)
    assert len((await desk.place().box.open("INBOX")).known()) == 1
    blocked = [v for v in desk.place().checker.check(draft) if v.rule == "bal.org-tracabilite"]
    assert [v.blocks for v in blocked] == [True]
