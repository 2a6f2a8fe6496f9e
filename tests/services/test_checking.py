"""The facts that the rules read: what was kept of earlier messages, the thread, the pieces."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from mss_tui.adapters.clock import SetClock
from mss_tui.model.draft import Draft, RemotePart
from mss_tui.model.facts import AttachmentFact, OutgoingFacts
from mss_tui.model.folder import Quota
from mss_tui.model.verdict import Severity, State, Verdict
from mss_tui.rules.catalogue import catalogue
from mss_tui.services.attached import Attached
from mss_tui.services.checking import Checker
from mss_tui.services.composing import forward, reply
from mss_tui.services.files import local_file
from tests.support.desk import ADDRESS, FakeAcceptances, FakeDesk, account, make_desk, read_file, sample_rows
from tests.support.fake_mail import NOW
from tests.support.jobs import JobsHere

LEFEBVRE = "anne.lefebvre@chu-lyon.mssante.fr"
NEW = "secretariat@ehpad.mssante.fr"


class List:
    """A white list that knows its domains."""

    def __init__(self, *domains: str, unreadable: bool = False) -> None:
        self.domains = domains
        self.unreadable = unreadable

    def in_white_list(self, domain: str) -> bool | None:
        return domain in self.domains if self.domains else None


def checker(fake: FakeDesk, acceptances: FakeAcceptances | None = None) -> Checker:
    desk = fake.desk
    attached = Attached(read_file, JobsHere())
    kept = acceptances or fake.acceptances
    return Checker(
        desk.profile, account(), catalogue(), desk.annuaire, kept, SetClock(NOW), attached, remembered=fake.facts
    )


def facts(fake: FakeDesk, draft: Draft) -> OutgoingFacts:
    return checker(fake).facts(draft, 1_000)


def draft(*to: str, **more: object) -> Draft:
    return replace(Draft("k", "garde", to=to, subject="CR", body="Bonjour"), **more)  # type: ignore[arg-type]


def of(verdicts: tuple[Verdict, ...], rule: str) -> Verdict:
    return next(v for v in verdicts if v.rule == rule)


def test_a_copy_that_would_fill_the_mailbox_is_told() -> None:
    fake = make_desk()
    fake.facts.update("garde", quota=Quota(59_999_900, 60_000_000, "server"))
    verdict = of(checker(fake).check(draft(LEFEBVRE)), "message.taille")
    assert (verdict.state, verdict.severity) == (State.VIOLATED, Severity.WARN)


def test_a_domain_outside_a_loaded_list_asks_and_no_list_asks_nothing() -> None:
    fake = make_desk()
    rule = "destinataire.hors-liste-blanche"
    assert of(checker(fake).check(draft(LEFEBVRE)), rule).state is State.NOT_APPLICABLE
    fake.desk.annuaire.trust = List("chu-lyon.mssante.fr")  # type: ignore[assignment]
    assert facts(fake, draft(LEFEBVRE)).white_list is True
    assert of(checker(fake).check(draft(LEFEBVRE)), rule).state is State.SATISFIED
    assert of(checker(fake).check(draft(NEW)), rule).asks
    fake.desk.annuaire.trust = List()  # type: ignore[assignment]
    assert facts(fake, draft(LEFEBVRE)).white_list is None


def test_a_list_that_cannot_be_read_is_asked_about_and_said() -> None:
    fake = make_desk()
    fake.desk.annuaire.trust = List(unreadable=True)  # type: ignore[assignment]
    assert facts(fake, draft(LEFEBVRE)).white_list is False
    verdict = of(checker(fake).check(draft(LEFEBVRE)), "destinataire.hors-liste-blanche")
    assert (verdict.state, verdict.asks) == (State.UNKNOWN, True)


async def test_the_thread_is_no_news_to_who_is_in_it_and_asks_for_who_is_not() -> None:
    fake = make_desk()
    reading = await fake.desk.places[0].reader.open(sample_rows()[1], fake.desk.actor, mark=False)
    answer = reply(reading, account())
    assert [r.in_thread for r in facts(fake, answer).recipients] == [True]
    rule = "contenu.historique-cite"
    assert of(checker(fake).check(answer), rule).severity is Severity.INFO
    verdict = of(checker(fake).check(replace(answer, cc=(NEW, ADDRESS))), rule)
    assert verdict.asks
    assert NEW in str(verdict.values["who"])
    assert ADDRESS not in str(verdict.values["who"])
    assert of(checker(fake).check(replace(forward(reading, account()), to=(NEW,))), rule).asks
    assert facts(fake, draft(NEW, quoted="> fil")).recipients[0].in_thread is None


async def test_the_first_octets_of_a_file_are_looked_at(tmp_path: Path) -> None:
    program = tmp_path / "bilan.pdf"
    program.write_bytes(b"MZ" + bytes(3_000))
    closed = tmp_path / "bilan.docx"
    closed.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(3_000))
    written = draft(LEFEBVRE, attachments=(local_file(program), local_file(closed)))
    check = checker(make_desk())

    def looked() -> list[AttachmentFact]:
        return list(check.facts(written, 1_000).attachments)

    assert [(a.sniffed, a.encrypted) for a in looked()] == [("", None), ("", None)]
    assert await check.read_attachments(written)
    assert [a.sniffed for a in looked()] == ["application/x-executable", "application/x-ole-storage"]
    assert [a.encrypted for a in looked()] == [False, True]
    said = {v.where.item: v.values["variant"] for v in check.check(written) if v.rule == "pj.type-dangereux"}
    assert said == {"bilan.pdf": "deguise", "bilan.docx": "chiffree"}


def test_an_inline_picture_of_a_forward_stays_one() -> None:
    logo = RemotePart(sample_rows()[1].ref, "2", "signature.png", "image/png", 900, inline=True)
    check = checker(make_desk())
    assert of(check.check(draft(LEFEBVRE, attachments=(logo,))), "pj.signature-scannee").state is State.NOT_APPLICABLE
    alone = replace(logo, inline=False)
    assert of(check.check(draft(LEFEBVRE, attachments=(alone,))), "pj.signature-scannee").state is State.VIOLATED


def test_a_yes_to_what_could_not_be_verified_is_none_to_what_is_wrong() -> None:
    fake = make_desk()
    check = checker(fake)
    rule = "destinataire.non-verifie"
    unknown = of(check.check(draft(LEFEBVRE)), rule)
    assert unknown.asks
    fake.acceptances.accept(*unknown.acceptance)
    check.sent()
    assert not of(check.check(draft(LEFEBVRE)), rule).asks
    assert replace(unknown, state=State.VIOLATED).acceptance not in fake.acceptances.pairs


def test_who_was_written_to_is_a_known_correspondent() -> None:
    fake = make_desk()
    known = fake.desk.annuaire.known
    assert known is not None
    assert not facts(fake, draft(LEFEBVRE)).recipients[0].known_correspondent
    known.set_favourite(LEFEBVRE, True)
    assert facts(fake, draft(LEFEBVRE)).recipients[0].known_correspondent


def test_the_rules_do_not_take_the_signature_for_the_message() -> None:
    check = checker(make_desk())
    signed_only = draft(LEFEBVRE, body="\n\n-- \nDr Jeanne MARTIN\n")
    assert of(check.check(signed_only), "contenu.vide").state is State.VIOLATED
    assert check.facts(replace(signed_only, body="Bonjour.\n-- \nDr MARTIN"), 1_000).own_text == "Bonjour."
