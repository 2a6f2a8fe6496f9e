"""The outbox on screen: undo of sending, messages put off, what may have left, what was refused."""

from __future__ import annotations

from datetime import timedelta

import pytest
from textual.pilot import Pilot

from mss_tui.errors import AuthRefused, ConnectionLost
from mss_tui.model.sending import RecipientAnswer, SendReport, SendState
from mss_tui.phrase import say
from mss_tui.ports.submission import Decide, Progress, Stage, Watch
from mss_tui.text import clean
from mss_tui.tui.screens.composer import ComposerScreen
from mss_tui.tui.screens.outbox import OutboxScreen
from mss_tui.tui.widgets.body import Body
from mss_tui.tui.widgets.field import Field
from tests.support.desk import FakeDesk, FakeSubmission, make_desk
from tests.support.screen import NARROW, WIDE, golden, running, screen_text, until, write
from tests.tui.test_composer import LEFEBVRE, LEFEVRE, composed

GONE = ConnectionLost(say("Le serveur d'envoi ne répond plus."), meaning=say("Rien n'est parti."))


async def sent(pilot: Pilot[int], to: str = LEFEVRE) -> None:
    """Write a message and send it."""
    await composed(pilot, to)
    await pilot.press("ctrl+x")
    await until(pilot, "Pertinence")
    await pilot.press(*["space"] * (1 + to.count("lefebvre")), "o" if "lefebvre" not in to else "enter")


def later(pilot: Pilot[int], fake: FakeDesk, seconds: float) -> None:
    """Time passes."""
    fake.clock.advance(timedelta(seconds=seconds))
    pilot.app.departures.look(fake.desk.places[0])  # type: ignore[attr-defined]


def states(fake: FakeDesk) -> list[SendState]:
    return [waiting.state for waiting in fake.desk.places[0].outbox.list()]


class Cut(FakeSubmission):
    """The line is cut before the server's answer."""

    async def submit(self, built, *, decide: Decide, watch: Watch, before_data) -> SendReport:  # type: ignore[no-untyped-def, override]
        watch(Progress(Stage.ADDRESSING, 0, 1))
        before_data()
        answers = tuple(RecipientAnswer(r, 250, clean("OK")) for r in built.recipients)
        return SendReport(built.message_id, SendState.UNKNOWN, answers)


def cut(fake: FakeDesk) -> None:
    """From now on the line is cut before the answer."""
    fake.submission.submit = Cut().submit  # type: ignore[method-assign]


# undo


async def test_a_message_waits_for_its_delay_and_then_leaves() -> None:
    fake = make_desk(undo_seconds=10)
    async with running(fake) as pilot:
        await sent(pilot)
        await until(pilot, "Part à 02:41:10 pour 1 destinataire(s) : z annule l'envoi.")
        await until(pilot, "envoi 1")
        assert fake.submission.sent == []
        later(pilot, fake, 11)
        await until(pilot, "Envoyé à 1 destinataire(s), copie dans Envoyés.")
        await until(pilot, "envoi 0")
        assert fake.submission.sent[0].recipients == (LEFEVRE,)
        assert len(fake.mail.rows_in["Sent"]) == 1
        assert fake.mail.rows_in["Drafts"] == []


async def test_z_takes_a_message_back_into_the_composer() -> None:
    fake = make_desk(undo_seconds=10)
    async with running(fake) as pilot:
        await sent(pilot)
        await until(pilot, "z annule l'envoi")
        await pilot.press("z")
        await until(pilot, "Envoi annulé : rien n'est parti")
        assert isinstance(pilot.app.screen, ComposerScreen)
        assert pilot.app.screen.query_one("#to", Field).value == LEFEVRE
        assert pilot.app.screen.query_one("#body", Body).text == "Bonjour."
        later(pilot, fake, 60)
        await until(pilot, "envoi 0")
        assert fake.submission.sent == []
        assert states(fake) == []


async def test_an_act_done_since_is_undone_first() -> None:
    fake = make_desk(undo_seconds=10)
    async with running(fake) as pilot:
        await sent(pilot)
        await until(pilot, "z annule l'envoi")
        await pilot.press("s")
        await until(pilot, "z annule)")
        await pilot.press("z")
        await until(pilot, lambda: 60 in [row.ref.uid for row in fake.mail.rows_in["INBOX"]])
        assert states(fake) == [SendState.QUEUED]
        await pilot.press("z")
        await until(pilot, "Envoi annulé")


async def test_no_delay_sends_at_once() -> None:
    fake = make_desk()
    async with running(fake) as pilot:
        await sent(pilot)
        await until(pilot, "Envoyé à 1 destinataire(s)")
        assert len(fake.submission.sent) == 1


