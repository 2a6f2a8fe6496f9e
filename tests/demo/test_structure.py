"""ENVELOPE and BODYSTRUCTURE say what the standard library reads in the same bytes."""

from __future__ import annotations

from collections.abc import Iterator
from email import message_from_bytes
from email.message import Message as StdMessage
from email.utils import getaddresses
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mss_tui.demo.imap.addresses import Entry, entries
from mss_tui.demo.imap.describe import bodystructure, envelope
from mss_tui.demo.imap.fetch import Section, octets
from mss_tui.demo.imap.structure import Part, parse
from mss_tui.demo.store import MailStore
from tests.demo.wire import parsed

NESTED = b"""From: "Dupont, \\"Jo\\" (x)" <jo@a.mssante.fr> (a comment), =?utf-8?q?L=C3=A9o?= <leo@b.mssante.fr>\r
To: Les gens: un@a.fr, "deux trois" <d@b.fr>;, seul@c.fr\r
Cc: =?utf-8?b?w4ltaWxl?=\r
 =?utf-8?q?_D?= <emile@c.fr>\r
Subject: =?utf-8?q?un_sujet?=\r
 =?utf-8?q?_pli=C3=A9?=\r
Message-ID: <1@a>\r
Content-Type: multipart/mixed; boundary="a b"\r
\r
pr\xc3\xa9ambule\r
--a b\r
\r
sans en-t\xeate\r
--a b  \r
Content-Type: multipart/alternative; boundary=a\r
\r
--a\r
Content-Type: text/html; charset=utf-8\r
Content-Transfer-Encoding: quoted-printable\r
\r
<p>=\r
</p>\r
--a--\r
\r
--a b\r
Content-Type: message/rfc822\r
Content-Disposition: attachment; filename="un \\"mot\\".eml"; filename*=utf-8''un.eml\r
\r
From: x@y\r
Subject: dedans\r
\r
corps\r
--a b--\r
\xc3\xa9pilogue\r
"""


def all_messages(store: MailStore) -> Iterator[bytes]:
    for account in store.accounts.values():
        for folder in account.folders.values():
            for message in folder.messages:
                yield message.data


def std_shape(message: StdMessage) -> object:
    """A part as the standard library reads it: type, parameters, encoding, octets, lines, and what is inside."""
    kind = message.get_content_type()
    if message.is_multipart() and kind != "message/rfc822":
        return [std_shape(part) for part in message.get_payload()], kind
    encoding = str(message.get("content-transfer-encoding", "7bit")).lower()
    if kind == "message/rfc822":
        return kind, encoding, std_shape(message.get_payload(0))
    payload = str(message._payload).encode("ascii", "surrogateescape")
    values = {name.lower(): value for name, value in (message.get_params() or [])[1:]}
    if kind.startswith("text/"):
        values.setdefault("charset", "us-ascii")
        return kind, values, encoding, len(payload), payload.count(b"\n")
    return kind, values, encoding, len(payload)


def our_shape(node: list) -> object:
    """The same from a BODYSTRUCTURE."""
    if isinstance(node[0], list):
        children = [child for child in node if isinstance(child, list)]
        inner = node[: next(i for i, item in enumerate(node) if not isinstance(item, list))]
        assert inner == children[: len(inner)]
        return [our_shape(child) for child in inner], f"multipart/{node[len(inner)].decode().lower()}"
    kind = f"{node[0].decode()}/{node[1].decode()}".lower()
    encoding = node[5].decode().lower()
    if kind == "message/rfc822":
        return kind, encoding, our_shape(node[8])
    pairs = node[2] or []
    values = {pairs[i].decode().lower(): pairs[i + 1].decode() for i in range(0, len(pairs), 2)}
    if kind.startswith("text/"):
        return kind, values, encoding, int(node[6]), int(node[7])
    return kind, values, encoding, int(node[6])


def reports_as_text(message: StdMessage) -> bool:
    """The standard library reads the fields of a report as messages; FETCH shows one part."""
    return message.get_content_type() == "multipart/report"


def test_bodystructure_is_what_the_standard_library_reads(full_store: MailStore) -> None:
    compared = 0
    for data in all_messages(full_store):
        message = message_from_bytes(data)
        if reports_as_text(message):
            continue
        structure = parse(data)
        assert our_shape(parsed(bodystructure(structure, structure.root))) == std_shape(message)
        compared += 1
    assert compared > 60


def test_a_nested_message_has_the_structure_the_standard_library_reads() -> None:
    structure = parse(NESTED)
    ours = parsed(bodystructure(structure, structure.root))
    assert our_shape(ours) == std_shape(message_from_bytes(NESTED))
    assert ours[2][11] == [b"attachment", [b"filename", b'un "mot".eml', b"filename*", b"utf-8''un.eml"]]
    assert ours[2][7][1] == b"dedans"


def flat(addresses: object) -> list[tuple[str, str]]:
    return [
        ((name or b"").decode(), f"{local.decode()}@{domain.decode()}")
        for name, _, local, domain in addresses or []
        if domain is not None
    ]


