"""Header fields of hostile mail: nothing raises, nothing is slow to the square, the real address is always kept."""

from __future__ import annotations

import unicodedata
from base64 import b64encode
from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mss_tui.mime.header import decode_words, parse_date, parse_mailboxes, split_header
from mss_tui.text import clean

PIECES = st.sampled_from(
    (
        *(b"=?utf-8?q?", b"=?ISO-8859-1?B?", b"?=", b"=?", b"=", b'"', b"\\", b"(", b")", b"<", b">", b",", b";", b":"),
        *(b" ", b"\r\n ", b"@", b"a", b"jean@b.fr", b"\x00", b"\x1b[2J", b"\xe9", "é".encode(), b"=C3=A9", b"w6k="),
        b"\xe2\x80\xae",
    )
)
RAW = st.one_of(st.binary(max_size=300), st.lists(PIECES, max_size=60).map(b"".join))


def clean_line(text: str) -> bool:
    return all(unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp") for c in text)


@given(RAW)
@example(b"=?utf-8?q?" * 30)
def test_any_bytes_become_one_harmless_line(raw: bytes) -> None:
    text = decode_words(raw, 50)
    assert clean_line(text)
    assert len(text) <= 51


@given(RAW)
def test_any_bytes_become_harmless_people(raw: bytes) -> None:
    people = parse_mailboxes(raw, 5)
    assert len(people) <= 5
    for person in people:
        assert clean_line(person.name + person.address)
        assert person.name or person.address


@given(RAW)
def test_any_bytes_become_fields(raw: bytes) -> None:
    for name, value in split_header(raw):
        assert name == name.lower()
        assert name.isascii()
        assert b"\n" not in value
        assert b"\r" not in value


@given(RAW)
@example(b"99 Jan 2024 10:00:00 +0000")
@example(b"1 Jan 2024 10:00:00 -9999")
def test_a_date_is_aware_or_nothing(raw: bytes) -> None:
    moment = parse_date(raw)
    assert moment is None or moment.utcoffset() is not None


@given(st.text(max_size=80), st.sampled_from(["utf-8", "utf-16", "utf-7"]))
def test_what_was_encoded_comes_back(text: str, charset: str) -> None:
    try:
        octets = text.encode(charset)
    except UnicodeEncodeError:
        return
    word = b"=?%b?B?%b?=" % (charset.encode(), b64encode(octets))
    assert decode_words(word) == clean(octets.decode(charset, "replace"))


@given(st.text("abcdefghijklmnopqrstuvwxyz.-_", min_size=1, max_size=20), RAW)
def test_the_address_after_any_closed_name_is_kept(local: str, name: bytes) -> None:
    address = f"{local}@ehpad.mssante.fr"
    quoted = b'"%b"' % name.replace(b"\\", b"").replace(b'"', b"")
    people = parse_mailboxes(b"%b <%b>" % (quoted, address.encode()))
    assert [person.address for person in people] == [address]


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        (b"=?iso-8859-1?Q?R=E9sultat_d'analyse?=", "Résultat d'analyse"),
        (b"=?utf-8?B?w6nDqQ==?= =?utf-8?B?w6k=?=", "ééé"),
        (b"=?utf-8?q?coup=C3?= =?utf-8?q?=A9 en deux?=", "coupé en deux"),
        (b"=?utf-8?Q?un?= deux =?utf-8?Q?trois?=", "un deux trois"),
        (b"=?utf-8?b?w6k?=", "é"),
        (b"=?utf-8*fr?q?lang=C3=A9?=", "langé"),
        (b"=?inconnu-42?q?caf=C3=A9?=", "café"),
        (b"=?punycode?q?caf-dma?=", "caf-dma"),
        (b"=?us-ascii?q?caf=E9?=", "café"),
        (b"=?utf-8?q?pas fini", "=?utf-8?q?pas fini"),
        (b"=?utf-8?x?quoi?=", "=?utf-8?x?quoi?="),
        (b"caf\xe9 brut", "café brut"),
        ("café brut".encode(), "café brut"),
        (b"=?utf-8?q?=1B]52;c;QQ=07?=", "\u241b]52;c;QQ\u2407"),
        (b"=?utf-8?q?a=0D=0Ab?=", "a  b"),
        (b"", ""),
    ],
)
def test_words_as_they_are_found(raw: bytes, shown: str) -> None:
    assert decode_words(raw) == shown