async def test_leaving_within_the_delay_asks_and_can_send_first() -> None:
    fake = make_desk(undo_seconds=10)
    async with running(fake) as pilot:
        await sent(pilot)
        await until(pilot, "z annule l'envoi")
        await pilot.press("ctrl+q")
        await until(pilot, "Un message attend encore de partir, à 02:41:10")
        await pilot.press("enter")
        await until(pilot, lambda: len(fake.submission.sent) == 1)
    assert states(fake) == []


async def test_a_server_that_cannot_keep_it_is_said_and_sending_at_once_is_asked() -> None:
    fake = make_desk(undo_seconds=10)
    async with running(fake) as pilot:
        await composed(pilot)
        await pilot.press("ctrl+x")
        await until(pilot, "Pertinence")
        fake.mail.failure = ConnectionLost(say("La ligne s'est coupée."))
        await pilot.press("o")
        await until(pilot, "délai d'annulation ?")
        await pilot.press("n")
        await until(pilot, "brouillon, en mémoire seulement")
        assert "en file" not in screen_text(pilot.app).casefold()
        assert fake.submission.sent == []
        assert states(fake) == []


async def test_what_could_not_leave_stays_in_the_queue_and_leaves_when_tried_again() -> None:
    fake = make_desk(undo_seconds=10)
    fake.submission.failure = GONE
    async with running(fake) as pilot:
        await sent(pilot)
        await until(pilot, "z annule l'envoi")
        later(pilot, fake, 11)
        await until(pilot, "Il reste en file")
        assert states(fake) == [SendState.QUEUED]
        fake.submission.failure = None
        later(pilot, fake, 70)
        await until(pilot, "Envoyé à 1 destinataire(s)")


async def test_a_refused_password_is_not_tried_again_by_itself() -> None:
    fake = make_desk(undo_seconds=10)
    fake.submission.failure = AuthRefused(say("Mot de passe refusé."))
    async with running(fake) as pilot:
        await sent(pilot)
        await until(pilot, "z annule l'envoi")
        later(pilot, fake, 11)
        await until(pilot, "attend votre décision")
        fake.submission.failure = None
        later(pilot, fake, 90)
        await pilot.pause(0.1)
        assert fake.submission.sent == []
        await pilot.press("6")
        await until(pilot, "en file sur le serveur")
        await pilot.press("r")
        await until(pilot, "Envoyé, copie dans Envoyés.")


# later


async def test_a_message_is_put_off_with_words_and_leaves_on_its_day() -> None:
    fake = make_desk(undo_seconds=10)
    async with running(fake) as pilot:
        await composed(pilot)
        await pilot.press("ctrl+n")
        await until(pilot, "[x] accusé de réception")
        await pilot.press("down", "enter")
        await until(pilot, "accusé de lecture demandé")
        await pilot.press("ctrl+n")
        await until(pilot, "[x] accusé de lecture")
        await pilot.press("down", "down", "enter")
        await until(pilot, "Envoyer quand ?")
        await write(pilot, "demain 8 h")
        await pilot.press("enter")
        await until(pilot, "départ le 21/11/2026 08:00 · accusé de lecture demandé")
        golden(pilot.app, "composer-later-80x24")
        await pilot.press("ctrl+x")
        await until(pilot, "Pertinence")
        await pilot.press("o")
        await until(pilot, "En file : part le 21/11/2026 08:00")
        later(pilot, fake, 3_600)
        await pilot.pause(0.05)
        assert fake.submission.sent == []
        later(pilot, fake, 40 * 3_600)
        await until(pilot, "Envoyé à 1 destinataire(s)")
        assert b"Disposition-Notification-To: garde@hopital.mssante.fr" in fake.submission.sent[0].data


async def test_words_that_are_no_moment_are_said() -> None:
    async with running(make_desk()) as pilot:
        await composed(pilot)
        await pilot.press("ctrl+n")
        await until(pilot, "envoyer plus tard")
        await pilot.press("down", "down", "enter")
        await until(pilot, "Envoyer quand ?")
        await write(pilot, "bientôt")
        await pilot.press("enter")
        await until(pilot, "ne dit pas à quelle heure")


# the screen


