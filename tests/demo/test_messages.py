"""The demo's messages show every kind of thing, and nothing in them is anybody's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser

import pytest

from mss_tui.demo.annuaire.people import Directory
from mss_tui.demo.documents.clinical import patients
from mss_tui.demo.store import MailStore, Message
from mss_tui.documents.cda import read_cda
from mss_tui.documents.xdm import read_xdm
from mss_tui.model.ins import parse_ins
from mss_tui.model.paris import day, plus_months
from tests.demo.conftest import NOW, store_on_day

OUTSIDE = re.compile(r"\.example$|^interop-mssante\.apicrypt\.org$")


Mails = list[tuple[Message, EmailMessage]]


def messages(store: MailStore) -> Iterator[Message]:
    for account in store.accounts.values():
        for folder in account.folders.values():
            yield from folder.messages


@pytest.fixture(scope="module")
def mails(full_store: MailStore) -> Mails:
    """Every message of day 0, read by the standard library."""
    read = BytesParser(policy=policy.default)
    return [(message, read.parsebytes(message.data)) for message in messages(full_store)]


def by_id(mails: Mails, key: str) -> tuple[Message, EmailMessage]:
    return next((m, e) for m, e in mails if e["Message-ID"] == f"<{key}@demo.mssante.fr>")


def test_there_are_about_sixty_messages_and_each_is_well_formed(mails: Mails) -> None:
    assert 60 <= len(mails) <= 75
    for message, email in mails:
        assert not email.defects
        assert b"\n" not in message.data.replace(b"\r\n", b"")
        assert email["Date"].datetime == message.received
        assert message.received < NOW
    ids = [email["Message-ID"] for _, email in mails]
    assert len(ids) == len(set(ids))


def test_professionals_who_write_stand_in_the_directory(mails: Mails, people: Directory) -> None:
    suspicious = {"j.blanchard@infirmier.demo.mssante.fr", "sebastien.noel@medecin.demo.mssante.fr"}
    for _, email in mails:
        for address in email["From"].addresses:
            spec = address.addr_spec
            known = people.has(spec) or spec in suspicious or spec.startswith("MAILER-DAEMON@")
            assert known or address.domain == "patient.mssante.fr" or OUTSIDE.search(address.domain), spec


def test_every_matricule_has_its_key_and_a_commune_that_does_not_exist() -> None:
    for patient in patients().values():
        ins = parse_ins(patient.ins)
        assert ins is not None
        assert ins.key_matches
        assert ins.number[7] == "9"
        assert ins.number[1:5] == f"{patient.born:%y%m}"
        assert ins.number[0] == {"M": "1", "F": "2"}[patient.sex]


def test_one_patient_writes_from_an_address_whose_key_is_wrong(mails: Mails) -> None:
    wrong = set()
    for _, email in mails:
        for address in email["From"].addresses:
            if address.domain == "patient.mssante.fr":
                ins = parse_ins(address.username)
                assert ins is not None
                if not ins.key_matches:
                    wrong.add(address.addr_spec)
    assert wrong == {"231015999402733@patient.mssante.fr"}


def archives(mails: Mails) -> Iterator[tuple[EmailMessage, bytes]]:
    for _, email in mails:
        for part in email.iter_attachments():
            if part.get_filename() == "IHE_XDM.ZIP":
                yield email, part.get_content()


def test_archives_are_read_without_a_fault_and_agree_with_their_message(mails: Mails) -> None:
    levels = set()
    critical = set()
    for email, data in archives(mails):
        archive = read_xdm(data)
        documents = archive.documents
        assert all(document.hash_ok and document.size_ok and document.case_exact for document in documents)
        assert all(document.fault is None for document in documents)
        assert [str(warning) for warning in archive.warnings] == [
            "Identité de test ou de démonstration : ce n'est pas un vrai patient."
        ]
        assert email["X-MSS-CODECDA"] == ",".join(document.type.code for document in documents)
        assert email["X-MSS-INS"] == "O"
        for document in documents:
            assert document.cda is not None
            header = document.cda.header
            levels.add(str(header.level))
            critical.update(header.critical)
            assert email["Subject"].startswith("XDM/1.0/DDM+")
            assert document.type.label[:40].rstrip() in email["Subject"]
            assert header.patient.birth_name in email["Subject"]
        assert sum(part.get_content_type() == "application/pdf" for part in email.iter_attachments()) == len(documents)
    assert levels == {"N1", "N3"}
    assert critical == {"HH"}


def test_a_replacement_names_the_document_before(mails: Mails) -> None:
    (old,) = (read_xdm(data) for email, data in archives(mails) if "<liaison-roche@" in email["Message-ID"])
    (new,) = (read_xdm(data) for email, data in archives(mails) if "<liaison-roche-v2@" in email["Message-ID"])
    before, after = old.documents[0].cda, new.documents[0].cda
    assert before is not None
    assert after is not None
    assert after.header.related[0].ids == (before.header.id,)
    assert after.header.set_id == before.header.set_id
    assert after.header.version == "2"
    assert new.documents[0].action == "C"
    (subject,) = (email["Subject"] for email, _ in archives(mails) if "<liaison-roche-v2@" in email["Message-ID"])
    assert subject.startswith("XDM/1.0/DDM+[Annule et remplace] ")


def test_the_pdf_inside_an_n1_is_the_one_beside_it(mails: Mails) -> None:
    for email, data in archives(mails):
        for document in read_xdm(data).documents:
            if document.cda is not None and document.cda.embedded:
                beside = [
                    p.get_content() for p in email.iter_attachments() if p.get_content_type() == "application/pdf"
                ]
                assert document.cda.embedded[0].data in beside
                return
    pytest.fail("no N1")


def test_an_official_schema_accepts_every_document(mails: Mails) -> None:
    from pathlib import Path

    from lxml import etree

    root = Path(__file__).parents[3] / "shared" / "tools" / "cda" / "infrastructure"
    if not root.exists():
        pytest.skip("no CDA schema beside this checkout")
    schema = etree.XMLSchema(etree.parse(str(next(root.rglob("CDA_extended.xsd")))))
    import io
    import zipfile

    checked = 0
    for _, data in archives(mails):
        archive = zipfile.ZipFile(io.BytesIO(data))
        for name in archive.namelist():
            if name.startswith("IHE_XDM/SUBSET01/DOC"):
                content = archive.read(name)
                schema.assertValid(etree.fromstring(content))
                read_cda(content)
                checked += 1
    assert checked == 5


@pytest.mark.parametrize(
    ("key", "hours"),
    [("ssiad-moreau", 80), ("avis-nephro-moreau", 66), ("pharmacie-renouvellement", 52), ("kine-legrand", 96)],
)
def test_messages_wait_as_long_as_the_rules_need(mails: Mails, key: str, hours: int) -> None:
    assert by_id(mails, key)[0].received == NOW - timedelta(hours=hours)


@pytest.mark.parametrize(("key", "days"), [("ancien-cr-thyroide", 6), ("dentiste-carpentier", 13), ("ancien-menu", 2)])
def test_messages_are_about_to_be_erased(mails: Mails, key: str, days: int) -> None:
    received = by_id(mails, key)[0].received
    assert plus_months(day(received), 3) == day(NOW) + timedelta(days=days)


def test_time_passes_and_the_operator_erases(people: Directory, mails: Mails) -> None:
    later = store_on_day(people, 6)
    kept = {message.data: message.received for message in messages(later)}
    gone = {email["Message-ID"] for message, email in mails if message.data not in kept}
    assert gone == {"<ancien-cr-thyroide@demo.mssante.fr>", "<ancien-menu@demo.mssante.fr>"}
    before = {message.data: message.received for message, _ in mails}
    assert all(before[data] == received for data, received in kept.items())
    assert not list(messages(store_on_day(people, 120)))


def test_every_kind_of_message_is_there(mails: Mails) -> None:
    emails = {email["Message-ID"].partition("@")[0][1:]: (message, email) for message, email in mails}
    kinds = {part.get_content_type() for _, email in emails.values() for part in email.walk()}
    assert {
        "text/html",
        "text/calendar",
        "message/rfc822",
        "message/delivery-status",
        "message/disposition-notification",
        "application/zip",
        "application/pdf",
        "image/png",
        "application/octet-stream",
    } <= kinds
    assert any("Disposition-Notification-To" in email for _, email in emails.values())
    assert emails["labo-legrand"][1]["Auto-Submitted"] == "auto-generated"
    assert emails["sans-objet"][1]["Subject"] is None
    assert emails["hameconnage"][1]["Reply-To"] == "verification@mssante-securite.example"
    assert emails["fil-6"][1]["References"].count("<") == 5
    html = emails["lettre-information"][1]
    assert [part.get_content_type() for part in html.walk()] == ["text/html"]
    assert max(len(message.data) for message, _ in emails.values()) > 20_000_000
    flags = set().union(*(message.flags for message, _ in emails.values()))
    assert {"$MssTraite", "$MssDelegue", "$MssClasse", "$MssAValider", "\\Flagged", "\\Answered", "\\Draft"} <= flags
    assert any(flag.startswith("$MssPris_") for flag in flags)


def test_the_hostile_message_brings_its_control_sequences_to_the_client(mails: Mails) -> None:
    message, email = by_id(mails, "piege-terminal")
    for sequence in ("\x1b]52;", "[/red]", "\x1b[2J", "\u202e", "\u200b"):
        assert sequence in email["Subject"]
    assert b"\x1b]0;titre\x07" in message.data
    assert "\x9b31m".encode() in message.data


def test_the_shared_mailbox_is_nearly_full(full_store: MailStore) -> None:
    first, second = full_store.accounts.values()
    assert first.used < 0.2 * first.quota
    assert 0.8 * second.quota < second.used < 0.9 * second.quota
