"""All mailboxes in one list: each row says whose it is, and every act reaches its own server."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from textual.pilot import Pilot

from mss_tui.errors import ConnectionLost
from mss_tui.model.message import FLAGGED, SEEN, MessageRef, Row
from mss_tui.phrase import say
from mss_tui.ports.mail import Arrived, Changed, Line, LineChanged, Removed, Reset
from mss_tui.tui.application import MssApp
from tests.support.desk import ADDRESS, FakeDesk, make_desk, row
from tests.support.fake_mail import NOW, FakeMail
from tests.support.screen import NARROW, WIDE, golden, in_folder, running, screen_text, until, write


def theirs(uid: int, sender: str, subject: str, *, hours: float, **more: object) -> Row:
    made = row(uid, sender, subject, hours=hours, **more)  # type: ignore[arg-type]
    return replace(made, ref=MessageRef("ehpad", "INBOX", 7, uid))


def two() -> FakeDesk:
    """The night's inbox beside that of a nursing home, whose messages have the same UIDs."""
    fake = make_desk(second=True)
    fake.others["ehpad"].rows_in["INBOX"] = [
        theirs(60, "SAMU <samu@chu.mssante.fr>", "Transfert de Mme LEGRAND", hours=2),
        theirs(59, "Pharmacie <contact@pont.mssante.fr>", "Rupture de stock", hours=30, flags=[SEEN]),
    ]
    return fake


def ehpad(fake: FakeDesk) -> FakeMail:
    return fake.others["ehpad"]


async def together(pilot: Pilot[int]) -> None:
    await pilot.press("B")
    await until(pilot, "8 messages")


def order(pilot: Pilot[int]) -> list[tuple[str, int]]:
    assert isinstance(pilot.app, MssApp)
    assert pilot.app.main.shown is not None
    return [(r.ref.account, r.ref.uid) for r in pilot.app.main.shown.view.known()]


@pytest.mark.parametrize(("size", "name"), [(NARROW, "together-80x24"), (WIDE, "together-120x40")])
async def test_every_row_names_its_mailbox(size: tuple[int, int], name: str) -> None:
    async with running(two(), size) as pilot:
        await together(pilot)
        golden(pilot.app, name)


async def test_the_pane_of_folders_has_a_line_for_all_of_them() -> None:
    async with running(two()) as pilot:
        await pilot.press("b", "home")
        await until(pilot, "Toutes les boîtes")
        await until(pilot, lambda: screen_text(pilot.app).count("Archives") == 2)
        golden(pilot.app, "boxes-80x24")
        await pilot.press("enter")
        await until(pilot, "Toutes les boîtes (2)")


async def test_one_mailbox_alone_needs_no_such_list() -> None:
    async with running(make_desk()) as pilot:
        await pilot.press("B")
        await until(pilot, "Ce profil n'a qu'une boîte.")
        assert "Réception · garde@" in screen_text(pilot.app)


async def test_a_message_is_opened_and_read_in_its_own_mailbox() -> None:
    fake = two()
    async with running(fake) as pilot:
        await together(pilot)
        await pilot.press("down", "enter")
        await until(pilot, "samu@chu.mssante.fr")
        await until(pilot, lambda: SEEN in ehpad(fake).rows_in["INBOX"][0].flags)
        assert SEEN not in fake.mail.rows_in["INBOX"][0].flags
        await pilot.press("v")
        await until(pilot, "brut 60")


async def test_an_answer_leaves_from_the_mailbox_that_was_written_to() -> None:
    async with running(two()) as pilot:
        await together(pilot)
        for keys, sender in ((("down", "r"), "secretariat@ehpad-tilleuls"), (("up", "r"), ADDRESS)):
            await pilot.press(*keys)
            await until(pilot, "Objet")
            assert pilot.app.screen.place.account.address.startswith(sender)  # type: ignore[attr-defined]
            await pilot.press("escape")
            await until(pilot, "Toutes les boîtes (2)")


async def test_a_new_message_asks_from_which_mailbox() -> None:
    async with running(two()) as pilot:
        await together(pilot)
        await pilot.press("down", "n")
        await until(pilot, "Écrire de quelle boîte ?")
        await pilot.press("enter")
        await until(pilot, "Objet")
        assert pilot.app.screen.place.account.id == "ehpad"  # type: ignore[attr-defined]


async def test_an_act_on_a_mixed_selection_goes_to_each_server_and_is_undone_on_each() -> None:
    fake = two()
    async with running(fake) as pilot:
        await together(pilot)
        assert order(pilot)[:3] == [("garde", 60), ("ehpad", 60), ("garde", 59)]
        await pilot.press("space", "space", "asterisk")
        await until(pilot, "garde : 1 suivi(s), ehpad : 1 suivi(s) (z annule).")
        assert [FLAGGED in m.rows_in["INBOX"][0].flags for m in (fake.mail, ehpad(fake))] == [True, True]
        await pilot.press("z")
        await until(pilot, "garde : annulé, ehpad : annulé")
        assert [FLAGGED in m.rows_in["INBOX"][0].flags for m in (fake.mail, ehpad(fake))] == [False, False]


