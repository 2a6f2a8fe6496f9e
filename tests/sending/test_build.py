"""Messages as they leave, read back by a parser that did not build them."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mss_tui.errors import UsageError
from mss_tui.mime.build import build, encoded_size, estimate, from_label, new_message_id
from mss_tui.mime.build_mdn import build_mdn
from mss_tui.model.address import parse_address
from mss_tui.model.draft import Built, Draft, LocalFile
from mss_tui.model.people import MailboxType, Person
from tests.sending.samples import LEFEBVRE, MARTIN, NOW, PATIENT, PHARMACY, account, draft

ID = "<abcdef0123456789@medecin.mssante.fr>"
one_line = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), max_size=200)
typed_text = st.text(st.characters(exclude_categories=["Cs"]), max_size=600)
file_names = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1, max_size=90)
files = st.lists(
    st.tuples(file_names, st.sampled_from(["application/pdf", "text/plain", "x"]), st.binary()), max_size=3
)


def made(draft: Draft, files: list[tuple[str, str, bytes]] | None = None, **options: object) -> Built:
    return build(draft, account(**options), MARTIN, files or [], now=NOW, message_id=ID)  # type: ignore[arg-type]


def read(built: Built) -> EmailMessage:
    return cast(EmailMessage, message_from_bytes(built.data, policy=policy.default))


def text_of(message: EmailMessage) -> str:
    part = message.get_body(("plain",))
    assert part is not None
    return str(part.get_payload(decode=True).decode("utf-8")).replace("\r\n", "\n")  # type: ignore[union-attr]


def lines_of(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


@given(subject=one_line, body=typed_text, quoted=typed_text, names=files)
def test_every_field_and_every_octet_of_an_attachment_come_back(
    subject: str, body: str, quoted: str, names: list[tuple[str, str, bytes]]
) -> None:
    built = made(draft(subject=subject, body=body, quoted=quoted), names)
    message = read(built)
    assert str(message["Subject"]).strip() == subject.strip()
    assert str(message["To"]) == LEFEBVRE
    assert str(message["Message-ID"]) == ID
    expected = "\n\n".join(part for part in (lines_of(body.rstrip()), lines_of(quoted)) if part)
    assert text_of(message) == expected.removesuffix("\n") + "\n"
    attached = list(message.iter_attachments()) if names else []
    assert [part.get_payload(decode=True) for part in attached] == [data for _, _, data in names]
    assert [part.get_filename() for part in attached] == [
        re.sub(r"[/\\]", "_", name).strip() or "document" for name, _, _ in names
    ]


@given(subject=one_line, body=typed_text, names=files, name=one_line)
def test_the_wire_has_only_crlf_seven_bits_and_short_lines(
    subject: str, body: str, names: list[tuple[str, str, bytes]], name: str
) -> None:
    built = made(draft(subject=subject, body=body, cc=(f"{name.translate({60: '', 62: ''})} <{PHARMACY}>",)), names)
    data = built.data
    assert data.isascii()
    assert b"\0" not in data
    assert data.endswith(b"\r\n")
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)", data)
    assert max(map(len, data.split(b"\r\n"))) <= 200
    assert not built.eight_bit
    assert not built.utf8


@given(st.sampled_from("\r\n\0\x1b\x85\u2028"), one_line)
def test_no_field_can_begin_another(control: str, text: str) -> None:
    hostile = f"{text[:20]}{control}Bcc: espion@ailleurs.fr{control}x"
    for changed in (draft(subject=hostile + "x"), draft(to=(f"{hostile} <{LEFEBVRE}>",)), draft(to=(hostile,))):
        with pytest.raises(UsageError):
            made(changed)
    with pytest.raises(UsageError):
        made(draft(), [(hostile, "application/pdf", b"")])
    ids = made(draft(in_reply_to=hostile, references=(hostile, "<a@b>" + hostile)))
    assert b"espion" not in ids.data


def test_blind_copies_are_in_the_envelope_and_nowhere_else() -> None:
    built = made(draft(bcc=(PHARMACY,)))
    assert built.recipients == (LEFEBVRE, PHARMACY)
    assert b"pharmacie" not in built.data
    assert b"bcc" not in built.data.lower()


def test_only_blind_copies_still_give_a_to_field() -> None:
    built = made(draft(to=(), bcc=(PHARMACY,)))
    assert b"\r\nTo: undisclosed-recipients:;\r\n" in built.data


def test_an_address_written_twice_is_one_recipient() -> None:
    assert made(draft(cc=(f"Dr Anne LEFEBVRE <{LEFEBVRE}>",))).recipients == (LEFEBVRE,)


def test_a_message_without_recipient_is_refused_in_french() -> None:
    with pytest.raises(UsageError, match="destinataire"):
        made(draft(to=()))


def test_the_date_is_that_of_paris() -> None:
    date = str(read(made(draft()))["Date"])
    assert date == "Fri, 20 Nov 2026 09:15:00 +0100"
    assert datetime.strptime(date[-5:], "%z").utcoffset() == timedelta(hours=1)


def test_an_answer_carries_its_thread_and_a_long_one_is_shortened() -> None:
    chain = tuple(f"<m{i}@a.mssante.fr>" for i in range(60))
    message = read(made(draft(in_reply_to="<m59@a.mssante.fr>", references=chain)))
    assert str(message["In-Reply-To"]) == "<m59@a.mssante.fr>"
    found = str(message["References"]).split()
    assert found[0] == chain[0]
    assert found[-1] == chain[-1]
    assert len(found) == 20


def test_fields_asked_for_are_there_and_only_then() -> None:
    plain = made(draft()).data
    assert b"Disposition-Notification-To" not in plain
    assert b"X-MSS-MES" not in plain
    asked = made(draft(to=(PATIENT,), want_reading=True, last_to_patient=True)).data
    assert b"\r\nDisposition-Notification-To: dr.martin@medecin.mssante.fr\r\n" in asked
    assert b"\r\nX-MSS-MES: FIN\r\n" in asked


def test_the_program_says_its_name_and_nothing_of_the_machine() -> None:
    data = made(draft()).data
    assert b"\r\nX-Mailer: mss-tui\r\n" in data
    assert b"User-Agent" not in data
    assert b"Received" not in data


@pytest.mark.parametrize(
    ("type_", "person", "label", "expected"),
    [
        (MailboxType.PER, MARTIN, "", "Dr_Jean_MARTIN_Cabinet du Port"),
        (MailboxType.PER, Person("Jean-Pierre DE LA TOUR"), "", "Jean-Pierre_DE LA TOUR"),
        (MailboxType.PER, Person("Anne Lefebvre", title="Dr"), "", "Dr_Anne_LEFEBVRE"),
        (MailboxType.PER, MARTIN, "Dr_J_MARTIN", "Dr_J_MARTIN"),
        (MailboxType.ORG, MARTIN, "Hôpital A – Service Cardiologie", "Hôpital A – Service Cardiologie"),
        (MailboxType.ORG, MARTIN, "", ""),
        (MailboxType.PER, None, "", ""),
    ],
)
def test_the_from_label_is_a_person_or_a_functional_entity(
    type_: MailboxType, person: Person | None, label: str, expected: str
) -> None:
    box = account(type_=type_, label=label)
    assert from_label(box, person) == expected
    message = read(build(draft(), box, person, [], now=NOW, message_id=ID))
    assert message["From"].addresses[0].display_name == expected
    assert message["From"].addresses[0].addr_spec == box.address


def test_a_subject_of_plain_words_is_written_as_it_is() -> None:
    assert b"\r\nSubject: [FIN]\r\n" in made(draft(subject="[FIN]")).data
    assert b"\r\nSubject: XDM/1.0/DDM+ CR biologie\r\n" in made(draft(subject="XDM/1.0/DDM+ CR biologie")).data


def test_plain_text_without_attachment_is_not_multipart() -> None:
    data = made(draft(body="Bonjour.\n")).data
    assert b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 7bit\r\n\r\nBonjour.\r\n" in data


@pytest.mark.parametrize("body", ["From ici\nFrom là\n", "From here\n", "From " + "x" * 200 + "\n", "-- \nFrom\n"])
def test_no_line_can_be_taken_for_the_beginning_of_another_message(body: str) -> None:
    built = made(draft(body=body))
    assert b"\r\nFrom " not in built.data.partition(b"\r\n\r\n")[2]
    assert not built.data.partition(b"\r\n\r\n")[2].startswith(b"From ")
    assert text_of(read(built)) == body.rstrip() + "\n"


def test_a_forwarded_message_keeps_its_octets_and_its_type() -> None:
    original = b"From: a@b.mssante.fr\r\nSubject: x\r\n\r\nbonjour\r\n"
    part = next(read(made(draft(), [("original.eml", "message/rfc822", original)])).iter_attachments())
    assert part.get_content_type() == "message/rfc822"
    assert original in made(draft(), [("original.eml", "message/rfc822", original)]).data
    eight_bit = original + "é\r\n".encode()
    part = next(read(made(draft(), [("original.eml", "message/rfc822", eight_bit)])).iter_attachments())
    assert part.get_content_type() == "application/octet-stream"
    assert part.get_payload(decode=True) == eight_bit


@given(st.integers(0, 100_000))
def test_the_size_in_base64_is_exact(octets: int) -> None:
    data = made(draft(), [("a.pdf", "application/pdf", bytes(octets))]).data
    part = data.split(b"base64\r\n\r\n")[1].split(b"\r\n--=_")[0]
    assert len(part) == encoded_size(octets)


@given(subject=one_line, body=typed_text, octets=st.integers(0, 50_000), name=file_names)
def test_the_estimate_is_never_short_and_little_too_long(subject: str, body: str, octets: int, name: str) -> None:
    attached = (LocalFile(Path("x"), name, "application/pdf", octets),)
    planned = draft(subject=subject, body=body, attachments=attached, want_reading=True)
    real = len(made(planned, [(name, "application/pdf", bytes(octets))]).data)
    assert real <= estimate(planned) <= real + 1500 + 4 * len((subject + name).encode())


def test_a_message_id_is_of_our_own_domain() -> None:
    assert new_message_id(account(), "0123456789abcdef") == "<0123456789abcdef@medecin.mssante.fr>"
    with pytest.raises(ValueError, match="token"):
        new_message_id(account(), "a b> <c")


@pytest.mark.parametrize(("product", "field"), [("DEV935997", b"\r\nX-MSS-NIL: DEV935997\r\n"), ("", b"")])
def test_the_product_reference_stands_on_every_message_and_receipt(product: str, field: bytes) -> None:
    ids = {"now": NOW, "message_id": "<m@x.mssante.fr>", "product": product}
    to, original = parse_address(LEFEBVRE), b"Subject: x\r\n\r\n"
    made = [
        build(draft(), account(), MARTIN, [], **ids),  # type: ignore[arg-type]
        build_mdn(account(), MARTIN, to, original, subject="x", original_id="<o@x>", **ids),  # type: ignore[arg-type]
    ]
    for built in made:
        assert field in built.data
        assert (b"X-MSS-NIL" in built.data) is bool(product)
