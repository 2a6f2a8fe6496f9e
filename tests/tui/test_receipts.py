"""What became of sent messages, in words; read receipts that others ask for are answered by a person alone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from textual.pilot import Pilot

from mss_tui.demo.delivery import report
from mss_tui.model.message import MDN_SENT, Row
from mss_tui.tui.screens.composer import ComposerScreen
from mss_tui.tui.widgets.field import Field
from tests.support.desk import ADDRESS, FakeDesk, make_desk
from tests.support.fake_mail import NOW
from tests.support.keeping_mail import asks
from tests.support.screen import NARROW, WIDE, golden, running, screen_text, until

ID = "<0a1b2c3d4e5f@hopital.mssante.fr>"
ANNE, SSIAD, PHARMACY = "anne.lefebvre@chu-lyon.mssante.fr", "ssiad@parc.mssante.fr", "pharmacie@pont.mssante.fr"


def sent_message(fake: FakeDesk) -> Row:
    """A message in Sent, to three people."""
    data = asks(
        {
            "From": f"Dr Jean MARTIN <{ADDRESS}>",
            "To": f"{ANNE}, {SSIAD}, {PHARMACY}",
            "Subject": "Lettre VIAL Paul",
            "Message-ID": ID,
            "Disposition-Notification-To": ADDRESS,
        }
    )
    return fake.mail.put("Sent", data, ["\\Seen"], NOW - timedelta(hours=2))


def delivery(fake: FakeDesk, sent: Row, *outcomes: tuple[str, str, str, str]) -> Row:
    """The report that the demo's post office makes (RFC 3464)."""
    data = report(
        ADDRESS,
        [(who, "", action, status, words) for who, action, status, words in outcomes],
        fake.mail.octets[sent.ref],
        full=True,
        envelope_id="0a1b2c3d4e5f",
        date="Fri, 20 Nov 2026 01:10:00 +0100",
        message_id="<rapport@essai.mssante.fr>",
    )
    return fake.mail.put("INBOX", data)


def read_receipt(fake: FakeDesk) -> Row:
    """What Anne's program sends back (RFC 8098)."""
    lines = [
        f"From: {ANNE}", f"To: {ADDRESS}", "Subject: Lu : Lettre", "Message-ID: <mdn@chu-lyon.mssante.fr>",
        "Date: Fri, 20 Nov 2026 01:30:00 +0100", "MIME-Version: 1.0",
        'Content-Type: multipart/report; report-type=disposition-notification; boundary="b"', "", "--b",
        "Content-Type: text/plain", "", "Lu.", "--b", "Content-Type: message/disposition-notification", "",
        f"Final-Recipient: rfc822;{ANNE}", f"Original-Message-ID: {ID}",
        "Disposition: manual-action/MDN-sent-manually; displayed", "", "--b--", "",
    ]  # fmt: skip
    return fake.mail.put("INBOX", "\r\n".join(lines).encode())


async def in_sent(pilot: Pilot[int]) -> None:
    """Open the folder Envoyés."""
    await until(pilot, lambda: bool(pilot.app.main.folders))  # type: ignore[attr-defined]
    main = pilot.app.main  # type: ignore[attr-defined]
    folder = next(f for f in main.folders["garde"] if f.name == "Sent")
    main.open_folder(main.place, folder)
    await until(pilot, "Envoyés · garde@")


@pytest.mark.parametrize(("size", "name"), [(NARROW, "timeline-80x24"), (WIDE, "timeline-120x40")])
async def test_a_sent_message_has_a_timeline_recipient_by_recipient(size: tuple[int, int], name: str) -> None:
    fake = make_desk()
    sent = sent_message(fake)
    delivery(fake, sent, (ANNE, "delivered", "2.0.0", "250 2.0.0 stored"))
    delivery(fake, sent, (SSIAD, "failed", "5.2.2", "552 5.2.2 the mailbox is full"))
    read_receipt(fake)
    async with running(fake, size) as pilot:
        await in_sent(pilot)
        await pilot.press("A")
        await until(pilot, "Suivi : Lettre VIAL Paul")
        golden(pilot.app, name)
        text = screen_text(pilot.app)
        assert f"{ANNE} : remis dans la boîte" in text
        assert "puis lu le 20/11/2026 01:30" in text
        assert f"{SSIAD} : NON REMIS" in text
        assert f"{PHARMACY} : accepté par le serveur ; aucun accusé reçu" in text
        assert "non lu" not in text
        await pilot.press("e")
        await until(pilot, lambda: isinstance(pilot.app.screen, ComposerScreen))
        assert pilot.app.screen.query_one("#to", Field).value == SSIAD
        assert pilot.app.screen.query_one("#subject", Field).value == "Lettre VIAL Paul"