@pytest.mark.parametrize(("position", "field"), [(2, "from"), (5, "to"), (6, "cc")])
def test_envelope_addresses_are_what_the_standard_library_reads(
    full_store: MailStore, position: int, field: str
) -> None:
    for data in all_messages(full_store):
        if b"piege-terminal" in data:
            continue
        message = message_from_bytes(data)
        raw = " ".join(str(message[field] or "").split())
        ours = [
            (" ".join(name.split()), address) for name, address in flat(parsed(envelope(parse(data).root))[position])
        ]
        assert ours == [pair for pair in getaddresses([raw]) if pair[1]]


def test_envelope_keeps_encoded_words_and_marks_groups() -> None:
    fields = parsed(envelope(parse(NESTED).root))
    assert fields[1] == b"=?utf-8?q?un_sujet?= =?utf-8?q?_pli=C3=A9?="
    assert fields[2] == [
        [b'Dupont, "Jo" (x)', None, b"jo", b"a.mssante.fr"],
        [b"=?utf-8?q?L=C3=A9o?=", None, b"leo", b"b.mssante.fr"],
    ]
    assert fields[3] == fields[2]
    assert fields[5] == [
        [None, None, b"Les gens", None],
        [None, None, b"un", b"a.fr"],
        [b"deux trois", None, b"d", b"b.fr"],
        [None, None, None, None],
        [None, None, b"seul", b"c.fr"],
    ]
    assert fields[9] == b"<1@a>"


def test_obsolete_address_forms_are_read() -> None:
    assert entries(b"<@a.fr,@b.fr:jo@c.fr>") == (Entry(None, b"jo", b"c.fr"),)
    assert entries(b"J. B. Martin <j@m.fr>") == (Entry(b"J. B. Martin", b"j", b"m.fr"),)
    assert entries(b"j@m.fr (Jean (Dr) Martin)") == (Entry(b"Jean (Dr) Martin", b"j", b"m.fr"),)
    assert entries(b"") == ()


@pytest.mark.parametrize(
    ("section", "wanted"),
    [
        (Section(), NESTED),
        (Section((1,)), b"sans en-t\xeate"),
        (Section((2, 1)), b"<p>=\r\n</p>"),
        (
            Section((2, 1), "MIME"),
            b"Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n",
        ),
        (Section((3,), "HEADER"), b"From: x@y\r\nSubject: dedans\r\n\r\n"),
        (Section((3,), "TEXT"), b"corps"),
        (Section((3, 1)), b"corps"),
        (Section((3,), "HEADER.FIELDS", (b"subject", b"x-none")), b"Subject: dedans\r\n\r\n"),
        (Section((3,), "HEADER.FIELDS.NOT", (b"FROM",)), b"Subject: dedans\r\n\r\n"),
        (Section((1,), "HEADER"), None),
        (Section((4,)), None),
        (Section((1, 1)), None),
    ],
)
def test_sections_give_their_octets(section: Section, wanted: bytes | None) -> None:
    assert octets(parse(NESTED), section) == wanted


def parts(part: Part) -> Iterator[Part]:
    yield part
    for child in (*part.children, *((part.message,) if part.message else ())):
        yield from parts(child)


mime_bytes = st.lists(
    st.sampled_from(
        [
            b"Content-Type: multipart/mixed; boundary=x\r\n",
            b'Content-Type: multipart/digest; boundary="x y"\n',
            b"Content-Type: message/rfc822\r\n",
            b'From: "a <b@c>, (((d\r\n',
            b'Content-Disposition: attachment; filename="\\\r\n',
            b"--x\r\n",
            b"--x--\n",
            b"--x y\r\n",
            b"\r\n",
            b"\n",
            b" pli\r\n",
            b"\0\xff;:=",
        ]
    )
    | st.binary(max_size=12),
    max_size=40,
).map(b"".join)


@given(mime_bytes)
def test_any_bytes_have_a_bounded_structure_that_reads_back(data: bytes) -> None:
    structure = parse(data)
    found = list(parts(structure.root))
    assert all(0 <= part.start <= part.body <= part.end <= len(data) for part in found)
    parsed(bodystructure(structure, structure.root))
    parsed(envelope(structure.root))


def test_a_thousand_nested_multiparts_stop_at_the_depth_limit() -> None:
    data = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (i, i) for i in range(1000))
    structure = parse(data)
    assert len(list(parts(structure.root))) < 60
    parsed(bodystructure(structure, structure.root))


def test_thousands_of_parts_stop_at_the_limit() -> None:
    structure = parse(b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\nx\r\n" * 20_000)
    assert len(list(parts(structure.root))) <= 1001


SHARED = Path(__file__).parents[3] / "shared" / "data" / "mail"


@pytest.mark.skipif(not SHARED.exists(), reason="no corpus of mail beside this checkout")
def test_structures_of_real_mail_read_back() -> None:
    files = sorted(SHARED.rglob("*.eml"))
    for file in files:
        structure = parse(file.read_bytes())
        parsed(bodystructure(structure, structure.root))
        parsed(envelope(structure.root))
    assert files