@pytest.mark.parametrize(("size", "name"), [(NARROW, "outbox-80x24"), (WIDE, "outbox-120x40")])
async def test_an_unknown_message_is_looked_for_before_it_may_be_sent_again(
    size: tuple[int, int], name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mss_tui.services.admission.secrets.token_hex", lambda octets: "0a" * octets)
    fake = make_desk()
    async with running(fake, size) as pilot:
        cut(fake)
        await sent(pilot)
        await until(pilot, "Peut-être parti")
        await pilot.press("escape")
        await pilot.press("6")
        await until(pilot, "Objet : Suite VIAL Paul")
        golden(pilot.app, name)
        await pilot.press("r")
        await until(pilot, "Ce message est peut-être déjà parti")
        await pilot.press("enter")
        await until(pilot, "Il n'est pas dans Envoyés.")
        await until(pilot, "Aucun accusé reçu : cela ne prouve rien")
        assert states(fake) == [SendState.UNKNOWN]
        await pilot.press("r")
        await until(pilot, "Le renvoyer quand même")
        assert "Chercher d'abord" not in screen_text(pilot.app)
        del fake.submission.submit  # type: ignore[method-assign]
        await pilot.press("down", "enter")
        await until(pilot, "Envoyé, copie dans Envoyés.")
        assert states(fake) == []


async def test_somebody_who_knows_that_it_left_says_so() -> None:
    fake = make_desk()
    async with running(fake) as pilot:
        cut(fake)
        await sent(pilot)
        await until(pilot, "Peut-être parti")
        await pilot.press("escape", "6")
        await until(pilot, "PEUT-ÊTRE PARTI")
        await pilot.press("p")
        await until(pilot, "Noté : il est parti, copie dans Envoyés.")
        assert fake.submission.sent == []
        assert len(fake.mail.rows_in["Sent"]) == 1
        assert fake.journal.lines[-1].details["decision"] == "left"


async def test_a_partial_refusal_can_be_written_to_again_alone() -> None:
    fake = make_desk(undo_seconds=10)
    fake.submission.refused = {LEFEBVRE}
    async with running(fake) as pilot:
        await sent(pilot, f"{LEFEVRE}, {LEFEBVRE}")
        await until(pilot, "z annule l'envoi")
        later(pilot, fake, 11)
        await until(pilot, f"Le serveur refuse : {LEFEBVRE}")
        await pilot.press("o")
        await until(pilot, "Parti pour une partie des destinataires seulement")
        await pilot.press("escape", "6")
        await until(pilot, "PARTI, mais pas à tous")
        await until(pilot, "2 destinataire(s) : 1 admis, 1 refusé(s)")
        await pilot.press("enter")
        await until(pilot, f"{LEFEBVRE} : REFUSÉ par votre serveur")
        await pilot.press("e")
        await until(pilot, lambda: isinstance(pilot.app.screen, ComposerScreen))
        assert pilot.app.screen.query_one("#to", Field).value == LEFEBVRE


async def test_after_a_start_what_is_unsure_is_said_and_what_was_cut_short_is_a_draft() -> None:
    fake = make_desk()
    async with running(fake) as pilot:
        cut(fake)
        await sent(pilot)
        await until(pilot, "Peut-être parti")
    async with running(fake) as pilot:
        await until(pilot, "1 message(s) de garde sont peut-être partis")
        await until(pilot, "envoi 1")
        assert fake.submission.sent == []


async def test_an_empty_outbox_says_so() -> None:
    async with running(make_desk()) as pilot:
        await pilot.press("6")
        await until(pilot, "Rien n'attend, rien n'est incertain.")
        assert isinstance(pilot.app.screen, OutboxScreen)
        await pilot.press("escape")
        await until(pilot, "Réception · garde@")


async def test_the_screen_follows_a_message_that_leaves_by_itself() -> None:
    fake = make_desk(undo_seconds=10)
    async with running(fake) as pilot:
        await sent(pilot)
        await until(pilot, "z annule l'envoi")
        await pilot.press("6")
        await until(pilot, "en file sur le serveur")
        later(pilot, fake, 11)
        await until(pilot, "Rien n'attend, rien n'est incertain.")


async def test_what_is_long_overdue_is_shown_and_leaves_only_on_a_key() -> None:
    fake = make_desk(undo_seconds=10)
    async with running(fake) as pilot:
        await sent(pilot)
        await until(pilot, "z annule l'envoi")
    fake.clock.advance(timedelta(hours=13))
    async with running(fake) as pilot:
        await until(pilot, "devait partir le 20/11/2026 02:41 : il n'est pas parti")
        assert (fake.submission.sent, states(fake)) == ([], [SendState.QUEUED])
        later(pilot, fake, 60)
        await pilot.press("6")
        await until(pilot, "EN RETARD : à vous de décider")
        await until(pilot, "relisez-le, puis décidez")
        assert fake.submission.sent == []
        await pilot.press("r")
        await until(pilot, "Envoyé, copie dans Envoyés.")
        assert len(fake.submission.sent) == 1
