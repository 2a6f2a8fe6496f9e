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


def real_letter(number: int) -> bytes:
    """A letter with the header fields and lengths that operators' messages have."""
    trace = "".join(
        f"Received: from relais{hop}.operateur.mssante.fr (relais{hop}.operateur.mssante.fr [192.0.2.{hop}])\r\n"
        f"\tby mx{hop}.alpha.mssante.fr (Postfix) with ESMTPS id {hop:012X};\r\n"
        f"\tMon, 16 Nov 2026 09:59:5{hop} +0100\r\n"
        for hop in range(4)
    )
    return (
        f"{trace}Return-Path: <anne.lefebvre@medecin.mssante.fr>\r\n"
        "From: Dr_Anne_LEFEBVRE_Cabinet_de_cardiologie_du_Port <anne.lefebvre@medecin.mssante.fr>\r\n"
        "To: Secretariat EHPAD des Tilleuls <secretariat@ehpad-tilleuls.mssante.fr>\r\n"
        "Cc: Dr Jean MARTIN <jean.martin@medecin.mssante.fr>\r\n"
        f"Subject: =?utf-8?q?Lettre_de_liaison_-_M=2E_DUPOND_L=C3=A9o_-_s=C3=A9jour_n=C2=B0_{number}?=\r\n"
        f"Date: Mon, 16 Nov 2026 10:00:00 +0100\r\n"
        f"Message-ID: <20261116100000.{number:08d}.4F2A@medecin.mssante.fr>\r\n"
        "References: <20261115080000.00000001.4F2A@medecin.mssante.fr>\r\n"
        " <20261115090000.00000002.4F2A@medecin.mssante.fr>\r\n"
        "In-Reply-To: <20261115090000.00000002.4F2A@medecin.mssante.fr>\r\n"
        "X-MSS-NIL: DEV000000\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/mixed; boundary="----=_Part_123456_987654321.1795168075000"\r\n\r\n'
        "------=_Part_123456_987654321.1795168075000\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
        f"Cher confrère,\r\nsuite {number}.\r\n------=_Part_123456_987654321.1795168075000--\r\n"
    ).encode()
