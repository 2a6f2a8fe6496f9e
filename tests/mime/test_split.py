"""Messages taken apart: the tree is IMAP's, any octets give one, the right part is shown, nothing is lost."""

from __future__ import annotations

import email
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mss_tui.mime.choose import attachments, choose_text, structure_notes
from mss_tui.mime.letter import letter_job, message_job, section_job, whole_job
from mss_tui.mime.parameters import file_name, parameter, split_value
from mss_tui.mime.split import MAX_DEPTH, MAX_PARTS, Split
from mss_tui.mime.view import MAX_OCTETS, View, plan, raw_view, shown_headers
from mss_tui.model.message import Part
from mss_tui.text import DisplayText
from tests.mime.test_header import clean_line


def tree(part: Part) -> object:
    """A part as (section, type), a group as (section, type, its parts)."""
    if part.parts:
        return (part.section, part.type, [tree(child) for child in part.parts])
    return (part.section, part.type)


def multipart(kind: str, boundary: str, *parts: str) -> str:
    body = "".join(f"--{boundary}\r\n{part}\r\n" for part in parts)
    return f'Content-Type: multipart/{kind}; boundary="{boundary}"\r\n\r\npreamble\r\n{body}--{boundary}--\r\nepilogue'


PLAIN = "Content-Type: text/plain; charset=utf-8\r\n\r\nBonjour Docteur"
HTML = "Content-Type: text/html\r\n\r\n<p>Bonjour Docteur</p>"
PDF = "Content-Type: application/pdf; name=a.pdf\r\nContent-Disposition: attachment\r\n\r\n%PDF"
IMAGE = "Content-Type: image/png\r\nContent-ID: <logo@x>\r\n\r\n\x89PNG"


def test_sections_are_numbered_as_imap_numbers_them() -> None:
    inner = multipart("related", "r", multipart("alternative", "a", PLAIN, HTML), IMAGE)
    split = Split(f"Subject: x\r\n{multipart('mixed', 'm', inner, PDF)}".encode())
    assert tree(split.structure()) == (
        "",
        "multipart/mixed",
        [
            (
                "1",
                "multipart/related",
                [
                    ("1.1", "multipart/alternative", [("1.1.1", "text/plain"), ("1.1.2", "text/html")]),
                    ("1.2", "image/png"),
                ],
            ),
            ("2", "application/pdf"),
        ],
    )
    node = split.node("1.1.1")
    assert node is not None
    assert split.octets(node) == b"Bonjour Docteur"


def test_a_message_of_one_part_has_section_1() -> None:
    split = Split(b"Subject: x\n\nBonjour\n")
    assert tree(split.structure()) == ("1", "text/plain")
    assert section_job(b"Subject: x\n\nBonjour\n", {"section": "1"}).data == b"Bonjour\n"


@pytest.mark.parametrize("section", ["0", "3", "1.1", "x", "-1", "1" * 5000, "..", "2.1"])
def test_a_section_that_is_not_there_is_empty(section: str) -> None:
    assert section_job(multipart("mixed", "m", PLAIN, PDF).encode(), {"section": section}).data == b""


@pytest.mark.parametrize(
    ("raw", "types"),
    [
        ("Content-Type: multipart/mixed\n\n--x\n\na", ["text/plain"]),
        ("Content-Type: multipart/mixed; boundary=x\n\nrien", ["text/plain"]),
        ("Content-Type: multipart/mixed; boundary=x\n\n--x\n\na\n--x\n\nb", ["text/plain", "text/plain"]),
        (
            "Content-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: text/html\n--x\n\nb",
            ["text/html", "text/plain"],
        ),
        ("Content-Type: text\n\na", ["text/plain"]),
        ("Content-Type: \n\na", ["text/plain"]),
        ("Content-Type: application/pdf name=x\n\na", ["application/pdf"]),
        ("Content-Type: text/html\nContent-Type: image/png\n\na", ["text/html"]),
        ("Content-Type: multipart/digest; boundary=x\n\n--x\n\nSubject: y\n\nb\n--x--", ["message/rfc822"]),
        ("Content-Type: multipart/*; boundary=x\n\n--x\n\nb\n--x--", ["text/plain"]),
        ("Content-Type: multipart/mixed; boundary=x--\n\n--x--\n\na\n--x----\n", ["text/plain"]),
        ("Content-Type: multipart/mixed; boundary=x\r\r--x\r\ra\r--x--", ["text/plain"]),
        ("", ["text/plain"]),
    ],
)
def test_broken_structures_give_what_they_hold(raw: str, types: list[str]) -> None:
    assert [leaf.type for leaf in Split(raw.encode()).structure().leaves()] == types


