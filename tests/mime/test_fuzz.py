"""Every parser on thousands of inputs made of mails, their pieces and noise: none raises what it does not promise."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mss_tui.mime.body import text_job
from mss_tui.mime.charset import codec_of, decode
from mss_tui.mime.header import decode_words, parse_date, parse_mailboxes, split_header
from mss_tui.mime.html import html_job
from mss_tui.mime.kinds import content_of, suspicions
from mss_tui.mime.letter import letter_job, message_job
from mss_tui.mime.links import link_to
from mss_tui.mime.names import safe_name
from mss_tui.mime.parameters import parameter, split_value
from mss_tui.mime.preview import image_job, pdf_job, pdf_page_job
from mss_tui.mime.quote import quoted_from
from mss_tui.mime.table import csv_job
from mss_tui.mime.transfer import decode_transfer
from mss_tui.mime.view import shown_headers
from tests.mime.test_pieces import pdf, picture
from tests.support.awkward import mail

TOKENS = st.sampled_from(
    (
        *(
            b"=?utf-8?b?",
            b"=?x?q?",
            b"?=",
            b"=",
            b"\r\n",
            b"\n",
            b"\r",
            b" ",
            b"\t",
            b"--a",
            b"--a--",
            b":",
            b";",
            b",",
            b'"',
        ),
        *(
            b"<",
            b">",
            b"(",
            b")",
            b"\\",
            b"@",
            b"a@b.fr",
            b"\0",
            b"\x1b[",
            b"\xff",
            b"\xc3",
            b"\xe2\x80\xae",
            b"&#x1b;",
            b"&",
        ),
        *(
            b"Content-Type: multipart/mixed; boundary=a",
            b"Content-Transfer-Encoding: base64",
            b"filename*0*=utf-8''%",
            b"> ",
        ),
        *(
            b"<table><tr><td>",
            b"<a href='",
            b"javascript:",
            b"https://a\\@b",
            b"style='display:none'",
            b"<blockquote>",
            b"</",
        ),
        *(
            b"BEGIN:VEVENT",
            b"DTSTART:20260101T000000Z",
            b"begin 644 x",
            b"end",
            b"-- ",
            b"Le 3 a \xc3\xa9crit :",
            b"De : x",
        ),
        *(
            b"Fri, 20 Nov 2026 09:13:01 +0100",
            b"99",
            b"+9999",
            b"%PDF-1.4",
            b"stream",
            b"endobj",
            b"<<",
            b"1 0 R",
            b"IHDR",
        ),
    )
)
WHOLE = st.one_of(
    st.integers(0, 3_000).map(mail), st.just(pdf("a", "b")), st.just(picture(9, 9)), st.just(picture(9, 9, "GIF"))
)


@st.composite
def inputs(draw: st.DrawFn) -> bytes:
    """Tokens and noise, or a whole thing cut and spoilt."""
    noise = b"".join(draw(st.lists(st.one_of(TOKENS, st.binary(max_size=12)), max_size=25)))
    if draw(st.booleans()):
        return noise
    whole = draw(WHOLE)
    at = draw(st.integers(0, len(whole)))
    return whole[:at] + noise + whole[at + draw(st.integers(0, 40)) :]


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")


PARSERS: dict[str, Callable[[bytes], object]] = {
    "words": decode_words,
    "mailboxes": parse_mailboxes,
    "date": parse_date,
    "header": split_header,
    "shown headers": shown_headers,
    "charset": lambda data: (decode(data, _text(data)[:30]), codec_of(_text(data))),
    "transfer": lambda data: [
        decode_transfer(data, name) for name in ("base64", "quoted-printable", "uuencode", _text(data))
    ],
    "parameters": lambda data: parameter(split_value(data)[1], "filename"),
    "name": lambda data: safe_name(_text(data)),
    "link": lambda data: link_to(_text(data)),
    "quote": lambda data: quoted_from(_text(data).split("\n")),
    "text": lambda data: text_job(data, {"flowed": 1, "charset": _text(data)[:20]}),
    "calendar": lambda data: text_job(data, {"type": "text/calendar"}),
    "csv": lambda data: csv_job(data, {}),
    "html": lambda data: html_job(data, {}),
    "letter": lambda data: letter_job(data, {}),
    "message": lambda data: message_job(data, {}),
    "kinds": lambda data: (content_of(data), suspicions(_text(data), "", data)),
    "pdf": lambda data: pdf_job(data, {}),
    "pdf page": lambda data: pdf_page_job(data, {}),
    "image": lambda data: image_job(data, {}),
}


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("name", PARSERS)
def test_no_input_breaks_the_parser(name: str) -> None:
    @settings(max_examples=2_000, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(inputs())
    def fuzz(data: bytes) -> None:
        PARSERS[name](data)

    fuzz()
