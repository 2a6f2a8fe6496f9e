"""The selected folder against a model of it: places and UIDs stay right whatever comes, goes and is seen."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from mss_tui.adapters.imap.limits import Limits
from mss_tui.adapters.imap.mailbox import Mailbox

ACTS = st.lists(
    st.one_of(
        st.tuples(st.just("come"), st.integers(1, 5)),
        st.tuples(st.just("see"), st.integers(0, 99)),
        st.tuples(st.just("expunge"), st.integers(0, 99)),
        st.tuples(st.just("vanish"), st.sets(st.integers(0, 99), max_size=6)),
    ),
    max_size=40,
)


def spans(uids: set[int]) -> list[range]:
    return [range(uid, uid + 1) for uid in sorted(uids)]


@settings(max_examples=300)
@given(st.integers(0, 30), ACTS)
def test_a_known_place_always_holds_its_message(first: int, acts: list[tuple[str, object]]) -> None:
    box = Mailbox("INBOX", Limits())
    there = [3 * n + 1 for n in range(first)]
    following = 3 * first + 1
    seen: set[int] = set()
    gone: set[int] = set()
    box.now_exist(first)
    for act, value in acts:
        if act == "come":
            assert isinstance(value, int)
            there += range(following, following + value)
            following += value + 2
            box.now_exist(len(there))
        elif act == "vanish":
            assert isinstance(value, set)
            uids = {there[place] for place in value if place < len(there)}
            there = [uid for uid in there if uid not in uids]
            gone |= uids
            box.vanished(spans(uids))
        elif isinstance(value, int) and there:
            place = value % len(there)
            if act == "see":
                seen.add(there[place])
                assert box.met(place + 1, there[place])
                box.flagged(there[place], frozenset(), asked=True)
            else:
                uid = there.pop(place)
                gone |= {uid} & seen
                box.expunged(place + 1)
        assert box.total == len(there)
        assert not box.contradicted
        for place, uid in enumerate(there, 1):
            assert box.uid_at(place) in (0, uid)
    assert box.known_flags().keys() == seen - gone
    assert gone & seen <= box.take_news().removed <= gone


def test_what_the_server_cannot_mean_changes_nothing() -> None:
    box = Mailbox("INBOX", Limits())
    box.expunged(1)
    box.vanished([range(1, 9)])
    assert not box.met(1, 5)
    box.now_exist(2)
    for number in (0, 3, 1 << 40):
        box.expunged(number)
        assert not box.met(number, 7)
    assert (box.total, bool(box.take_news())) == (2, False)


def test_a_place_that_holds_another_message_is_noticed() -> None:
    box = Mailbox("INBOX", Limits())
    box.now_exist(2)
    assert box.met(1, 5)
    assert box.met(1, 6)
    assert box.contradicted


def test_flags_are_news_only_when_nobody_asked() -> None:
    box = Mailbox("INBOX", Limits())
    box.now_exist(1)
    seen = frozenset({"\\Seen"})
    box.flagged(1, frozenset(), asked=True)
    box.flagged(1, seen, asked=True)
    assert not box.take_news()
    box.flagged(1, frozenset(), asked=False)
    assert box.take_news().flags == {1: frozenset()}