async def test_deletion_takes_the_message_of_one_mailbox_and_not_its_namesake() -> None:
    fake = two()
    async with running(fake) as pilot:
        await together(pilot)
        await pilot.press("down", "s")
        await until(pilot, "1 à la corbeille (z annule).")
        assert ("ehpad", 60) not in order(pilot)
        assert ("garde", 60) in order(pilot)
        assert [r.ref.uid for r in ehpad(fake).rows_in["Trash"]] == [60]
        assert in_folder(fake) == [60, 59, 58, 57, 56, 55]
        await pilot.press("z")
        await until(pilot, "remis en place")
        await until(pilot, lambda: ("ehpad", 60) in order(pilot))


async def test_filing_asks_for_a_folder_in_each_mailbox() -> None:
    fake = two()
    async with running(fake) as pilot:
        await together(pilot)
        await pilot.press("space", "space", "c")
        await until(pilot, "garde : Classer où")
        await write(pilot, "archi")
        await pilot.press("enter")
        await until(pilot, "ehpad : Classer où")
        await write(pilot, "délégués")
        await pilot.press("enter")
        await until(pilot, "garde : 1 classé(s), ehpad : 1 classé(s)")
        assert [r.ref.uid for r in fake.mail.rows_in["Archives"]] == [60]
        assert [r.ref.uid for r in ehpad(fake).rows_in["Delegues"]] == [60]


async def test_where_one_server_fails_the_other_is_told_of_and_can_be_undone() -> None:
    fake = two()
    async with running(fake) as pilot:
        await together(pilot)
        await pilot.press("space", "space")
        ehpad(fake).failure = ConnectionLost(say("La ligne s'est coupée."))
        await pilot.press("t")
        await until(pilot, "C'est fait ailleurs : 1 traité(s).")
        assert "La ligne s'est coupée." in screen_text(pilot.app)
        await pilot.press("z")
        await until(pilot, "Annulé")
        assert "$MssTraite" not in fake.mail.rows_in["INBOX"][0].flags


async def test_search_asks_every_server_and_says_who_answered() -> None:
    fake = two()
    async with running(fake) as pilot:
        await together(pilot)
        await pilot.press("slash")
        await until(pilot, "Chercher dans toutes les boîtes")
        await write(pilot, "de")
        await pilot.press("enter")
        await until(pilot, "serveur, 2 boîtes")
        assert {account for account, _ in order(pilot)} == {"garde", "ehpad"}
        await pilot.press("escape")
        await until(pilot, "8 messages")
        ehpad(fake).failure = ConnectionLost(say("La ligne s'est coupée."))
        await pilot.press("slash")
        await until(pilot, "Chercher dans toutes les boîtes")
        await write(pilot, "rupture")
        await pilot.press("enter")
        await until(pilot, "garde : serveur, ehpad : hors ligne, 2 lignes déjà lues")
        assert order(pilot) == [("ehpad", 59)]


async def test_a_mailbox_that_fails_is_named_and_comes_in_when_its_line_is_back() -> None:
    fake = two()
    async with running(fake) as pilot:
        await until(pilot, lambda: "ehpad" in pilot.app.main.checked_at)  # type: ignore[attr-defined]
        ehpad(fake).failure = ConnectionLost(say("La ligne s'est coupée."))
        await pilot.press("B")
        await until(pilot, "Toutes les boîtes (2) · sans ehpad")
        assert "La ligne s'est coupée." in screen_text(pilot.app)
        assert {account for account, _ in order(pilot)} == {"garde"}
        ehpad(fake).queue.put_nowait(LineChanged(Line.ONLINE, say("TLS 1.3")))
        await until(pilot, "Transfert de Mme LEGRAND")
        assert "sans ehpad" not in screen_text(pilot.app)


async def test_rows_that_did_not_come_are_asked_for_again_when_the_line_is_back() -> None:
    many = [theirs(n, "Dr B <b@x.mssante.fr>", f"objet {n}", hours=200 - n) for n in range(199, 0, -1)]
    fake = make_desk(second=True)
    ehpad(fake).rows_in["INBOX"] = many
    async with running(fake) as pilot:
        await until(pilot, lambda: "ehpad" in pilot.app.main.checked_at)  # type: ignore[attr-defined]
        ehpad(fake).queue.put_nowait(LineChanged(Line.ONLINE, "TLS 1.3"))
        await pilot.press("B")
        await until(pilot, "205 messages")
        ehpad(fake).failure = ConnectionLost(say("La ligne s'est coupée."))
        await pilot.press("end")
        await until(pilot, "La ligne s'est coupée.")
        await until(pilot, lambda: ("garde", 56) in order(pilot))
        assert ("ehpad", 1) not in order(pilot)
        ehpad(fake).queue.put_nowait(LineChanged(Line.ONLINE, "TLS 1.3"))
        await until(pilot, lambda: pilot.app.main.base.view.waits == ("ehpad",))  # type: ignore[attr-defined]
        await pilot.press("end")
        await until(pilot, lambda: ("ehpad", 1) in order(pilot))