@pytest.mark.parametrize(
    ("raw", "people"),
    [
        (b"jean@b.fr", [("", "jean@b.fr")]),
        (b"Jean Martin <jean@b.fr>", [("Jean Martin", "jean@b.fr")]),
        (b'"Martin, Jean" <jean@b.fr>, anne@b.fr', [("Martin, Jean", "jean@b.fr"), ("", "anne@b.fr")]),
        (b"=?utf-8?Q?Martin,_Andr=C3=A9?= <a@b.fr>", [("Martin, André", "a@b.fr")]),
        (b'"=?utf-8?Q?Andr=C3=A9?=" <a@b.fr>', [("André", "a@b.fr")]),
        (b"jean@b.fr (Jean (le vrai) Martin)", [("Jean (le vrai) Martin", "jean@b.fr")]),
        (b"Service: a@b.fr, B <b@b.fr>; c@b.fr", [("", "a@b.fr"), ("B", "b@b.fr"), ("", "c@b.fr")]),
        (b"undisclosed-recipients:;", []),
        (b"<@relais.fr,@autre.fr:a@b.fr>", [("", "a@b.fr")]),
        (b'"a b"@c.fr', [("", '"a b"@c.fr')]),
        (b'<"victime@x.fr>"@mal.fr>', [("", '"victime@x.fr>"@mal.fr')]),
        (b'"dr@ehpad.mssante.fr" <autre@mal.fr>', [("dr@ehpad.mssante.fr", "autre@mal.fr")]),
        (b"=?utf-8?q?dr=40ehpad.mssante.fr_<?= <autre@mal.fr>", [("dr@ehpad.mssante.fr <", "autre@mal.fr")]),
        (b"=?utf-8?q?dr@ehpad.mssante.fr?=", [("dr@ehpad.mssante.fr", "")]),
        (b"Jean <a@b.fr> <c@d.fr>", [("Jean", "a@b.fr"), ("", "c@d.fr")]),
        (b"a@b.fr c@d.fr", [("", "a@b.fr"), ("", "c@d.fr")]),
        (b"Jean Martin", [("Jean Martin", "")]),
        (b'"Jean <a@b.fr>', [("Jean", "a@b.fr")]),
        (b"Jean <a@b.fr", [("Jean", "a@b.fr")]),
        (b"Jean <a@b.fr, Anne <c@d.fr>", [("Jean", "a@b.fr"), ("Anne", "c@d.fr")]),
        (b"'a@b.fr' <a@b.fr>", [("", "a@b.fr")]),
        (b"a@b.fr <A@b.fr>", [("", "A@b.fr")]),
        (b"mailto:a@b.fr", [("", "a@b.fr")]),
        (b"<a\x00@b.fr>", [("", "a␀@b.fr")]),
        (b"<>", []),
        (b",,;;", []),
        (b"", []),
    ],
)
def test_people_as_they_are_found(raw: bytes, people: list[tuple[str, str]]) -> None:
    assert [(person.name, person.address) for person in parse_mailboxes(raw)] == people


@pytest.mark.parametrize(
    ("raw", "moment"),
    [
        (b"Fri, 20 Nov 2026 09:13:01 +0100", "2026-11-20T09:13:01+01:00"),
        (b"20 Nov 26 09:13 CEST", "2026-11-20T09:13:00+02:00"),
        (b"Fri, 20 November 2026 09:13:60 -0330 (x)", "2026-11-20T09:13:59-03:30"),
        (b"Fri Nov 20 09:13:01 2026", "2026-11-20T09:13:01+00:00"),
        (b"Fri Nov 20 09:13:01 CET 2026", "2026-11-20T09:13:01+00:00"),
        (b"2026-11-20T09:13:01.250Z", "2026-11-20T09:13:01+00:00"),
        (b"Fri, 20-Nov-2026 09:13:01 GMT", "2026-11-20T09:13:01+00:00"),
        (b"Fri, 31 Nov 2026 09:13:01 +0100", None),
        (b"Fri, 20 Nov 2026 29:13:01 +0100", None),
        (b"Fri, 20 Nov 1823 09:13:01 +0100", None),
        (b"Fri, 20 Abc 2026 09:13:01 +0100", None),
        (b"Fri, 20 Nov 2026 09:13:01 +9900", None),
        (b"hier", None),
        (b"", None),
    ],
)
def test_dates_keep_their_own_offset(raw: bytes, moment: str | None) -> None:
    found = parse_date(raw)
    assert (found and found.isoformat()) == moment


def test_a_date_without_zone_is_universal_time() -> None:
    assert parse_date(b"1 Jan 2026 00:00:00") == datetime(2026, 1, 1, tzinfo=UTC)
    assert parse_date(b"1 Jan 2026 00:00:00 EST") == datetime(2026, 1, 1, 5, tzinfo=UTC)


def test_fields_are_unfolded_and_kept_in_order() -> None:
    raw = b"From jean Mon\nSubject: un\r\n deux\r\nTo:a\nTO : b\nnonsense\n\xe9: x\nX: \tc\t\r\n\r\nBody: no\n"
    assert split_header(raw) == (("subject", b"un deux"), ("to", b"a"), ("to", b"b"), ("x", b"c"))


def test_a_header_of_old_macintosh_lines_is_read() -> None:
    assert split_header(b"A: 1\rB: 2\r\rcorps: 3") == (("a", b"1"), ("b", b"2"))


def test_the_number_of_fields_is_bounded() -> None:
    assert len(split_header(b"a: b\n" * 100_000)) == 2_000


REPEATED = (
    *(b"=?a?q?", b"=?a?q?b?=", b"=?", b'"', b'"\\"', b'"a"b', b"(", b"()", b"(\\", b"<", b"<,", b'<"', b'<"a', b">"),
    *(b"\\", b"@", b" ", b"a@b:", b"a ", b",", b";:", b'<"<\\', b"a=?", b"\xe9", b"a@b<c", b"a@b c@d "),
)


@pytest.mark.parametrize("unit", REPEATED)
def test_repetition_is_read_in_a_bounded_number_of_steps(unit: bytes) -> None:
    """A quadratic reader needs minutes for these; the test's own time limit is what would end it."""
    raw = unit * (1_000_000 // len(unit))
    decode_words(raw, 30_000)
    parse_mailboxes(raw, 1000)
    parse_mailboxes(b"a@b " + raw, 1000)
    parse_date(raw)
    split_header(raw)
    split_header(b"a:" + raw.replace(b" ", b"\n "))


@pytest.mark.parametrize("mark", [b";", b",", b":", b"(", b'"', b"<"])
def test_a_mark_of_structure_inside_an_encoded_word_is_part_of_the_name(mark: bytes) -> None:
    name = b"x" + (b"=%02X" % mark[0] if mark in b'<"' else mark) + b"y"
    (person,) = parse_mailboxes(b"=?utf-8?q?" + name + b"?= <a@b>")
    assert (person.name, person.address) == (f"x{mark.decode()}y", "a@b")
