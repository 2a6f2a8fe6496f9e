"""Names of attachments: whatever a sender writes, what is saved stays in its folder and is what it seems."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mss_tui.mime.names import MAX_OCTETS, name_for, safe_name
from mss_tui.model.message import Part
from tests.mime.test_header import clean_line

ANY = st.one_of(
    st.text(st.characters(codec=None, exclude_categories=()), max_size=300),
    st.lists(
        st.sampled_from([*'/\\.-~:*?"<>|% \t\n\0\u202e\u200b\ud800_()', "..", "con", "a", "é", ".pdf", ".exe"])
    ).map("".join),
)


@given(ANY, st.sets(st.sampled_from(["piece", "a", "a.pdf", "con", "é"])))
def test_any_name_can_be_created_and_stays_in_its_folder(
    tmp_path_factory: pytest.TempPathFactory, raw: str, taken: set[str]
) -> None:
    name = safe_name(raw, taken)
    assert clean_line(name)
    assert name.casefold() not in taken
    assert len(name.encode()) <= MAX_OCTETS + 6
    assert not name.startswith((".", "-", " "))
    assert not name.endswith((".", " "))
    assert not set(name) & set('/\\:*?"<>|')
    assert Path(name).name == name
    assert safe_name(name) == name
    folder = tmp_path_factory.getbasetemp()
    target = folder / name
    target.touch(exist_ok=True)
    assert target.resolve().parent == folder.resolve()
    target.unlink()


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\x\\lettre.pdf", "lettre.pdf"),
        ("..", "piece"),
        ("", "piece"),
        (".bashrc", "bashrc"),
        ("-rf", "_-rf"),
        ("CON.txt", "_CON.txt"),
        ("nul", "_nul"),
        ("facture\u202efdp.exe", "facture_fdp.exe"),
        ("a\x1b[2Jb.txt", "a_[2Jb.txt"),
        ("lettre.pdf          .exe", "lettre.pdf.exe"),
        ("e\u0301cho.pdf", "écho.pdf"),
        ("compte rendu.pdf. . ", "compte rendu.pdf"),
        ("a/b/", "b"),
        ("x" * 500 + ".pdf", "x" * 146 + ".pdf"),
        ("é" * 500 + ".pdf", "é" * 73 + ".pdf"),
    ],
)
def test_names_that_would_harm(raw: str, name: str) -> None:
    assert safe_name(raw) == name


def test_names_already_taken_get_a_number() -> None:
    assert safe_name("A.PDF", {"a.pdf", "a (2).pdf"}) == "A (3).PDF"


def test_a_part_without_name_is_named_by_its_type() -> None:
    assert name_for(Part("1", "application/pdf")) == "piece.pdf"
    assert name_for(Part("1", "message/rfc822")) == "message.eml"
    assert name_for(Part("1", "x/y"), {"piece.dat"}) == "piece (2).dat"


def test_nothing_is_written_outside(tmp_path: Path) -> None:
    (tmp_path / safe_name("/tmp/x")).touch()
    assert [path.name for path in tmp_path.iterdir()] == ["x"]