async def test_the_timeline_stands_beside_the_opened_message() -> None:
    fake = make_desk()
    delivery(fake, sent_message(fake), (ANNE, "delivered", "2.0.0", "250 stored"))
    async with running(fake) as pilot:
        await in_sent(pilot)
        await pilot.press("enter")
        await until(pilot, f"{ANNE} : remis dans la boîte")


async def test_a_bounce_is_explained_and_leads_to_its_message() -> None:
    fake = make_desk()
    delivery(fake, sent_message(fake), (SSIAD, "failed", "5.1.1", "550 5.1.1 no such mailbox"))
    async with running(fake) as pilot:
        await until(pilot, "Undelivered Mail")
        await pilot.press("enter")
        await until(pilot, "Cette boîte n'existe pas ou n'existe plus.")
        assert f"{SSIAD} : NON REMIS" in screen_text(pilot.app)
        await pilot.press("A")
        await until(pilot, "Suivi : Lettre VIAL Paul")
        await until(pilot, "e écrire aux 1 qui ne l'ont pas reçu")


async def test_ordinary_mail_that_says_the_integration_failed_is_read_as_such() -> None:
    fake = make_desk()
    fake.mail.put("INBOX", asks({"From": SSIAD, "To": ADDRESS, "Subject": "[KO Integration systeme !][902] CR"}))
    async with running(fake) as pilot:
        await pilot.press("enter")
        await until(pilot, "Le patient est inconnu du logiciel du destinataire.")


def asked(fake: FakeDesk, *, came_from: str = ANNE) -> Row:
    """A received message that asks for a read receipt."""
    fields = {
        "Return-Path": f"<{came_from}>",
        "From": ANNE,
        "To": ADDRESS,
        "Subject": "Avis demandé",
        "Message-ID": "<avis@chu-lyon.mssante.fr>",
        "Disposition-Notification-To": ANNE,
    }
    return fake.mail.put("INBOX", asks(fields))


def flags(fake: FakeDesk, row: Row) -> frozenset[str]:
    return next(r.flags for r in fake.mail.rows_in["INBOX"] if r.ref == row.ref)


async def test_a_read_receipt_leaves_when_a_person_says_so_and_once() -> None:
    fake = make_desk()
    row = asked(fake)
    async with running(fake) as pilot:
        await pilot.press("enter")
        await until(pilot, "A : envoyer ou ignorer l'accusé de lecture")
        assert fake.submission.sent == []
        await pilot.press("A")
        await until(pilot, "o envoyer   i ignorer")
        await pilot.press("o")
        await until(pilot, f"Accusé de lecture envoyé à {ANNE}")
        assert fake.submission.sent[0].recipients == (ANNE,)
        assert fake.submission.sent[0].sender == ""
        assert MDN_SENT in flags(fake, row)
        await pilot.press("A")
        await until(pilot, "déjà réglée")
        assert len(fake.submission.sent) == 1


async def test_ignoring_sends_nothing_and_is_remembered() -> None:
    fake = make_desk()
    row = asked(fake)
    async with running(fake) as pilot:
        await pilot.press("A")
        await until(pilot, "o envoyer   i ignorer")
        await pilot.press("i")
        await until(pilot, "Aucun accusé ne part")
        assert fake.submission.sent == []
        assert MDN_SENT in flags(fake, row)
        assert fake.journal.lines[-1].details["decision"] == "ignored"


async def test_a_receipt_that_would_go_elsewhere_is_asked_about_twice() -> None:
    fake = make_desk()
    asked(fake, came_from="autre@parc.mssante.fr")
    async with running(fake) as pilot:
        await pilot.press("A")
        await until(pilot, "ATTENTION : ce")
        await pilot.press("o")
        await until(pilot, "L'accusé irait à")
        await pilot.press("n")
        await until(pilot, "Réception · garde@")
        assert fake.submission.sent == []


async def test_opening_and_leaving_answers_nothing() -> None:
    fake = make_desk()
    row = asked(fake)
    async with running(fake) as pilot:
        await pilot.press("enter")
        await until(pilot, "A : envoyer ou ignorer l'accusé de lecture")
        await pilot.press("A")
        await until(pilot, "o envoyer   i ignorer")
        await pilot.press("escape")
        await until(pilot, "Avis demandé")
        assert fake.submission.sent == []
        assert MDN_SENT not in flags(fake, row)
