"""Receipts and bounces in every form that the documents list, and what is none."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mss_tui.adapters.worker import ProcessWorker
from mss_tui.mime.report import read_report
from mss_tui.mime.report_reason import reason_of
from mss_tui.model.advice import ADVICE, advice
from mss_tui.model.receipt import Event, Form, Reason, Receipt, Report
from mss_tui.text import clean
from tests.sending.reports import ENVELOPE, ID, ORIGINAL, delivery, disposition, mail, person, report

CORPUS = Path(__file__).parents[3] / "shared/data/mail/sisimai-set-of-emails"
NOON = datetime(2026, 11, 20, 9, 15, tzinfo=timezone(timedelta(hours=1)))
MANUAL = "manual-action/MDN-sent-manually; displayed"
AUTOMATIC = "automatic-action/MDN-sent-automatically; processed"


def one(data: bytes) -> tuple[Report, Receipt]:
    found = read_report(data)
    assert len(found.receipts) == 1
    return found, found.receipts[0]


@pytest.mark.parametrize(
    ("action", "event"),
    [
        ("delivered", Event.DELIVERED),
        ("relayed", Event.RELAYED),
        ("expanded", Event.DELIVERED),
        ("delayed", Event.DELAYED),
        ("failed", Event.FAILED),
        ("Failed (permanent)", Event.FAILED),
    ],
)
def test_a_delivery_report_says_what_happened_to_which_message(action: str, event: Event) -> None:
    found, receipt = one(delivery(person(action, "2.0.0" if event is Event.DELIVERED else "5.1.1")))
    assert found.form is Form.DELIVERY
    assert (found.message_id, found.envelope_id) == (ID, ENVELOPE)
    assert (receipt.event, receipt.recipient, receipt.at) == (event, "a@b.mssante.fr", NOON)
    assert (receipt.reason is not None) == (event in (Event.FAILED, Event.DELAYED))


def test_each_recipient_has_its_own_line_and_reason() -> None:
    found = read_report(
        delivery(
            person("failed", "5.0.0", "550 5.1.1 <a@b.mssante.fr>: Recipient unknown"),
            "Original-Recipient: rfc822;c+2Bd@e.mssante.fr\n" + person("failed", "5.2.2", address="boite@e.mssante.fr"),
            person("delivered", "2.1.5", address="f@g.mssante.fr"),
        )
    )
    assert [(r.recipient, r.wanted, r.event, r.code, r.reason) for r in found.receipts] == [
        ("a@b.mssante.fr", "", Event.FAILED, "5.1.1", Reason.UNKNOWN_MAILBOX),
        ("boite@e.mssante.fr", "c+d@e.mssante.fr", Event.FAILED, "5.2.2", Reason.FULL),
        ("f@g.mssante.fr", "", Event.DELIVERED, "2.1.5", None),
    ]


def test_the_envelope_is_decoded_and_a_report_without_the_original_still_ties() -> None:
    general = "Original-Envelope-Id: ab+2Bcd\n"
    data = report("delivery-status", general + "\n" + person("delivered", "2.0.0"), original="")
    found = read_report(data)
    assert (found.message_id, found.envelope_id) == ("", "ab+cd")


@pytest.mark.parametrize("whole", [True, False])
def test_the_original_is_known_whole_or_by_its_header(whole: bool) -> None:
    data = report("delivery-status", "Reporting-MTA: dns; r\n\n" + person("failed", "5.1.1"), whole=whole)
    assert read_report(data).message_id == ID


def test_words_for_people_say_why_where_the_fields_do_not() -> None:
    data = report("delivery-status", "\n" + person("failed", "5.0.0"), words="La boîte de a@b.mssante.fr est pleine.")
    assert one(data)[1].reason is Reason.FULL


def test_control_characters_of_a_report_do_not_come_through() -> None:
    _, receipt = one(delivery(person("failed", "5.1.1", "550 \x1b]52;c;x\x07 inconnu", "a\x1b[31m@b.mssante.fr")))
    assert receipt.words.isprintable()
    assert receipt.recipient.isprintable()


@pytest.mark.parametrize(
    ("mode", "more", "event", "code", "automatic"),
    [
        (MANUAL, "", Event.READ, "", False),
        (AUTOMATIC, "", Event.INTEGRATED, "", True),
        (AUTOMATIC + "/error", "Error: 902^Patient inconnu\n", Event.NOT_INTEGRATED, "902", True),
        (AUTOMATIC + "/Error: 902^Patient inconnu", "", Event.NOT_INTEGRATED, "902", True),
        (AUTOMATIC + "/Error", "", Event.NOT_INTEGRATED, "", True),
        (AUTOMATIC + "/error", "Error: 101^Required field missing\n", Event.NOT_INTEGRATED, "101", True),
        ("manual-action/MDN-sent-manually; deleted", "", Event.DELETED, "", False),
        ("automatic-action/MDN-sent-automatically; dispatched", "", Event.RELAYED, "", True),
        ("automatic-action/MDN-sent-automatically; failed", "", Event.FAILED, "", True),
    ],
)
def test_a_reading_receipt_in_both_forms_of_the_volet(
    mode: str, more: str, event: Event, code: str, automatic: bool
) -> None:
    found, receipt = one(disposition(mode, more))
    assert found.form is Form.DISPOSITION
    assert found.message_id == ID
    assert (receipt.event, receipt.code, receipt.automatic) == (event, code, automatic)
    assert receipt.recipient == "a@b.mssante.fr"


def test_an_integration_error_in_the_subject_of_a_receipt_counts() -> None:
    subject = "[=?utf-8?Q?KO_Int=C3=A9gration_syst=C3=A8me_!?=][904] XDM/1.0/DDM+ CR"
    _, receipt = one(
        disposition(AUTOMATIC, subject=subject.replace("[=?", "=?").replace("?=]", "=5D?=").replace("Q?KO", "Q?=5BKO"))
    )
    assert (receipt.event, receipt.code) == (Event.NOT_INTEGRATED, "904")


@pytest.mark.parametrize(
    "subject",
    [
        "[KO Intégration système !][902] XDM/1.0/DDM+ CR biologie",
        "[Erreur d'intégration !][902]",
        "Re: [KO Integration systeme !] [902] XDM/1.0/DDM+",
    ],
)
def test_an_ordinary_mail_that_says_the_same_counts_and_names_the_original(subject: str) -> None:
    head = 'Content-Type: multipart/mixed; boundary="l"\n'
    body = (
        "--l\nContent-Type: text/plain; charset=utf-8\n\nPatient inconnu.\n"
        f"--l\nContent-Type: message/rfc822\n\n{ORIGINAL}\ntexte\n--l--\n"
    )
    found, receipt = one(mail(subject, body, sender="lps@cabinet.mssante.fr", head=head))
    assert found.form is Form.WORDS
    assert found.message_id == ID
    assert (receipt.event, receipt.code, receipt.recipient) == (Event.NOT_INTEGRATED, "902", "lps@cabinet.mssante.fr")
    assert receipt.reason is Reason.INTEGRATION


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("La messagerie du patient est fermée.", Reason.PATIENT_CLOSED),
        ("Messagerie fermée", Reason.PATIENT_CLOSED),
        ("Cause : patient non trouvé.", Reason.PATIENT_UNKNOWN),
        ("L'adresse du patient est invalide.", Reason.PATIENT_ADDRESS),
    ],
)
def test_mon_espace_sante_says_it_in_words(words: str, reason: Reason) -> None:
    body = f"Votre message pour 279035121518989@patient.mssante.fr n'a pas été distribué.\n\n{words}\n"
    found, receipt = one(mail("Message non distribué", body, sender="ne-pas-repondre@patient.mssante.fr"))
    assert found.form is Form.WORDS
    assert (receipt.event, receipt.reason) == (Event.FAILED, reason)
    assert receipt.recipient == "279035121518989@patient.mssante.fr"


def test_a_message_too_large_for_a_patient() -> None:
    words = "552 5.3.4 Message size exceeds fixed limit"
    found, receipt = one(
        report(
            "delivery-status", "\n" + person("failed", "5.3.4", words), subject="Undelivered Mail Returned to Sender"
        )
    )
    assert found.form is Form.DELIVERY
    assert receipt.reason is Reason.TOO_BIG


def test_a_bounce_in_words_names_each_recipient_and_the_message() -> None:
    body = (
        "Message non remis.\n\na@b.mssante.fr: 550 5.1.1 utilisateur inconnu\n\n"
        "c@d.mssante.fr: 452 4.2.2 boîte pleine\n\n--- Original message follows ---\n"
        f"Message-ID: {ID}\nTo: autre@x.mssante.fr\n"
    )
    found = read_report(mail("Échec de la remise", body))
    assert [(r.recipient, r.code, r.reason) for r in found.receipts] == [
        ("a@b.mssante.fr", "5.1.1", Reason.UNKNOWN_MAILBOX),
        ("c@d.mssante.fr", "4.2.2", Reason.FULL),
    ]
    assert found.message_id == ID


@pytest.mark.parametrize(
    "data",
    [
        mail("Votre patient", "Bonjour,\nécrivez à a@b.mssante.fr\n", sender="dr@x.mssante.fr").replace(
            b"<>", b"<dr@x>"
        ),
        mail("Message non distribué : que faire ?", "Bonjour a@b.mssante.fr", sender="x@y.mssante.fr").replace(
            b"Return-Path: <>", b"Return-Path: <x@y.mssante.fr>"
        ),
        mail("résultat 902", "texte", sender="x@y.mssante.fr"),
        b"",
        b"\r\n\r\n",
    ],
)
def test_what_is_no_report_is_none(data: bytes) -> None:
    assert read_report(data) == Report(Form.NONE)


WHOLE = delivery(person("failed", "5.1.1", "550 inconnu"), person("delayed", "4.4.7", address="c@d.mssante.fr"))


@given(st.binary(max_size=400), st.integers(0, len(WHOLE)), st.integers(0, len(WHOLE)))
@example(b"", 0, 0)
@example(b"\xa0", 534, 0)
def test_no_octets_make_it_fail(junk: bytes, start: int, end: int) -> None:
    for data in (junk, WHOLE[:start] + junk + WHOLE[end:]):
        found = read_report(data)
        assert len(found.receipts) <= 500
        assert all(clean(text) == text for r in found.receipts for text in (r.words, r.recipient))
        assert all(len(r.words) < 2_100 for r in found.receipts)


def test_many_recipients_are_bounded() -> None:
    found = read_report(delivery(*(person("failed", "5.1.1", address=f"u{i}@b.mssante.fr") for i in range(2_000))))
    assert 400 < len(found.receipts) <= 500


@given(st.from_regex(r"[245]\.\d{1,3}\.\d{1,3}", fullmatch=True), st.text(max_size=300))
def test_every_failure_has_a_reason_and_every_reason_advice(code: str, words: str) -> None:
    reason = reason_of(code, words)
    assert str(advice(reason, code).means)
    assert set(ADVICE) == set(Reason)


@pytest.mark.parametrize(
    ("code", "words", "reason"),
    [
        ("5.1.1", "mailbox full", Reason.UNKNOWN_MAILBOX),
        ("5.2.1", "User unknown", Reason.UNKNOWN_MAILBOX),
        ("5.2.1", "not accepting mail", Reason.CLOSED),
        ("5.0.0", "550 5.7.1 relaying denied", Reason.NOT_ALLOWED),
        ("5.7.1", "", Reason.NOT_ALLOWED),
        ("5.7.1", "domaine expéditeur non autorisé", Reason.SENDER_REFUSED),
        ("4.3.0", "", Reason.SERVER_DOWN),
        ("", "La taille du message est trop volumineux", Reason.TOO_BIG),
        ("", "boîte de a@b.fr pleine", Reason.FULL),
        ("", "destinataire inconnu", Reason.UNKNOWN_MAILBOX),
        ("5.5.0", "?", Reason.OTHER),
        ("", "", Reason.OTHER),
    ],
)
def test_reasons_by_code_then_by_words(code: str, words: str, reason: Reason) -> None:
    assert reason_of(code, words) is reason


@pytest.mark.parametrize(
    ("code", "words"), [("902", "patient est inconnu"), ("104", "erreur 104"), ("", "pas pu classer")]
)
def test_integration_errors_are_told_in_french(code: str, words: str) -> None:
    assert words in str(advice(Reason.INTEGRATION, code).means)


async def test_the_bounded_worker_reads_reports() -> None:
    worker = ProcessWorker()
    try:
        assert await worker.run("report", Report, WHOLE) == read_report(WHOLE)
    finally:
        await worker.close()


@pytest.mark.skipif(not CORPUS.exists(), reason="the corpus of real bounces is not beside the checkout")
def test_real_bounces_are_recognised_and_explained() -> None:
    reports = [read_report(path.read_bytes()) for path in sorted(CORPUS.iterdir())]
    assert all(found.receipts for found in reports)
    receipts = [receipt for found in reports for receipt in found.receipts]
    assert all(receipt.event in (Event.FAILED, Event.DELAYED) for receipt in receipts)
    explained = [receipt for receipt in receipts if receipt.reason is not Reason.OTHER]
    assert len(explained) >= 0.95 * len(receipts)
    assert sum(bool(found.message_id) for found in reports) >= 0.85 * len(reports)