async def test_the_list_is_there_before_the_slowest_mailbox() -> None:
    fake = two()
    async with running(fake) as pilot:
        await until(pilot, lambda: "ehpad" in pilot.app.main.checked_at)  # type: ignore[attr-defined]
        ehpad(fake).gate.clear()
        await pilot.press("B")
        await until(pilot, "Toutes les boîtes (2)")
        await pilot.press("down", "down")
        here = pilot.app.main.row_here()  # type: ignore[attr-defined]
        ehpad(fake).gate.set()
        await until(pilot, "Transfert de Mme LEGRAND")
        assert pilot.app.main.row_here().ref == here.ref, "the bar stays on its message"  # type: ignore[attr-defined]


async def test_what_happens_in_any_of_them_is_seen() -> None:
    fake = two()
    async with running(fake) as pilot:
        await together(pilot)
        new = theirs(61, "Labo <labo@x.mssante.fr>", "Potassium", hours=0.1)
        ehpad(fake).rows_in["INBOX"].insert(0, new)
        ehpad(fake).queue.put_nowait(Arrived("INBOX", (new,), 3))
        await until(pilot, "Potassium")
        assert order(pilot)[0] == ("ehpad", 61)
        ehpad(fake).queue.put_nowait(Changed("INBOX", ((60, frozenset({SEEN, "$MssDelegue"})),)))
        await until(pilot, "délégué")
        assert screen_text(pilot.app).count("délégué") == 1
        fake.mail.queue.put_nowait(Removed("INBOX", frozenset({60}), 5))
        await until(pilot, lambda: ("garde", 60) not in order(pilot))
        assert ("ehpad", 60) in order(pilot)
        ehpad(fake).rows_in["INBOX"].pop()
        ehpad(fake).queue.put_nowait(Reset("INBOX"))
        await until(pilot, lambda: ("ehpad", 59) not in order(pilot))


def busy_and_quiet() -> FakeDesk:
    """More messages in one than a screen shows, all of them newer than the only one of the other."""
    busy = [row(n, "Dr A <a@x.mssante.fr>", f"objet {n}", hours=50 - n) for n in range(49, 0, -1)]
    fake = make_desk(busy, second=True)
    ehpad(fake).rows_in["INBOX"] = [theirs(1, "Dr B <b@x.mssante.fr>", "ancien", hours=90)]
    return fake


async def test_a_mailbox_is_read_only_once_its_rows_are_on_screen() -> None:
    """cycle.lecture-quotidienne: what stands further down than the screen was not read."""
    fake = busy_and_quiet()
    later = NOW + timedelta(minutes=2)
    async with running(fake) as pilot:
        await until(pilot, lambda: "ehpad" in pilot.app.main.checked_at)  # type: ignore[attr-defined]
        fake.clock.set(later)
        await pilot.press("B")
        await until(pilot, "50 messages")
        assert (fake.facts.of("garde").read, fake.facts.of("ehpad").read) == (later, None)
        await pilot.press("end")
        await until(pilot, "ancien")
        assert fake.facts.of("ehpad").read == later


async def test_what_comes_while_another_screen_covers_the_list_is_not_read_yet() -> None:
    fake = busy_and_quiet()
    async with running(fake) as pilot:
        await pilot.press("B")
        await until(pilot, "50 messages")
        await pilot.press("5")
        await until(pilot, "Journal")
        new = theirs(2, "Labo <labo@x.mssante.fr>", "Potassium", hours=0.1)
        ehpad(fake).rows_in["INBOX"].insert(0, new)
        ehpad(fake).queue.put_nowait(Arrived("INBOX", (new,), 2))
        await until(pilot, lambda: ("ehpad", 2) in order(pilot))
        assert fake.facts.of("ehpad").read is None
        await pilot.press("escape")
        await until(pilot, "Potassium")
        assert fake.facts.of("ehpad").read == NOW


async def test_folders_of_which_mailbox_is_asked() -> None:
    async with running(two()) as pilot:
        await together(pilot)
        await pilot.press("down", "G")
        await until(pilot, "Les dossiers de quelle boîte ?")
        await write(pilot, "ehpad")
        await pilot.press("enter")
        await until(pilot, "Créer un dossier")


async def test_sorting_all_of_them_and_reading_them_again() -> None:
    fake = two()
    async with running(fake) as pilot:
        await together(pilot)
        await pilot.press("S")
        await until(pilot, "Trier par")
        await pilot.press("down", "enter")
        await until(pilot, "Tri : Objet dans Toutes les boîtes (serveur, 2 boîtes)")
        subjects = [r.subject for r in pilot.app.main.shown.view.known()]  # type: ignore[attr-defined]
        assert subjects == sorted(subjects, key=str.casefold)
        await pilot.press("g")
        await until(pilot, lambda: order(pilot)[0] == ("garde", 60))
