"""Folding, figures and look-alikes: the small pieces that the rules stand on."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mss_tui.rules.lookalike import Look, imitates, look, one_edit
from mss_tui.rules.words import _flat_any, age, flat, octets, some


@given(st.text(max_size=200))
def test_folding_keeps_every_character_in_its_place(text: str) -> None:
    assert len(flat(text)) == len(text)


@given(st.text(alphabet=st.characters(codec="cp1252"), max_size=200))
def test_both_ways_of_folding_agree(text: str) -> None:
    assert flat(text) == _flat_any(text)


@pytest.mark.parametrize(
    ("text", "folded"),
    [("ÉTÉ à l’hôpital", "ete a l'hopital"), ("Œdème", "œdeme"), ("12\u202f000", "12 000"), ("Ş", "s")],
)
def test_folding_takes_accents_and_capitals_off(text: str, folded: str) -> None:
    assert flat(text) == folded


@pytest.mark.parametrize(
    ("size", "shown"),
    [
        (0, "0 octets"),
        (999, "999 octets"),
        (1000, "1 ko"),
        (1_250_000, "1,2 Mo"),
        (20_000_001, "20 Mo"),
        (3 * 10**9, "3 Go"),
    ],
)
def test_sizes_are_in_decimal_units(size: int, shown: str) -> None:
    assert str(octets(size)) == shown


def test_ages_and_lists_are_short() -> None:
    assert (str(age(timedelta(hours=71, minutes=59))), str(age(timedelta(days=5)))) == ("71 h", "5 jours")
    assert str(some("abcde")) == "a, b, c et 2 autre(s)"


@pytest.mark.parametrize(
    ("domain", "seen"),
    [
        ("mssante.fr.evil.com", Look.LOOKALIKE),
        ("mss-ante.fr", Look.LOOKALIKE),
        ("mssamte.fr", Look.LOOKALIKE),
        ("mssanet.fr", Look.LOOKALIKE),
        ("mssante.com", Look.LOOKALIKE),
        ("patientmssante.fr", Look.LOOKALIKE),
        ("m5sante.fr", Look.LOOKALIKE),
        ("mssаnte.fr", Look.HOMOGLYPH),
        ("xn--mssnte-4nf.fr", Look.HOMOGLYPH),
        ("mssanté.fr", Look.HOMOGLYPH),
        ("santé.exemple", Look.IDN),
        ("sante.gouv.fr", Look.PLAIN),
        ("sante-ra.fr", Look.PLAIN),
        ("gmail.com", Look.PLAIN),
        ("xn--\x00.fr", Look.PLAIN),
    ],
)
def test_domains_that_look_like_the_trust_space(domain: str, seen: Look) -> None:
    assert look(domain) is seen


@given(st.text(max_size=60))
def test_any_domain_is_looked_at(domain: str) -> None:
    assert look(domain) in Look


@pytest.mark.parametrize(
    ("a", "b", "near"), [("abc", "abd", True), ("abc", "acb", True), ("abc", "ab", True), ("abc", "cba", False)]
)
def test_one_edit(a: str, b: str, near: bool) -> None:
    assert one_edit(a, b) is near
    assert one_edit(b, a) is near


def test_names_that_mix_alphabets_imitate() -> None:
    assert imitates("Dr Mаrtin")
    assert not imitates("Dr Martin-Élise Œuvrard")
    assert not imitates("Иван Петров")
