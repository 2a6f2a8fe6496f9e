"""Moments as people write them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mss_tui.errors import UsageError
from mss_tui.model.paris import PARIS
from mss_tui.model.when import parse_when

NOW = datetime(2026, 11, 20, 8, 15, tzinfo=UTC)
"""Friday, 9:15 in Paris."""


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("demain 8 h", "2026-11-21 08:00"),
        ("Demain à 8h", "2026-11-21 08:00"),
        ("demain matin 8 heures", "2026-11-21 08:00"),
        ("après-demain 14h30", "2026-11-22 14:30"),
        ("8 h", "2026-11-21 08:00"),
        ("20:15", "2026-11-20 20:15"),
        ("ce soir 19 h", "2026-11-20 19:00"),
        ("aujourd'hui midi", "2026-11-20 12:00"),
        ("lundi 9 h", "2026-11-23 09:00"),
        ("vendredi 10 h", "2026-11-20 10:00"),
        ("vendredi 9 h", "2026-11-27 09:00"),
        ("lundi prochain à 9h05", "2026-11-23 09:05"),
        ("21/11 à 8:00", "2026-11-21 08:00"),
        ("le 21/11/2026 8h", "2026-11-21 08:00"),
        ("samedi 21/11 8h", "2026-11-21 08:00"),
        ("le 21 novembre à 8 h", "2026-11-21 08:00"),
        ("1er février 2027 8 h", "2027-02-01 08:00"),
        ("3/1 8h", "2027-01-03 08:00"),
        ("dans 2 heures", "2026-11-20 11:15"),
        ("dans 30 min", "2026-11-20 09:45"),
        ("dans une semaine", "2026-11-27 09:15"),
        ("2026-11-21T08:00", "2026-11-21 08:00"),
        ("2026-11-21T08:00+00:00", "2026-11-21 09:00"),
        ("29/03/2027 2h30", "2027-03-29 02:30"),
    ],
)
def test_a_moment_as_it_is_written(written: str, meant: str) -> None:
    assert parse_when(written, NOW).astimezone(PARIS).strftime("%Y-%m-%d %H:%M") == meant


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("demain", "quelle heure"),
        ("demain 25 h", "quelle heure"),
        ("demain 8h75", "quelle heure"),
        ("bientôt 8 h", "comprends pas"),
        ("31/02 8 h", "comprends pas"),
        ("", "quelle heure"),
        ("ce matin 8 h", "est passé"),
        ("20/11/2026 9:15", "est passé"),
        ("2020-01-01T08:00", "est passé"),
        ("21/11/2028 8 h", "plus d'un an"),
        ("dans 9999 semaines", "plus d'un an"),
        ("28/03/2027 2h30", "heure d'été"),
        ("demain 18h 8 h", "comprends pas"),
    ],
)
def test_what_is_not_a_moment_is_said_with_examples(written: str, said: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_when(written, NOW)
    assert said in str(caught.value)
    assert "demain 8 h" in str(caught.value)


@given(st.text(max_size=200) | st.from_regex(r"(dans |le )?[0-9/: hmin-]{0,20}", fullmatch=True))
def test_whatever_is_typed_gives_a_moment_to_come_or_a_sentence(written: str) -> None:
    try:
        moment = parse_when(written, NOW)
    except UsageError:
        return
    assert moment > NOW
