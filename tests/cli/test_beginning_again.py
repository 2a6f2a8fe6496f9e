"""Messages that begin from another one: forwarded whole, taken up as new, sent again; through a running operator."""

from __future__ import annotations

import imaplib
import re
import ssl
import zipfile
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Demo
from tests.cli.test_mailbox_commands import LETTER, QUESTION, refs

OWN = "jean.martin@medecin.demo.mssante.fr"
SOPHIE = "sophie.petitjean@infirmier.demo.mssante.fr"


class Server:
    """The mailbox, by an IMAP client that is not ours."""

    def __init__(self, demo: Demo) -> None:
        where = demo.line["imaps"]
        self._imap = imaplib.IMAP4_SSL(
            where["host"], where["port"], ssl_context=ssl.create_default_context(cafile=demo.line["ca"])
        )
        account = next(a for a in demo.line["accounts"] if a["address"] == OWN)
        self._imap.login(account["address"], account["password"])

    def octets(self, folder: str, subject: str) -> list[bytes]:
        """The messages of a folder with this subject."""
        self._imap.select(f'"{folder}"', readonly=True)
        found = self._imap.uid("SEARCH", "SUBJECT", f'"{subject}"')[1][0].split()
        return [self._imap.uid("FETCH", uid.decode(), "(BODY.PEEK[])")[1][0][1] for uid in found]  # type: ignore[index]

    def close(self) -> None:
        self._imap.logout()

    def put(self, data: bytes) -> None:
        self._imap.append("INBOX", "", '" 2-Nov-2026 10:00:00 +0100"', data)


@pytest.fixture
def server(demo: Demo) -> Iterator[Server]:
    server = Server(demo)
    yield server
    server.close()


def send(demo: Demo, *arguments: str) -> dict[str, Any]:
    asked = demo.run("check", "--json", *arguments)
    reasons = [w for rule in asked.document["needs_confirmation"] for w in ("--confirm", f"{rule}=utile aux soins")]
    ran = demo.run("send", "--json", *arguments, *reasons)
    assert ran.code == 0, ran.err
    found: dict[str, Any] = ran.document
    return found


def sent(server: Server, report: dict[str, Any], subject: str) -> tuple[bytes, EmailMessage]:
    data = next(d for d in server.octets("Envoy&AOk-s", subject) if report["message_id"].encode() in d)
    return data, message_from_bytes(data, policy=policy.default)  # type: ignore[return-value]


def test_a_message_is_forwarded_whole_octet_for_octet(demo: Demo, server: Server) -> None:
    report = send(demo, "--forward-as-attachment", refs(demo)[LETTER], "--to", SOPHIE, "--body", "Pour information.")
    (original,) = server.octets("INBOX", LETTER)
    data, message = sent(server, report, f"Tr: {LETTER}")
    (piece,) = message.iter_attachments()
    assert (piece.get_content_type(), piece.get_filename()) == ("message/rfc822", "Lettre - VIAL Paul.eml")
    assert data.count(original) == 1
    inside = piece.get_payload(0)
    assert isinstance(inside, EmailMessage)
    assert inside["Subject"] == LETTER
    forwarded = next(
        m for m in demo.run("inbox", "--json", "--read-only").document["messages"] if m["subject"] == LETTER
    )
    assert "$Forwarded" in forwarded["flags"]


def test_a_message_of_ours_may_be_forwarded_whole_too(demo: Demo, server: Server) -> None:
    """Its boundary begins as ours do."""
    first = send(
        demo, "--to", SOPHIE, "--subject", "Planning de la semaine", "--body", "Bonjour.", "--attach", __file__
    )
    original, _ = sent(server, first, "Planning de la semaine")
    assert b'boundary="=_' in original
    found = demo.run("inbox", "--json", "--read-only", "--folder", "Envoyés").document["messages"]
    ref = next(m["ref"] for m in found if m["subject"] == "Planning de la semaine")
    report = send(demo, "--forward-as-attachment", ref, "--folder", "Envoyés", "--to", SOPHIE, "--body", "Voici.")
    data, message = sent(server, report, "Tr: Planning de la semaine")
    (piece,) = message.iter_attachments()
    assert piece.get_content_type() == "message/rfc822"
    assert original in data