def test_a_boundary_shared_by_two_levels_is_the_inner_one_s_until_it_is_closed() -> None:
    inner = multipart("alternative", "x", PLAIN, HTML)
    raw = multipart("mixed", "x", inner, PDF)
    assert [leaf.type for leaf in Split(raw.encode()).structure().leaves()] == [
        "text/plain",
        "text/html",
        "application/pdf",
    ]


def test_depth_and_number_are_bounded_and_it_is_said() -> None:
    deep = "".join(f"Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n" for n in range(10_000))
    wide = "Content-Type: multipart/mixed; boundary=b\n\n" + "--b\n\nx\n" * 50_000
    for raw in (deep, wide):
        letter = letter_job(raw.encode(), {})
        assert "vue brute" in str(letter.view.notes[0])
        assert len(letter.structure.leaves()) <= MAX_PARTS
    assert sum(1 for _ in levels(Split(deep.encode()).structure())) <= MAX_DEPTH + 1


def levels(part: Part) -> list[Part]:
    found = [part]
    while found[-1].parts:
        found.append(found[-1].parts[-1])
    return found


PIECES = st.sampled_from(
    (
        *("Content-Type: multipart/mixed; boundary=", "Content-Type: text/html", "Content-Disposition: attachment;"),
        *(
            " filename*0*=utf-8''a%2F",
            "\n",
            "\r\n",
            "\r",
            "--a",
            "--a--",
            "--b",
            "a",
            "b",
            '"',
            ";",
            "=",
            "\n\n",
            " ",
            "\0",
            "é",
        ),
        *(
            "Content-Type: message/rfc822",
            "Content-Transfer-Encoding: base64",
            "Content-Type: multipart/alternative; boundary=b",
        ),
        *("Content-Type: text/plain; format=flowed", "w6k=", "Subject: =?utf-8?q?x?=", "<p>", "> "),
    )
)


@given(st.lists(PIECES, max_size=60).map("".join))
def test_any_octets_are_a_message(raw: str) -> None:
    data = raw.encode()
    letter = letter_job(data, {})
    assert all(map(clean_line, letter.view.text.split("\n")))
    told = message_job(data, {}).text
    assert all(map(clean_line, told.split("\n")))
    names = [piece.name for piece in attachments(letter.structure)]
    assert len({name.casefold() for name in names}) == len(names)
    for leaf in letter.structure.leaves():
        section_job(data, {"section": leaf.section})
    plan(letter.structure)


@given(
    st.lists(st.sampled_from([PLAIN, HTML, PDF, IMAGE]), min_size=1, max_size=4), st.sampled_from(["mixed", "related"])
)
def test_every_leaf_is_shown_or_listed(parts: list[str], kind: str) -> None:
    structure = Split(multipart(kind, "m", multipart("alternative", "a", PLAIN, HTML), *parts).encode()).structure()
    chosen = choose_text(structure)
    assert chosen is not None
    assert chosen.section == "1.1"
    listed = {piece.section for piece in attachments(structure)}
    assert listed == {leaf.section for leaf in structure.leaves()} - {"1.1", "1.2"}


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        (multipart("alternative", "a", HTML, PLAIN), "2"),
        (multipart("alternative", "a", multipart("related", "r", HTML, IMAGE), PDF), "1.1"),
        (multipart("mixed", "m", PDF, PLAIN, HTML), "2"),
        (multipart("signed", "s", multipart("alternative", "a", PLAIN, HTML), PDF), "1.1"),
        (multipart("mixed", "m", PLAIN.replace("charset", "name=x.txt; charset"), HTML), "2"),
        (multipart("mixed", "m", PLAIN.replace("charset", "name=x.txt; charset"), PDF), "1"),
        (
            multipart("related", "r", IMAGE, HTML.replace("html", "html\r\nContent-ID: <p>")).replace(
                "related;", "related; start=p;"
            ),
            "2",
        ),
        (multipart("encrypted", "e", PDF, PLAIN), None),
        (multipart("mixed", "m", PDF, IMAGE), None),
        ("Content-Type: text/plain\r\nContent-Disposition: attachment\r\n\r\nx", "1"),
        (PDF, None),
    ],
)
def test_the_part_that_is_the_text(raw: str, shown: str | None) -> None:
    chosen = choose_text(Split(raw.encode()).structure())
    assert (chosen and chosen.section) == shown


