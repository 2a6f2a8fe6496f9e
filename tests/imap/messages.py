"""Messages for tests."""

from __future__ import annotations


def letter(number: int = 1, subject: str = "", sender: str = "Dr Anne LEFEBVRE <anne@alpha.mssante.fr>") -> bytes:
    """A small message with everything that a row shows."""
    return (
        f"From: {sender}\r\nTo: bob@alpha.mssante.fr\r\nCc: carl@alpha.mssante.fr\r\n"
        f"Subject: {subject or f'Bilan * INR * {number}'}\r\nDate: Mon, 16 Nov 2026 10:00:00 +0100\r\n"
        f"Message-ID: <{number}@alpha.mssante.fr>\r\nContent-Type: text/plain; charset=utf-8\r\n"
        f"Content-Transfer-Encoding: 8bit\r\n\r\nBonjour, « lettre » {number}\r\n"
    ).encode()


def with_attachment(content: bytes, name: str = "compte rendu.pdf") -> bytes:
    """A text and a file, the file's octets as they are."""
    return (
        b"From: labo@biosud.mssante.fr\r\nTo: bob@alpha.mssante.fr\r\nSubject: CR biologie\r\n"
        b"Message-ID: <pj@biosud.mssante.fr>\r\nMIME-Version: 1.0\r\nX-MSS-CODECDA: 34112-3\r\n"
        b"Auto-Submitted: auto-generated\r\nDisposition-Notification-To: labo@biosud.mssante.fr\r\n"
        b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n'
        b"--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nVoir PJ\r\n"
        b"--b\r\nContent-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n"
        b'Content-Disposition: attachment; filename="' + name.encode() + b'"\r\n\r\n' + content + b"\r\n--b--\r\n"
    )
