"""Several messages written at once: each waits as it was left, is kept by itself, and none is lost on the way out."""

from __future__ import annotations

from datetime import timedelta

import pytest
from textual.pilot import Pilot

from mss_tui.errors import ConnectionLost, NotFound
from mss_tui.model.draft import Draft
from mss_tui.model.mailbox import Interrupted
from mss_tui.model.message import MessageRef, Row
from mss_tui.phrase import say
from mss_tui.tui import interrupted
from mss_tui.tui.screens import composer_keeping
from mss_tui.tui.screens.composer import ComposerScreen
from mss_tui.tui.widgets.body import Body
from mss_tui.tui.widgets.field import Field
from tests.support.desk import FakeDesk, make_desk
from tests.support.fake_mail import NOW
from tests.support.screen import NARROW, WIDE, golden, running, screen_text, until, write
from tests.tui.test_composer import LEFEBVRE, LEFEVRE, composed


async def two(pilot: Pilot[int]) -> tuple[ComposerScreen, ComposerScreen]:
    """Two messages begun, the second on screen."""
    await composed(pilot, subject="Suite VIAL Paul", body="Premier.")
    first = here(pilot)
    await pilot.press("ctrl+d")
    await until(pilot, "Laisser ce message ouvert")
    await pilot.press("enter")
    await until(pilot, "Brouillon 2/2")
    await write(pilot, LEFEBVRE)
    await pilot.press("tab", "tab", "tab")
    await write(pilot, "Avis DUPOND")
    await pilot.press("tab")
    await write(pilot, "Second.")
    await until(pilot, "Second.")
    return first, here(pilot)


def here(pilot: Pilot[int]) -> ComposerScreen:
    screen = pilot.app.screen
    assert isinstance(screen, ComposerScreen)
    return screen


@pytest.mark.parametrize(("size", "name"), [(NARROW, "drafts-80x24"), (WIDE, "drafts-120x40")])
async def test_another_message_is_begun_while_one_is_open(size: tuple[int, int], name: str) -> None:
    async with running(make_desk(), size) as pilot:
        await two(pilot)
        await pilot.press("ctrl+d")
        await until(pilot, "1. Suite VIAL Paul")
        golden(pilot.app, name)


async def test_each_comes_back_as_it_was_left() -> None:
    async with running(make_desk()) as pilot:
        first, second = await two(pilot)
        await pilot.press("ctrl+d")
        await until(pilot, "1. Suite VIAL Paul")
        await pilot.press("enter")
        await until(pilot, "Brouillon 1/2")
        assert pilot.app.screen is first
        assert first.query_one("#body", Body).has_focus
        await write(pilot, " Fin.")
        await until(pilot, "Premier. Fin.")
        await pilot.press("ctrl+z")
        await until(pilot, lambda: first.query_one("#body", Body).text == "Premier.")
        assert second.query_one("#body", Body).text == "Second."


async def test_the_mailbox_is_read_meanwhile_and_says_what_waits() -> None:
    async with running(make_desk(), WIDE) as pilot:
        _, second = await two(pilot)
        await pilot.press("ctrl+d")
        await until(pilot, "celui-ci reste ouvert")
        await pilot.press("end", "enter")
        await until(pilot, "en cours 2 (2)")
        await pilot.press("2")
        await until(pilot, lambda: pilot.app.screen is second)
        await pilot.press("ctrl+g", "1")
        await until(pilot, "en cours 2 (2)")
        await pilot.press("n")
        await until(pilot, "Brouillon 3/3")


async def test_a_message_that_left_leaves_the_other_open() -> None:
    fake = make_desk()
    async with running(fake) as pilot:
        first, second = await two(pilot)
        second.query_one("#to", Field).value = LEFEVRE
        await pilot.press("ctrl+x")
        await until(pilot, "Pertinence")
        await pilot.press("o")
        await until(pilot, "Envoyé à 1")
        assert pilot.app.writing.screens == [first]  # type: ignore[attr-defined]
        await pilot.press("2")
        await until(pilot, "Premier.")
        assert "Brouillon 1" not in screen_text(pilot.app)
        await pilot.press("escape")
        await until(pilot, "Quitter ce message ?")
        await pilot.press("down", "enter")
        await until(pilot, "Réception · garde@")
        assert pilot.app.writing.screens == []  # type: ignore[attr-defined]
        assert not second.is_attached
        assert not first.is_attached


