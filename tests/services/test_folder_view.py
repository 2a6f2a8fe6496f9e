"""A folder's rows stay at their places while mail comes and goes, whatever is known of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from mss_tui.model.address import Correspondent
from mss_tui.model.folder import Opened
from mss_tui.model.message import SEEN, MessageRef, Row
from mss_tui.ports.mail import Arrived, Changed, Removed
from mss_tui.services.folder_view import FolderView
from mss_tui.text import clean

START = datetime(2026, 11, 20, 2, 41, tzinfo=UTC)


def row(uid: int) -> Row:
    someone = Correspondent(clean("Labo BIOSUD"), clean("resultats@biosud.mssante.fr"))
    ref = MessageRef("ehpad", "INBOX", 7, uid)
    return Row(ref, someone, (), clean(f"message {uid}"), None, START + timedelta(minutes=uid), 1000, frozenset())


def view(total: int, fetched: int) -> FolderView:
    """UIDs are 1 to `total`, the newest `fetched` of them known."""
    rows = tuple(row(uid) for uid in range(total, total - fetched, -1))
    return FolderView(Opened("ehpad", "INBOX", 7, total + 1, total, 0, rows))


def uids(of: FolderView) -> list[int | None]:
    found = [of.row(i) for i in range(len(of))]
    return [r.ref.uid if r else None for r in found]


def test_rows_not_fetched_are_asked_for_once_as_one_span() -> None:
    folder = view(10, 4)
    assert folder.missing(0, 4) is None
    assert folder.missing(2, 7) == (4, 7)
    folder.put(4, [row(6), row(5), row(4)])
    assert folder.missing(2, 7) is None
    assert uids(folder) == [10, 9, 8, 7, 6, 5, 4, None, None, None]


def test_a_new_message_pushes_the_others_down_and_is_not_doubled() -> None:
    folder = view(3, 3)
    assert folder.apply(Arrived("INBOX", (row(4),), 4))
    assert not folder.apply(Arrived("INBOX", (row(4),), 4))
    assert uids(folder) == [4, 3, 2, 1]


def test_another_folder_changes_nothing_here() -> None:
    folder = view(3, 3)
    assert not folder.apply(Removed("Corbeille", frozenset({3}), 2))
    assert uids(folder) == [3, 2, 1]


def test_flags_of_a_colleague_show() -> None:
    folder = view(2, 2)
    assert folder.apply(Changed("INBOX", ((2, frozenset({SEEN})),)))
    first = folder.row(0)
    assert first is not None
    assert first.seen


def test_a_message_removed_from_an_unknown_place_makes_what_follows_a_gap_be_fetched_again() -> None:
    folder = view(8, 3)
    folder.put(6, [row(2), row(1)])
    folder.apply(Removed("INBOX", frozenset({4}), 7))
    assert uids(folder) == [8, 7, 6, None, None, None, None]


@given(st.integers(1, 30), st.integers(0, 30), st.sets(st.integers(1, 30)), st.integers(0, 5))
def test_a_known_row_is_never_at_a_wrong_place(total: int, fetched: int, gone: set[int], new: int) -> None:
    folder = view(total, min(fetched, total))
    left = [uid for uid in range(total, 0, -1) if uid not in gone]
    removed = frozenset(uid for uid in gone if uid <= total)
    folder.apply(Removed("INBOX", removed, len(left)))
    arrived = [total + 1 + i for i in reversed(range(new))]
    folder.apply(Arrived("INBOX", tuple(map(row, arrived)), len(left) + new))
    truth = arrived + left
    assert len(folder) == len(truth)
    assert all(shown in (None, uid) for shown, uid in zip(uids(folder), truth, strict=True))
