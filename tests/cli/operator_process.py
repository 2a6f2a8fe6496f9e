"""An operator with three messages that never change, until standard input closes. Run as a program: DIRECTORY."""

from __future__ import annotations

import asyncio
import imaplib
import json
import ssl
import sys
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

from mss_tui.adapters.clock import SystemClock
from mss_tui.adapters.directory.build import build
from mss_tui.demo.operator import Operator

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
OWN = "jean.martin@medecin.demo.mssante.fr"


def _message(sender: str, subject: str, body: str, number: int) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, f"Dr Jean MARTIN <{OWN}>", subject
    message["Date"] = f"Mon, {number} Nov 2026 10:00:00 +0100"
    message["Message-ID"] = f"<{number}@essai.mssante.fr>"
    message.set_content(body)
    return message


def _messages() -> list[tuple[str, bytes]]:
    letter = _message(
        "Dr Anne LEFEBVRE <anne.lefebvre@ch-valmarin.demo.mssante.fr>", "Lettre - VIAL Paul", "Bonjour.", 2
    )
    letter.add_attachment(b"%PDF-1.4 rien", maintype="application", subtype="pdf", filename="lettre VIAL.pdf")
    letter.set_boundary("frontiere")
    patient = _message(
        "Léo DUPOND <279035121518989@patient.mssante.fr>",
        "Question sur l'ordonnance",
        "Docteur,\n\nà quelle heure ?",
        3,
    )
    hostile = _message(
        "=?utf-8?q?=1B]0=3Bvol=C3=A9=07Jean?= <jean@gmail.com>",
        "=?utf-8?b?G10wO3ZvbMOpBxtbMkobWzMxbeKArkV4ZWN1dGV6?=",
        "avant\x1b[2J\x1b]52;c;cm0gLXJm\x07\x9b31mapr\u00e8s \u202e",
        4,
    )
    return [(f" {n}-Nov-2026 10:00:00 +0100", bytes(m)) for n, m in ((2, letter), (3, patient), (4, hostile))]


def _fill(operator: Operator) -> None:
    context = ssl.create_default_context(cafile=operator.ca)
    with imaplib.IMAP4_SSL(operator.imaps.host, operator.imaps.port, ssl_context=context) as imap:
        imap.login(operator.accounts[0].address, operator.accounts[0].password)
        for received, data in _messages():
            imap.append("INBOX", "", f'"{received}"', data)


async def main() -> None:
    """Serve."""
    operator = await Operator.start(Path(sys.argv[1]), NOW, empty=True)
    try:
        await asyncio.to_thread(build, operator.extraction, operator.directory / "annuaire.sqlite", SystemClock())
        await asyncio.to_thread(_fill, operator)
        print(json.dumps(operator.line_json()), flush=True)
        await asyncio.to_thread(sys.stdin.read)
    finally:
        await operator.stop()


if __name__ == "__main__":
    asyncio.run(main())
