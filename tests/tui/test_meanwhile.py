"""What happens on the servers while nobody presses a key: counts that are pushed, and those that are asked for."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from textual.pilot import Pilot

from mss_tui.errors import ServerRefused
from mss_tui.model.message import MessageRef
from mss_tui.phrase import say
from mss_tui.ports.mail import Arrived, Counted, Line, LineChanged
from mss_tui.tui.application import MssApp
from mss_tui.tui.screens import main_watching
from tests.support.desk import FakeDesk, make_desk, row
from tests.support.fake_mail import NOW
from tests.support.screen import NARROW, WIDE, running, screen_text, until


def application(pilot: Pilot[int]) -> MssApp:
    assert isinstance(pilot.app, MssApp)
    return pilot.app


async def later(pilot: Pilot[int], fake: FakeDesk) -> None:
    """Three minutes pass, and the time for comparing has come."""
    fake.clock.set(fake.clock.now() + timedelta(minutes=3))
    application(pilot).main.reconcile()


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["80x24", "120x40"])
async def test_the_hour_of_the_last_comparison_is_on_screen_and_moves_on(size: tuple[int, int]) -> None:
    fake = make_desk()
    async with running(fake, size) as pilot:
        assert "relevée à 02:41" in screen_text(pilot.app).rstrip("\n").split("\n")[-1]
        await later(pilot, fake)
        await until(pilot, "relevée à 02:44")
        assert "02:41" not in screen_text(pilot.app).rstrip("\n").split("\n")[-1]


async def test_what_was_not_pushed_is_found_by_comparing_and_the_bar_stays() -> None:
    fake = make_desk()
    async with running(fake) as pilot:
        await pilot.press("down")
        missed = row(61, "SAMU <samu@chu.mssante.fr>", "Transfert", hours=0.1)
        fake.mail.rows_in["INBOX"].insert(0, missed)
        fake.mail.known_folders = tuple(
            replace(f, total=7) if f.name == "INBOX" else f for f in fake.mail.known_folders
        )
        opened = len([call for call in fake.mail.calls if call[0] == "open"])
        await later(pilot, fake)
        await until(pilot, "Transfert")
        here = application(pilot).main.row_here()
        assert here is not None
        assert here.ref == MessageRef("garde", "INBOX", 7, 59)
        await later(pilot, fake)
        await until(pilot, "relevée à 02:47")
        assert len([call for call in fake.mail.calls if call[0] == "open"]) == opened + 1, "read again only once"


async def test_a_mailbox_without_a_line_is_left_alone_and_one_that_refuses_stops_no_other() -> None:
    fake = make_desk(second=True)
    async with running(fake) as pilot:
        app = application(pilot)
        await until(pilot, lambda: "ehpad" in app.main.checked_at)
        other = fake.others["ehpad"]
        fake.mail.failure = ServerRefused(say("Le serveur ne veut pas."))
        other.queue.put_nowait(LineChanged(Line.ONLINE, say("TLS 1.3")))
        await until(pilot, lambda: "ehpad" in app.lines and app.lines["ehpad"].line is Line.ONLINE)
        await later(pilot, fake)
        await until(pilot, "Le serveur ne veut pas.")
        await until(pilot, lambda: app.main.checked_at["ehpad"] == fake.clock.now())
        assert app.main.checked_at["garde"] == NOW
        other.queue.put_nowait(LineChanged(Line.OFFLINE))
        await until(pilot, lambda: app.lines["ehpad"].line is Line.OFFLINE)
        asked = len(other.calls)
        await later(pilot, fake)
        await until(pilot, lambda: app.main.checked_at["garde"] == fake.clock.now())
        assert len(other.calls) == asked


async def test_comparing_comes_round_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(main_watching, "RECONCILE", 0.02)
    fake = make_desk()
    async with running(fake) as pilot:
        fake.clock.set(NOW + timedelta(minutes=3))
        await until(pilot, "relevée à 02:44")


async def test_pushed_counts_stand_in_the_pane_of_folders() -> None:
    async with running(fake := make_desk(), WIDE) as pilot:
        fake.mail.queue.put_nowait(Counted("Delegues", 9, 7))
        await until(pilot, lambda: "Délégués           7" in screen_text(pilot.app))
        fake.mail.queue.put_nowait(Counted("Inconnu", 9, 7))
        fake.mail.queue.put_nowait(Counted("Delegues", 9, 0))
        await until(pilot, lambda: "Délégués           7" not in screen_text(pilot.app))


async def test_new_mail_in_an_inbox_that_is_not_on_screen_rings(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = make_desk(second=True)
    rung: list[int] = []
    async with running(fake) as pilot:
        await until(pilot, lambda: "ehpad" in application(pilot).main.folders)
        monkeypatch.setattr(pilot.app, "bell", lambda: rung.append(1))
        queue = fake.others["ehpad"].queue
        queue.put_nowait(Counted("INBOX", 4, 2))  # as many unseen as before: somebody filed a message there
        queue.put_nowait(Counted("Archives", 9, 9))  # no inbox
        queue.put_nowait(Counted("INBOX", 5, 3))
        await until(pilot, "1 nouveau(x) message(s) : ehpad")
        assert rung == [1]


async def test_new_mail_in_the_list_rings_once(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = make_desk()
    rung: list[int] = []
    async with running(fake) as pilot:
        monkeypatch.setattr(pilot.app, "bell", lambda: rung.append(1))
        new = row(61, "SAMU <samu@chu.mssante.fr>", "Transfert", hours=0.1)
        fake.mail.queue.put_nowait(Arrived("INBOX", (new,), 7))
        await until(pilot, "Transfert")
        assert rung == [1]


async def test_a_slow_line_is_spared_what_nobody_asked_for() -> None:
    for low, prefetched in ((True, []), (False, [59])):
        fake = make_desk()
        async with running(fake, low_bandwidth=low) as pilot:
            await pilot.press("enter")
            await until(pilot, "Bien confraternellement")
            await until(pilot, lambda fake=fake: fake.mail.rows_in["INBOX"][0].seen)  # type: ignore[misc]
            assert [uid for uid in dict.fromkeys(fake.reader.prefetched) if uid == 59] == prefetched


async def test_an_act_on_many_messages_says_how_far_it_is_and_is_undone_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    many = [row(n, "Dr A <a@x.mssante.fr>", f"objet {n}", hours=(500 - n) / 10) for n in range(450, 0, -1)]
    fake = make_desk(many)
    async with running(fake) as pilot:
        app = application(pilot)
        said: list[str] = []
        monkeypatch.setattr(app, "_say", lambda text, tone: said.append(text))
        shown = app.main.shown
        assert shown is not None
        await shown.need(0, 450)
        app.main.messages.selected |= {row.ref for row in many}
        await pilot.press("M")
        await pilot.pause()
        await until(pilot, lambda: app.screen is not app.main)
        await pilot.press("down", "enter")
        await until(pilot, lambda: any("450 déplacé(s)" in text for text in said))
        assert [text for text in said if " sur 450" in text] == ["200 sur 450…", "400 sur 450…", "450 sur 450…"]
        assert not fake.mail.rows_in["INBOX"]
        await pilot.press("z")
        await until(pilot, lambda: len(fake.mail.rows_in["INBOX"]) == 450)
