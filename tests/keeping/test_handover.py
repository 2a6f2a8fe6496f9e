"""La relève: what waits, who has it, the word that was left; on the server's notes, else in the journal."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from mss_tui.errors import NotFound, UsageError
from mss_tui.model.message import CRITICAL_SEEN, Handling
from mss_tui.services.claims import Claims
from mss_tui.services.critical import acknowledge, alert, critical
from mss_tui.services.handover import Handovers
from tests.keeping.conftest import ANNE, Open, message, shared
from tests.support.servers import MailServer


async def test_it_says_what_waits_and_who_has_it(mail_server: MailServer, desk_of: Open) -> None:
    account = shared(mail_server.new_account())
    mail_server.fill(account.address, [message(f"Demande {n}", n) for n in range(3)])
    jean = await desk_of(mail_server, account)
    box = jean.place().box
    rows = (await box.open("INBOX")).known()
    await jean.place().acts.handle([rows[0]], Handling.DONE, jean.actor)
    await Claims(box, jean.journal).take(rows[1], jean.actor)
    found = await Handovers(box, jean.journal, jean.clock).show()
    names = {item.entry.row.ref: item.taken_by for item in found.items}
    assert set(names) == {rows[1].ref, rows[2].ref}
    assert names[rows[1].ref].startswith("Dr Jean MARTIN")
    assert names[rows[2].ref] == ""
    found = await Handovers(box, jean.journal, jean.clock).show([box.entry(rows[0])])
    assert [item.critical for item in found.items] == [True, False, False]


async def test_it_is_left_with_a_word_and_taken_once_by_name(mail_server: MailServer, desk_of: Open) -> None:
    account = shared(mail_server.new_account())
    jean = await desk_of(mail_server, account)
    theirs = Handovers(jean.place().box, jean.journal, jean.clock)
    with pytest.raises(NotFound):
        await theirs.accept(jean.actor)
    await theirs.leave("Rappeler le labo à 8 h, « été »", jean.actor)
    same = mail_server.name == "dovecot"
    anne = await desk_of(mail_server, account, person=ANNE) if same else jean
    mine = Handovers(anne.place().box, anne.journal, anne.clock)
    left = (await mine.show()).left
    assert left is not None
    assert (left.by, left.note, left.accepted_by) == ("Dr Jean MARTIN", "Rappeler le labo à 8 h, « été »", "")
    taken = await mine.accept(anne.actor)
    assert taken.accepted_by == ("Dr Anne LEFEBVRE" if same else "Dr Jean MARTIN")
    with pytest.raises(NotFound, match="déjà été prise"):
        await theirs.accept(jean.actor)
    assert [entry.act for entry in anne.journal.entries() if entry.act.startswith("handover")][-1] == "handover.accept"


@pytest.mark.parametrize("note", ["DUPOND 2 79 03 51 215 189 89", "x@patient.mssante.fr", "é" * 200])
async def test_the_word_is_short_and_names_no_patient(mail_server: MailServer, desk_of: Open, note: str) -> None:
    desk = await desk_of(mail_server, shared(mail_server.new_account()))
    with pytest.raises(UsageError):
        await Handovers(desk.place().box, desk.journal, desk.clock).leave(note, desk.actor)


async def test_a_critical_result_is_acknowledged_by_name(mail_server: MailServer, desk_of: Open) -> None:
    account = shared(mail_server.new_account())
    mail_server.fill(account.address, [message("CR biologie")])
    desk = await desk_of(mail_server, account)
    (row,) = (await desk.place().box.open("INBOX")).known()
    result = replace(row, has_documents=True)
    done = await acknowledge(desk.place().box, desk.journal, [result], desk.actor)
    (row,) = (await desk.place().box.open("INBOX")).known()
    assert CRITICAL_SEEN in row.flags
    assert not critical(row, ())
    entry = desk.journal.entries()[-1]
    assert (entry.act, entry.phase, entry.actor) == ("critical.seen", "done", "Dr Jean MARTIN (RPPS 10001234567)")
    assert done.undo is not None
    await desk.place().acts.undo(done.undo, desk.actor)
    (row,) = (await desk.place().box.open("INBOX")).known()
    assert CRITICAL_SEEN not in row.flags


async def test_a_message_without_documents_has_no_result_to_take_note_of(
    mail_server: MailServer, desk_of: Open
) -> None:
    account = shared(mail_server.new_account())
    mail_server.fill(account.address, [message("Demande de rendez-vous")])
    desk = await desk_of(mail_server, account)
    (row,) = (await desk.place().box.open("INBOX")).known()
    with pytest.raises(UsageError, match="Aucun résultat"):
        await acknowledge(desk.place().box, desk.journal, [row], desk.actor)
    assert "critical.seen" not in [entry.act for entry in desk.journal.entries()]
    (row,) = (await desk.place().box.open("INBOX")).known()
    assert CRITICAL_SEEN not in row.flags


async def test_the_alert_runs_without_content_and_never_fails_the_program(tmp_path: Path) -> None:
    rang = tmp_path / "rang"
    script = "import sys, pathlib; pathlib.Path(sys.argv[1]).write_text(sys.stdin.read() + str(len(sys.argv)))"
    assert await alert((sys.executable, "-c", script, str(rang)))
    assert rang.read_text() == "2"
    assert not await alert(())
    assert not await alert(("/nowhere/at-all",))
    assert not await alert((sys.executable, "-c", "raise SystemExit(3)"))
