"""Reports as they come: the forms that the documents list, written by hand."""

from __future__ import annotations

ID = "<abcdef0123456789@medecin.mssante.fr>"
ENVELOPE = "abcdef0123456789"
ORIGINAL = f"From: dr.martin@medecin.mssante.fr\nTo: a@b.mssante.fr\nMessage-ID: {ID}\nSubject: CR\n"


def mail(subject: str, body: str, *, sender: str = "MAILER-DAEMON@relais.mssante.fr", head: str = "") -> bytes:
    """A message of one part."""
    text = (
        f"Return-Path: <>\nFrom: Systeme <{sender}>\nTo: dr.martin@medecin.mssante.fr\nSubject: {subject}\n"
        f"Date: Fri, 20 Nov 2026 09:15:00 +0100\nMIME-Version: 1.0\n{head}\n{body}"
    )
    return text.replace("\n", "\r\n").encode()


def report(
    kind: str,
    fields: str,
    *,
    subject: str = "rapport",
    words: str = "Voici le rapport.",
    original: str = ORIGINAL,
    whole: bool = False,
    sender: str = "MAILER-DAEMON@relais.mssante.fr",
) -> bytes:
    """A multipart/report: `kind` is delivery-status or disposition-notification."""
    back = ("message/rfc822", original + "\ntexte\n") if whole else ("text/rfc822-headers", original)
    parts = (("text/plain; charset=utf-8", words), (f"message/{kind}", fields), *([back] if original else ()))
    body = "".join(f"--limite\nContent-Type: {type_}\n\n{text}\n" for type_, text in parts) + "--limite--\n"
    return mail(
        subject,
        body,
        sender=sender,
        head=f'Content-Type: multipart/report; report-type={kind}; boundary="limite"\n',
    )


def delivery(*people: str, general: str = f"Original-Envelope-Id: {ENVELOPE}\nReporting-MTA: dns; r\n") -> bytes:
    """A DSN; each of `people` is a group of fields."""
    return report("delivery-status", "\n".join((general, *people)))


def person(action: str, status: str, words: str = "", address: str = "a@b.mssante.fr") -> str:
    """A group about one recipient."""
    said = f"Diagnostic-Code: smtp; {words}\n" if words else ""
    return f"Final-Recipient: rfc822; {address}\nAction: {action}\nStatus: {status}\n{said}"


def disposition(mode: str, more: str = "", **options: str) -> bytes:
    """An MDN."""
    fields = (
        "Reporting-UA: logiciel; 1\nFinal-Recipient: rfc822; a@b.mssante.fr\n"
        f"Original-Message-ID: {ID}\nDisposition: {mode}\n{more}"
    )
    return report("disposition-notification", fields, sender="a@b.mssante.fr", **options)  # type: ignore[arg-type]