def archive() -> bytes:
    made = BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("INDEX.HTM", "<html></html>")
        file.writestr("IHE_XDM/SUBSET01/METADATA.XML", "<a>é</a>" * 900)
    return made.getvalue()


def test_a_forwarded_archive_is_the_same_octets(demo: Demo, server: Server) -> None:
    octets = archive()
    message = EmailMessage()
    message["From"], message["To"] = "Labo <resultats@biosud.demo.mssante.fr>", OWN
    message["Subject"], message["Message-ID"] = "Resultats du 2", "<xdm@biosud.demo.mssante.fr>"
    message.set_content("Bonjour.")
    message.add_attachment(octets, maintype="application", subtype="zip", filename="IHE_XDM.ZIP")
    server.put(message.as_bytes(policy=policy.SMTP))
    ref = refs(demo)["Resultats du 2"]
    for option, subject in (("--forward", "Tr: Resultats du 2"), ("--as-new", "Resultats du 2")):
        ran = demo.run("send", "--draft", "--json", option, ref, *(["--to", SOPHIE] if option == "--forward" else []))
        assert ran.code == 0, ran.err
        (kept,) = server.octets("Brouillons", f"{subject.replace('Tr: ', '')}")[-1:]
        (piece,) = message_from_bytes(kept, policy=policy.default).iter_attachments()  # type: ignore[attr-defined]
        assert piece.get_filename() == "IHE_XDM.ZIP"
        assert piece.get_payload(decode=True) == octets


def test_a_message_taken_up_as_new_answers_nothing(demo: Demo, server: Server) -> None:
    ran = demo.run("send", "--draft", "--json", "--as-new", refs(demo)[LETTER])
    assert ran.code == 0, ran.err
    (kept,) = (d for d in server.octets("Brouillons", LETTER))
    message = message_from_bytes(kept, policy=policy.default)
    assert [a.addr_spec for a in message["To"].addresses] == [OWN]
    assert message.get_body().get_content().split() == ["Bonjour."]  # type: ignore[attr-defined]
    assert [p.get_filename() for p in message.iter_attachments()] == ["lettre VIAL.pdf"]  # type: ignore[attr-defined]
    assert message["In-Reply-To"] is message["References"] is None
    assert message["Message-ID"] != "<2@essai.mssante.fr>"


def test_ones_own_message_is_sent_again_as_a_message_of_its_own(demo: Demo, server: Server) -> None:
    first = send(demo, "--to", SOPHIE, "--subject", "Rappel du planning", "--body", "Bonjour,\n\nà demain.")
    found = demo.run("inbox", "--json", "--read-only", "--folder", "Envoyés").document["messages"]
    ref = next(m["ref"] for m in found if m["subject"] == "Rappel du planning")
    again = send(demo, "--resend", ref, "--folder", "Envoyés")
    assert again["message_id"] != first["message_id"]
    before, after = (sent(server, report, "Rappel du planning")[0] for report in (first, again))
    assert not re.search(rb"(?mi)^Resent-", after)
    once, twice = (re.sub(rb"(?m)^(?:Date|Message-ID): .*\r\n", b"", data) for data in (before, after))
    assert once == twice


def test_what_somebody_else_sent_is_not_sent_again(demo: Demo) -> None:
    ran = demo.run("send", "--resend", refs(demo)[QUESTION])
    assert ran.code == 2
    assert "n'a pas été envoyé par cette boîte" in ran.err


def test_a_message_begins_from_one_other(demo: Demo, tmp_path: Path) -> None:
    ran = demo.run("send", "--resend", "1:1", "--forward", "1:2")
    assert ran.code == 2
    assert "d'un seul autre" in ran.err
