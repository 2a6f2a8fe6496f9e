"""Our own words in the text of a message or document are in the language of the interface, wherever they are made."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mss_tui.adapters.worker import ProcessWorker
from mss_tui.documents.flavors import NULL_FLAVORS, given, value_phrase
from mss_tui.documents.layout import lay_out
from mss_tui.language import translator
from mss_tui.mime.body import text_job
from mss_tui.mime.html import alternative_job, html_job
from mss_tui.mime.letter import message_job
from mss_tui.mime.view import View
from mss_tui.model.document import Block, Paragraph
from mss_tui.phrase import listed, say

EN = translator("en")
INVITATION = (
    b"BEGIN:VCALENDAR\r\nMETHOD:CANCEL\r\nBEGIN:VEVENT\r\nSUMMARY:Bloc B\r\n"
    b"DTSTART:20261120T090000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)
PAGE = b'<p>dose <s>10 mg</s> <img alt="ECG"> <a href="https://x.fr/a">lien</a> <a href="javascript:x()">y</a></p>'
INSIDE = b"\r\n".join(
    (
        b"From: a@x.mssante.fr\r\nTo: b@x.mssante.fr\r\nSubject: Bloc B",
        b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\nContent-Type: text/calendar\r\n',
        INVITATION,
        b'--b\r\nContent-Type: application/pdf; name="cr.pdf"\r\n\r\nx\r\n--b--\r\n',
    )
)
UUENCODED = b"voici\nbegin 644 cr.doc\n#0V%T\n`\nend\n"

OURS = (
    "Annulation",
    "Objet",
    "Début",
    "heure de Paris",
    "[barré",
    "Liens",
    "écarté",
    "[pièce",
    "De :",
    "[fichier écrit",
)


@pytest.mark.parametrize(
    ("job", "data", "options", "there"),
    [
        (text_job, INVITATION, {"type": "text/calendar"}, ("Cancellation", "Subject: Bloc B")),
        (text_job, UUENCODED, {}, ("cr.doc",)),
        (html_job, PAGE, {}, ("[struck", "Links:", "10 mg")),
        (alternative_job, b"lien" + PAGE, {"first": 4}, ("[struck", "Links:")),
        (message_job, INSIDE, {}, ("From: a@x.mssante.fr", "Cancellation", "cr.pdf")),
    ],
)
def test_what_a_job_says_itself_is_in_the_language_it_was_told(
    job: Callable[..., View], data: bytes, options: dict[str, str | int], there: tuple[str, ...]
) -> None:
    text = job(data, options | {"lang": "en"}).text
    assert [word for word in there if word not in text] == []
    assert [word for word in OURS if word in text] == []
    assert any(word in job(data, options).text for word in OURS)


async def test_the_worker_tells_every_job_the_language_of_the_interface() -> None:
    worker = ProcessWorker(lang="en")
    try:
        view = await worker.run("html", View, PAGE, {"charset": "utf-8"})
    finally:
        await worker.close()
    assert "[struck" in view.text


def test_a_section_without_text_says_so_in_the_language() -> None:
    blocks = (Block.of(Paragraph(())),)
    assert lay_out(blocks, 80) == "(section sans texte)"
    assert lay_out(blocks, 80, EN) == EN("(section sans texte)") != "(section sans texte)"


def test_why_a_value_is_missing_is_in_the_language_and_a_value_is_as_written() -> None:
    for reason in NULL_FLAVORS.values():
        assert not given(str(reason))
        assert value_phrase(str(reason)).render(EN) == reason.render(EN)
    assert value_phrase("MARTIN").render(EN) == "MARTIN"


def test_values_side_by_side_are_each_put_into_the_language() -> None:
    both = listed([say("sexe"), "{x}"], " · ")
    assert (both.render(), both.render(EN)) == ("sexe · {x}", f"{EN('sexe')} · {{x}}")
    assert EN("sexe") != "sexe"
    assert listed([]).render() == ""
