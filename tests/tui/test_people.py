"""Several people at one mailbox, on screen: taking, passing on, answering, acknowledging; handover, absence, help."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

from mss_tui.model.mailbox import Absence
from mss_tui.model.message import CRITICAL_SEEN, TAKEN_PREFIX, Attachment
from mss_tui.model.people import MailboxType, Person
from mss_tui.ports.mail import Arrived
from mss_tui.services.claims import mark_of
from mss_tui.text import clean
from tests.support.desk import PERSON, Body, FakeDesk, make_desk, row
from tests.support.screen import running, screen_text, until, write
from tests.support.xdm import laboratory, n3, xdm
from tests.tui.test_documents import desk_with

MINE = TAKEN_PREFIX + mark_of(PERSON)
THEIRS = TAKEN_PREFIX + mark_of(Person("Anne LEFEBVRE"))


def flags(fake: FakeDesk, position: int = 0) -> frozenset[str]:
    return fake.mail.rows_in["INBOX"][position].flags


def shared(fake: FakeDesk) -> FakeDesk:
    """The same desk, whose first mailbox is of a service."""
    place = fake.desk.places[0]
    object.__setattr__(place.account, "type", MailboxType.ORG)
    return fake


async def test_m_takes_and_gives_back_and_z_undoes() -> None:
    fake = make_desk()
    async with running(fake) as pilot:
        await pilot.press("m")
        await until(pilot, "Pris par")
        assert MINE in flags(fake)
        await pilot.press("m")
        await until(pilot, "Rendu")
        assert MINE not in flags(fake)
        await pilot.press("z")
        await until(pilot, lambda: MINE in flags(fake))


async def test_what_a_colleague_has_is_taken_over_only_when_that_is_said() -> None:
    fake = make_desk([row(60, "Labo <labo@biosud.mssante.fr>", "CR", flags=[THEIRS])])
    async with running(fake) as pilot:
        await pilot.press("m")
        await until(pilot, "Le reprendre")
        await pilot.press("escape")
        await pilot.pause()
        assert flags(fake) == {THEIRS}
        await pilot.press("m")
        await until(pilot, "Le reprendre")
        await pilot.press("o")
        await until(pilot, lambda: flags(fake) == {MINE})


async def test_a_message_is_passed_on_by_name() -> None:
    fake = make_desk()
    async with running(fake) as pilot:
        await pilot.press("P")
        await until(pilot, "Passer à qui")
        await write(pilot, "Anne LEFEBVRE")
        await pilot.press("enter")
        await until(pilot, lambda: THEIRS in flags(fake))


async def test_in_a_shared_mailbox_whoever_answers_takes_it_and_two_are_warned() -> None:
    fake = shared(make_desk())
    async with running(fake) as pilot:
        await pilot.press("r")
        await until(pilot, "Re:")
        assert MINE in flags(fake)
    fake = shared(make_desk([row(60, "Labo <labo@biosud.mssante.fr>", "CR", flags=[THEIRS])]))
    async with running(fake) as pilot:
        await pilot.press("r")
        await until(pilot, "deux à répondre")
        await pilot.press("escape")
        await pilot.pause()
        assert "Re:" not in screen_text(pilot.app)
        assert flags(fake) == {THEIRS}


async def test_in_a_nominative_mailbox_answering_takes_nothing() -> None:
    fake = make_desk()
    async with running(fake) as pilot:
        await pilot.press("r")
        await until(pilot, "Re:")
        assert MINE not in flags(fake)


async def test_a_critical_result_is_acknowledged_by_name() -> None:
    fake = make_desk()
    async with running(fake) as pilot:
        await pilot.press("a")
        await until(pilot, "Pris connaissance")
        assert CRITICAL_SEEN in flags(fake)
        assert fake.journal.entries()[-1].act == "critical.seen"


async def test_an_open_critical_result_says_its_keys_until_it_is_acknowledged_and_again_after_z() -> None:
    fake = desk_with(xdm(n3(laboratory())))
    async with running(fake) as pilot:
        await pilot.press("enter")
        await until(pilot, "a j'en prends connaissance")
        await pilot.press("a")
        await until(pilot, "Pris connaissance : 1")
        await until(pilot, lambda: "j'en prends connaissance" not in screen_text(pilot.app))
        await pilot.press("z")
        await until(pilot, "a j'en prends connaissance")


async def test_reading_only_takes_nothing() -> None:
    fake = make_desk()
    async with running(fake, read_only=True) as pilot:
        await pilot.press("m", "a")
        await until(pilot, "Lecture seule")
        assert flags(fake) == make_desk().mail.rows_in["INBOX"][0].flags


async def test_the_handover_is_read_left_and_taken() -> None:
    fake = make_desk([row(58, "SSIAD <ssiad@parc.mssante.fr>", "Demande de passage", hours=80)])
    async with running(fake) as pilot:
        await pilot.press("7")
        await until(pilot, "Demande de passage")
        assert "RETARD" in screen_text(pilot.app)
        await pilot.press("l")
        await until(pilot, "Un mot pour la suite")
        await write(pilot, "Rappeler le SSIAD")
        await pilot.press("enter")
        await until(pilot, "« Rappeler le SSIAD »")
        await pilot.press("p")
        await until(pilot, "Prendre la relève au nom")
        await pilot.press("o")
        await until(pilot, "Prise par")
        await pilot.press("escape")
        await until(pilot, "Réception")


async def test_an_absence_stands_in_the_status_line() -> None:
    fake = make_desk()
    fake.desk.facts.update(fake.desk.places[0].account.id, absence=Absence(on=True))
    async with running(fake) as pilot:
        await until(pilot, "en ligne")
        assert " · absence · " in screen_text(pilot.app).rstrip().splitlines()[-1]


async def test_without_managesieve_the_absence_screen_says_so_and_keeps_a_reminder() -> None:
    fake = make_desk()
    async with running(fake) as pilot:
        await pilot.press("8")
        await until(pilot, "n'offre pas de réglage")
        assert "appelez le 15" in screen_text(pilot.app)
        await pilot.press("o")
        await until(pilot, "à partir du")
        await pilot.press("enter")
        await until(pilot, "Jusqu'au")
        await write(pilot, "24/12/2026")
        await pilot.press("enter")
        await until(pilot, "À qui s'adresser")
        await pilot.press("enter")
        await until(pilot, "Rappel noté")
        reminder = fake.facts.of("garde").reminder
        assert reminder is not None
        assert str(reminder.end) == "2026-12-24"


async def test_the_cleanup_screen_lists_and_deletes_nothing() -> None:
    fake = make_desk()
    before = len(fake.mail.rows_in["INBOX"])
    async with running(fake) as pilot:
        await pilot.press("9")
        await until(pilot, "Les plus gros")
        assert "Renouvellement" in screen_text(pilot.app)
        await pilot.press("escape")
    assert len(fake.mail.rows_in["INBOX"]) == before


async def test_help_opens_on_what_is_behind_the_verdicts_and_is_searched() -> None:
    fake = make_desk([row(55, "Jean <jean@gmail.com>", "coucou")])
    async with running(fake) as pilot:
        await pilot.press("enter")
        await until(pilot, "hors")
        await pilot.press("0")
        await until(pilot, "recu.hors-espace")
        await pilot.press("slash")
        await until(pilot, "Chercher dans l'aide")
        await write(pilot, "homonymes")
        await pilot.press("enter")
        await until(pilot, "Comment être sûr du destinataire")


async def test_a_critical_result_that_arrives_rings_and_runs_the_command(tmp_path: Path) -> None:
    rang = tmp_path / "rang"
    fake = make_desk()
    command = (sys.executable, "-c", "import sys, pathlib; pathlib.Path(sys.argv[1]).touch()", str(rang))
    object.__setattr__(fake.desk, "profile", replace(fake.desk.profile, alert_command=command))
    archive = Attachment("2", clean("IHE_XDM.ZIP"), "application/zip", 9_000)
    for uid in (99, 98):
        fake.reader.bodies[uid] = Body("", (archive,))
    fake.reader.pieces[99, "2"] = xdm(n3(laboratory()))
    fake.reader.pieces[98, "2"] = xdm(n3(laboratory().replace('code="HH"', 'code="N"')))
    new = row(99, "Labo <labo@biosud.mssante.fr>", "CR", has_documents=True)
    quiet = row(98, "Labo <labo@biosud.mssante.fr>", "CR", has_documents=True)
    async with running(fake) as pilot:
        fake.mail.queue.put_nowait(Arrived("INBOX", (quiet,), 6))
        await until(pilot, "nouveau")
        assert not rang.exists()
        fake.mail.queue.put_nowait(Arrived("INBOX", (new,), 7))
        await until(pilot, "RÉSULTAT CRITIQUE")
        await until(pilot, rang.exists)


async def test_a_delegation_to_an_address_opens_the_forward() -> None:
    fake = make_desk()
    async with running(fake) as pilot:
        await pilot.press("d")
        await until(pilot, "Déléguer à qui")
        await write(pilot, "anne.lefebvre@chu-lyon.mssante.fr")
        await pilot.press("enter")
        await until(pilot, "Tr:")
        assert "anne.lefebvre@chu-lyon" in screen_text(pilot.app)
        assert "$MssDelegue" in flags(fake)


async def test_the_journal_is_filtered_by_words() -> None:
    fake = make_desk()
    async with running(fake) as pilot:
        await pilot.press("t", "down", "m")
        await until(pilot, "Pris par")
        await pilot.press("5")
        await until(pilot, "handling.done")
        await pilot.press("slash")
        await until(pilot, "Lignes qui contiennent")
        await write(pilot, "take martin")
        await pilot.press("enter")
        await until(pilot, lambda: "handling.done" not in screen_text(pilot.app))
        assert "take" in screen_text(pilot.app)
