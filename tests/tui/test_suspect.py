"""Reporting a suspicious message: copied without its content, the original to the trust space alone, in the journal."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mss_tui.services.suspect import draft_to_support, report_on
from tests.support.desk import Body, FakeDesk, make_desk, sample_rows
from tests.support.fake_mail import NOW
from tests.support.screen import running, until

OUTSIDE = 55


@pytest.fixture
def fake() -> FakeDesk:
    fake = make_desk()
    fake.reader.bodies[OUTSIDE] = Body(
        "Votre mot de passe expire.", headers=(("Received", "from mal.example [203.0.113.9]"),)
    )
    return fake


async def test_the_report_is_copied_without_the_content_and_the_journal_says_by_whom(fake: FakeDesk) -> None:
    async with running(fake) as pilot:
        await pilot.press("end", "!")
        await until(pilot, "Signaler un message suspect")
        await pilot.press("c")
        await until(pilot, "Copié")
        copied = pilot.app.clipboard
        assert "0 970 201 301" in copied
        assert "203.0.113.9" in copied
        assert "mot de passe" not in copied
        assert "coucou" not in copied
        line = fake.journal.lines[-1]
        assert (line.act, line.details["how"], line.details["uids"]) == ("signaler", "copie", str(OUTSIDE))
        assert "Jean MARTIN" in line.actor


@pytest.mark.parametrize(
    ("address", "named"),
    [
        ("", ""),
        ("support@operateur.example", ""),
        ("support@operateur-mssante.fr", ""),
        ("support@operateur.mssante.fr", "support@operateur.mssante.fr"),
    ],
)
async def test_the_original_goes_to_no_address_outside_the_trust_space(
    fake: FakeDesk, address: str, named: str
) -> None:
    place = fake.desk.places[0]
    policy = replace(place.account.policy, support=replace(place.account.policy.support, address=address))
    reading = await place.reader.open(sample_rows()[-1], fake.desk.actor, mark=False)
    report = report_on(reading, policy, NOW)
    assert report.address == named
    fake.reader.pieces[OUTSIDE, ""] = b"From: jean@gmail.com\r\n\r\ncoucou"
    if named:
        draft = await draft_to_support(reading, report, place.reader, place.account)
        assert draft.to == (named,)
    else:
        with pytest.raises(ValueError, match="SN-HdF"):
            await draft_to_support(reading, report, place.reader, place.account)
