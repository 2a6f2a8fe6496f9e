"""A keystroke has one passage read again, and cutting a text changes nothing in what is found."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mss_tui.rules.language import labels
from mss_tui.rules.language.passages import MAX_CHARS, cut, read

PARAGRAPH = "Mme VIAL va mieux : pansement refait, plaie propre. Son fils passera lundi. Merci de votre ordonnance."


def draft(paragraphs: int, between: str = "\n\n") -> str:
    return between.join(f"Jour {number}. {PARAGRAPH}" for number in range(paragraphs))


def passages_read(body: str) -> int:
    before = read.cache_info().misses
    labels("Suivi", body, [])
    return read.cache_info().misses - before


def test_a_keystroke_has_one_passage_read_again() -> None:
    body = draft(190)
    assert len(body) > 20_000
    assert passages_read(body) > 100
    assert passages_read(body) == 0
    middle = body.index("Son fils", 10_000)
    assert passages_read(f"{body[:middle]}x{body[middle:]}") == 1


def test_a_keystroke_in_one_long_paragraph_has_few_passages_read_again() -> None:
    body = draft(190, between=" ")
    passages_read(body)
    middle = body.index("Son fils", 10_000)
    assert passages_read(f"{body[:middle]}x{body[middle:]}") <= 3


@given(st.text(alphabet='aB. \n«»"é?', max_size=1200))
def test_passages_are_the_text(body: str) -> None:
    parts = list(cut(body))
    assert "".join(text for _, text in parts) == body
    assert all(body[start : start + len(text)] == text for start, text in parts)


def test_what_is_quoted_stays_with_its_marks() -> None:
    filler = f"{PARAGRAPH} {PARAGRAPH}"
    body = f"{filler}\nIl a crié : « Vous êtes nuls. {filler}\nVous êtes des incapables. » Puis il est sorti."
    quoted = next(text for _, text in cut(body) if "nuls" in text)
    assert "incapables. »" in quoted


def test_the_same_words_are_found_wherever_the_text_is_cut() -> None:
    urgent = "Rappelez-moi immédiatement, il ne respire plus."
    for before in ("", draft(3), draft(40), draft(40, between=" ")):
        body = f"{before}\n\n{urgent}"
        spans = labels("M. Vial", body, [])["contenu.urgence"]
        assert all(body[s.start : s.end] == s.text for s in spans)
        assert any("respire" in s.text for s in spans)


def test_text_beyond_the_limit_is_not_read() -> None:
    assert sum(len(text) for _, text in cut("a" * (MAX_CHARS + 5))) == MAX_CHARS