class Looks:
    """The clock looked at far more often than it moves; how often it was."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.count = 0
        look = ComposerScreen.look_at_clock

        def counted(screen: ComposerScreen) -> None:
            self.count += 1
            look(screen)

        patch.setattr(composer_keeping, "LOOK_SECONDS", 0.002)
        patch.setattr(ComposerScreen, "look_at_clock", counted)

    async def some(self, pilot: Pilot[int]) -> None:
        """Each open message has looked several times since."""
        seen = self.count
        await until(pilot, lambda: self.count > seen + 6)


async def test_a_pause_of_ten_seconds_saves_every_message_once(monkeypatch: pytest.MonkeyPatch) -> None:
    looks = Looks(monkeypatch)
    fake = make_desk()
    async with running(fake) as pilot:
        first, second = await two(pilot)
        fake.clock.advance(timedelta(seconds=14))
        await looks.some(pilot)
        assert fake.mail.appended == []  # a pause long enough, too soon after it was opened
        fake.clock.advance(timedelta(seconds=1))
        await until(pilot, lambda: not first.unsaved and not second.unsaved)
        assert len(fake.mail.appended) == 2
        fake.clock.advance(timedelta(seconds=14))
        await write(pilot, " Encore.")
        fake.clock.advance(timedelta(seconds=9))
        await looks.some(pilot)
        assert len(fake.mail.appended) == 2
        fake.clock.advance(timedelta(seconds=1))
        await until(pilot, lambda: len(fake.mail.appended) == 3 and not second.unsaved)
        assert b"Second. Encore." in fake.mail.appended[2][1]
        fake.clock.advance(timedelta(seconds=60))
        await looks.some(pilot)
        assert len(fake.mail.appended) == 3


async def test_what_is_typed_without_a_pause_is_saved_each_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    looks = Looks(monkeypatch)
    fake = make_desk()
    async with running(fake) as pilot:
        await composed(pilot)
        for word in range(7):
            await write(pilot, f" {word}")
            await until(pilot, lambda: here(pilot).typed_at == fake.clock.now())
            await looks.some(pilot)
            assert fake.mail.appended == []
            fake.clock.advance(timedelta(seconds=9 if word < 6 else 6))
        await until(pilot, lambda: len(fake.mail.appended) == 1)
        assert b"Bonjour. 0 1 2 3 4 5 6" in fake.mail.appended[0][1]


async def test_where_bytes_are_few_or_a_save_failed_only_the_minute_saves(monkeypatch: pytest.MonkeyPatch) -> None:
    looks = Looks(monkeypatch)
    fake = make_desk()
    async with running(fake, low_bandwidth=True) as pilot:
        await composed(pilot)
        for failure in (ConnectionLost(say("La ligne s'est coupée.")), None):
            fake.mail.failure = failure
            fake.clock.advance(timedelta(seconds=59))
            await looks.some(pilot)
            assert not here(pilot).in_memory_only or failure is None
            assert fake.mail.appended == []
            fake.clock.advance(timedelta(seconds=1))
            await until(pilot, lambda: here(pilot).in_memory_only or bool(fake.mail.appended))
            pilot.app.low_bandwidth = False  # type: ignore[attr-defined]
        assert len(fake.mail.appended) == 1


async def test_a_message_that_is_being_sent_is_not_saved_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    looks = Looks(monkeypatch)
    fake = make_desk()
    async with running(fake) as pilot:
        await composed(pilot)
        here(pilot).on_its_way = True  # type: ignore[assignment]
        fake.clock.advance(timedelta(seconds=90))
        await looks.some(pilot)
        assert fake.mail.appended == []
        here(pilot).on_its_way = None
        await until(pilot, lambda: len(fake.mail.appended) == 1)


async def test_leaving_the_program_keeps_all_of_them() -> None:
    fake = make_desk()
    async with running(fake) as pilot:
        await two(pilot)
        await pilot.press("ctrl+q")
        await until(pilot, "2 messages en cours ne sont pas enregistrés")
        await pilot.press("enter")
        await until(pilot, lambda: not pilot.app.is_running)
    assert sorted(b"Premier." in data for _, data, _ in fake.mail.appended) == [False, True]


async def test_what_cannot_be_kept_keeps_the_program_open() -> None:
    fake = make_desk()
    async with running(fake) as pilot:
        first, _ = await two(pilot)
        fake.mail.failure = ConnectionLost(say("La ligne s'est coupée."))
        await pilot.press("ctrl+q")
        await until(pilot, "ne sont pas enregistrés")
        await pilot.press("enter")
        await until(pilot, "La ligne s'est coupée.")
        assert pilot.app.screen is first
        await pilot.press("ctrl+q")
        await until(pilot, "ne sont pas enregistrés")
        await pilot.press("down", "enter")
        await until(pilot, lambda: not pilot.app.is_running)


async def test_a_message_that_cannot_say_what_it_holds_does_not_lose_the_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken() -> Draft:
        raise ZeroDivisionError

    async with running(make_desk()) as pilot:
        first, second = await two(pilot)
        with monkeypatch.context() as patch:
            patch.setattr(first, "draft", broken)
            left = interrupted.seen(pilot.app)  # type: ignore[arg-type]
        assert left.drafts == ((second.place, second.draft()),)


async def test_a_hangup_saves_those_that_wait_too() -> None:
    fake = make_desk()
    async with running(fake) as pilot:
        await two(pilot)
        await pilot.press("ctrl+g", "1")
        await until(pilot, "Réception · garde@")
        left = interrupted.seen(pilot.app)  # type: ignore[arg-type]
    assert [draft.body for _, draft in left.drafts] == ["Premier.", "Second."]
    await interrupted.keep(fake.desk, left)
    found = fake.facts.of("garde").interrupted
    assert found is not None
    assert (found.draft is not None, len(found.others)) == (True, 1)


async def test_those_that_were_kept_already_are_offered_too() -> None:
    fake = make_desk()
    async with running(fake) as pilot:
        first, _ = await two(pilot)
        await first.store()
        left = interrupted.seen(pilot.app)  # type: ignore[arg-type]
    assert [draft.body for _, draft in left.drafts] == ["Second."]
    assert [ref for _, ref in left.stored] == [first.saved.saved_as]
    fake.mail.failure = ConnectionLost(say("La ligne s'est coupée."))
    await interrupted.keep(fake.desk, left)
    found = fake.facts.of("garde").interrupted
    assert found is not None
    assert first.saved.saved_as is not None
    assert (found.draft, found.others) == (("Drafts", 7, first.saved.saved_as.uid), ())


async def test_the_next_start_takes_all_of_them_up_but_what_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = make_desk()
    there = fake.reader.row

    async def row_of(ref: MessageRef) -> Row:
        if ref.uid == 9_999:
            raise NotFound(say("Ce message n'est plus là."))
        return await there(ref)

    monkeypatch.setattr(fake.reader, "row", row_of)
    rows = [stored(fake), stored(fake)]
    refs = [(row.ref.folder, row.ref.uidvalidity, row.ref.uid) for row in rows]
    fake.facts.update("garde", interrupted=Interrupted(NOW, "INBOX", None, refs[0], (("Drafts", 7, 9_999), refs[1])))
    async with running(fake) as pilot:
        await until(pilot, "Reprendre les 3 brouillons")
        await pilot.press("enter")
        await until(pilot, "Brouillon 2/2")


def stored(fake: FakeDesk) -> Row:
    return fake.mail.put("Drafts", f"From: garde@x\r\nTo: {LEFEVRE}\r\nSubject: Suite\r\n\r\nB\r\n".encode())


async def test_a_stored_draft_that_is_open_already_is_not_opened_twice() -> None:
    fake = make_desk()
    row = stored(fake)
    async with running(fake) as pilot:
        app = pilot.app
        for _ in range(2):
            await app.main._reopen_draft(fake.desk.places[0], row)  # type: ignore[attr-defined]
            await until(pilot, lambda: isinstance(app.screen, ComposerScreen))
        assert len(app.writing.screens) == 1  # type: ignore[attr-defined]
