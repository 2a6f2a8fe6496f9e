"""Reports among the demo's messages: a message that could not be delivered, and read receipts (RFC 3464, RFC 8098)."""

from __future__ import annotations

from datetime import datetime
from email.utils import format_datetime
from typing import Any

from mss_tui.demo.delivery import report
from mss_tui.demo.mail.build import Sketch, build, header, message_id
from mss_tui.model.paris import PARIS


def bounce(entry: dict[str, Any], own: str, received: datetime) -> bytes:
    """The report on a message that its recipient's operator did not take."""
    about = entry["bounce"]
    original = build(
        Sketch(entry["id"] + "-original", own, about["to"], about["subject"], "Demande jointe.\n"), received
    )
    return report(
        own,
        [(about["to"], "", "failed", about["status"], about["words"])],
        original,
        full=True,
        envelope_id=entry["id"],
        date=format_datetime(received.astimezone(PARIS)),
        message_id=message_id(entry["id"]),
    )


def receipt(entry: dict[str, Any], sketch: Sketch, received: datetime) -> bytes:
    """A read receipt; with `error` the one of a system that could not file the documents (CISIS-113)."""
    about = entry["mdn"]
    error = about.get("error", "")
    mode = "automatic-action/MDN-sent-automatically" if error else "manual-action/MDN-sent-manually"
    words = "Les documents n'ont pas pu être intégrés." if error else "Le message a été affiché à l'écran."
    boundary = f"=_{entry['id']}"
    head = header(sketch, received).as_bytes().rstrip() + b"\r\n"
    lines = [
        "MIME-Version: 1.0",
        f'Content-Type: multipart/report; report-type=disposition-notification; boundary="{boundary}"',
        f"In-Reply-To: {message_id(about['of'])}",
        "",
        f"--{boundary}",
        "Content-Type: text/plain; charset=utf-8",
        "Content-Transfer-Encoding: 8bit",
        "",
        words,
        "",
        f"--{boundary}",
        "Content-Type: message/disposition-notification",
        "",
        "Reporting-UA: demo.mssante.fr; mss-tui demo",
        f"Final-Recipient: rfc822;{about['reader']}",
        f"Original-Message-ID: {message_id(about['of'])}",
        f"Disposition: {mode}; {'processed/error' if error else 'displayed'}",
        *([f"Error: {error}"] if error else []),
        "",
        f"--{boundary}--",
        "",
    ]
    return head + "\r\n".join(lines).encode("utf-8")