def test_a_plain_text_that_says_less_than_its_twin_gives_way() -> None:
    raw = multipart(
        "alternative", "a", PLAIN.replace("Bonjour Docteur", "-"), HTML.replace("Docteur", "Docteur, à lundi")
    )
    assert letter_job(raw.encode(), {}).view.text == "Bonjour Docteur, à lundi"
    step = plan(Split(raw.encode()).structure())
    assert step is not None
    assert (step.sections, step.job) == (("1", "2"), "alternative")
    simpler = step.simpler()
    assert simpler is not None
    assert (simpler.sections, simpler.job, simpler.simpler()) == (("1",), "text", None)


def test_attachments_have_names_and_sizes() -> None:
    nested = "Content-Type: message/rfc822\r\n\r\nSubject: y\r\n\r\nz"
    twice = PDF.replace("name=a.pdf", 'name="../../A.PDF"')
    base64 = PDF.replace("\r\n\r\n", "\r\nContent-Transfer-Encoding: base64\r\n\r\n") + "A" * 7796
    found = attachments(Split(multipart("mixed", "m", PLAIN, PDF, twice, nested, IMAGE, base64).encode()).structure())
    assert [(piece.section, piece.name) for piece in found] == [
        *(("2", "a.pdf"), ("3", "A (2).PDF"), ("4", "message.eml"), ("5", "piece.png"), ("6", "a (3).pdf")),
    ]
    assert [piece.inline for piece in found] == [False, False, False, True, False]
    assert found[4].size == 5700


@pytest.mark.parametrize(
    ("kind", "word"),
    [
        ("multipart/signed", "signé"),
        ("multipart/encrypted", "chiffré"),
        ("application/pkcs7-mime", "chiffré"),
        ("message/partial", "Morceau"),
        ("application/ms-tnef", "winmail"),
        ("message/external-body", "ailleurs"),
    ],
)
def test_what_cannot_be_read_is_named(kind: str, word: str) -> None:
    assert word in str(structure_notes(Part("1", kind))[0])


def test_an_opaque_signature_is_no_encryption() -> None:
    part = Part("1", "application/pkcs7-mime", parameters=(("smime-type", "signed-data"),))
    assert "signé" in str(structure_notes(part)[0])


def test_a_message_in_a_message_is_told_in_one_text() -> None:
    inner = f"From: Jean <j@x.fr>\r\nSubject: =?utf-8?q?Bilan_=C3=A9?=\r\n{multipart('mixed', 'i', PLAIN, PDF)}"
    view = message_job(inner.encode(), {})
    assert view.text.split("\n") == [
        "De : Jean <j@x.fr>",
        "Objet : Bilan é",
        "",
        "Bonjour Docteur",
        "",
        "[pièce : a.pdf]",
    ]
    only = f"Content-Type: message/rfc822\r\n\r\n{inner}"
    assert "Bilan é" in letter_job(only.encode(), {}).view.text
    endless = "Content-Type: message/rfc822\r\n\r\n" * 500
    assert letter_job(endless.encode(), {}).view.notes


def test_a_message_that_the_server_cannot_describe_is_taken_apart_whole() -> None:
    step = plan(Part("", "message/rfc822", 100))
    assert step is not None
    assert (step.sections, step.job, step.options([b""])["encoding"]) == (("",), "message", "7bit")


def test_an_empty_text_is_looked_for_in_the_whole_message() -> None:
    lost = Part("", "multipart/mixed", parts=(Part("1", "text/plain", 0), Part("2", "image/png", 100)))
    step = plan(lost)
    assert step is not None
    assert (step.sections, step.job) == (("",), "whole")
    heavy = Part("", "multipart/mixed", parts=(Part("1", "text/plain", 0), Part("2", "image/png", 10_000_000)))
    step = plan(heavy)
    assert step is not None
    assert (step.sections, step.job) == (("1",), "text")
    broken = whole_job(b"Content-Type: multipart/mixed; boundary=y\n\n--x\n\nBonjour", {})
    assert "Bonjour" in broken.text
    assert "abîmée" in str(broken.notes[0])
    assert whole_job(b"Subject: x\n\n", {}) == View(DisplayText(""))


def test_parameters_in_every_form() -> None:
    raw = (
        b"attachment; filename*0*=iso-8859-1'fr'r%E9su; filename*1=\"lt at\"; filename*2*=%2Epdf; size=12;"
        b' x="a\\"b;c"; =; y; filename*4=non'
    )
    kind, found = split_value(raw)
    assert kind == "attachment"
    assert parameter(found, "filename") == "résult at.pdf"
    assert parameter(found, "x") == 'a"b;c'
    assert parameter(found, "absent") == ""
    assert parameter([("name", b"=?utf-8?q?r=C3=A9sum=C3=A9.pdf?=")], "name") == "résumé.pdf"
    assert parameter([("name", "brut\xe9.pdf".encode("latin-1"))], "name") == "bruté.pdf"
    assert parameter([("name*", b"utf-8''a%20b%")], "name") == "a b%"
    assert file_name((), (("name", b"n"),)) == "n"
    assert file_name((("filename", b"f"),), (("name", b"n"),)) == "f"


def test_what_a_stricter_writer_wrote_is_read_back() -> None:
    message = EmailMessage()
    message["Subject"] = "Compte rendu d'échographie"
    message.set_content("Bonjour,\n\nle compte rendu est joint.\n")
    message.add_alternative("<p>Bonjour,</p><p>le compte rendu est joint.</p>", subtype="html")
    message.add_attachment(
        b"%PDF-1.4", maintype="application", subtype="pdf", filename="échographie du 3 février 2026.pdf"
    )
    letter = letter_job(bytes(message), {})
    assert letter.view.text == "Bonjour,\n\nle compte rendu est joint."
    assert [piece.name for piece in attachments(letter.structure)] == ["échographie du 3 février 2026.pdf"]
    assert section_job(bytes(message), {"section": "2"}).data == b"%PDF-1.4"
    assert [leaf.type for leaf in letter.structure.leaves()] == [
        part.get_content_type() for part in email.message_from_bytes(bytes(message)).walk() if not part.is_multipart()
    ]


def test_too_many_pieces_are_said() -> None:
    many = Part("", "multipart/mixed", parts=tuple(Part(str(n), "image/png") for n in range(1, 1_502)))
    assert len(attachments(many)) == 1_000
    assert "1000" in str(structure_notes(many)[0])


@given(st.binary(max_size=200))
def test_the_raw_view_shows_any_octets(data: bytes) -> None:
    assert all(map(clean_line, raw_view(data).split("\n")))
    assert len(raw_view(data, 10)) <= 8 * 11


def test_headers_are_shown_in_order_and_harmless() -> None:
    shown = shown_headers(b"X-A: =?utf-8?q?=1B?=\r\nSubject: \x9b2J\r\n\r\nbody")
    assert [(field.name, field.value) for field in shown] == [("x-a", "\u241b"), ("subject", "›2J")]


@pytest.mark.parametrize(
    "unit", ["--a\n", "--a\n\n", "--", "\r", "a: b\n", "--a--\n", "--a" + " " * 50 + "\n", "\n--a \n;"]
)
def test_a_long_message_is_taken_apart_in_bounded_steps(unit: str) -> None:
    """A quadratic reader needs minutes for these."""
    for head in ("", "Content-Type: multipart/mixed; boundary=a\n\n", "Content-Type: multipart/mixed; boundary=\n\n"):
        Split(f"{head}{unit * (1_000_000 // len(unit))}".encode()).structure()


def test_a_long_text_is_cut_where_it_is_fetched() -> None:
    letter = letter_job(b"Subject: x\n\n" + b"a" * (MAX_OCTETS + 5), {})
    assert any("incomplet" in str(note) for note in letter.view.notes)
    assert DisplayText(letter.view.text[:3]) == "aaa"
