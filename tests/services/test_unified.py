"""Several inboxes as one list: what stands where, what is fetched for it, whose each message is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mss_tui.adapters.clock import SetClock
from mss_tui.errors import ConnectionLost
from mss_tui.model.folder import Opened
from mss_tui.model.message import SEEN, MessageRef, Row
from mss_tui.phrase import say
from mss_tui.ports.mail import Arrived, Removed, SortKey
from mss_tui.rules.catalogue import catalogue
from mss_tui.services.box import Box
from mss_tui.services.folder_view import FolderView
from mss_tui.services.unified import UnifiedView, inboxes, need, newest, order_of, short_names
from tests.support.desk import FakeFacts, account
from tests.support.desk import row as make_row
from tests.support.fake_mail import NOW, FakeMail


def row(name: str, uid: int, hours: float) -> Row:
    made = make_row(uid, f"{name} <{name}@x.mssante.fr>", f"{name} {uid}", hours=hours)
    return replace(made, ref=MessageRef(name, "INBOX", 7, uid))


def part(name: str, rows: Sequence[Row], *, here: int | None = None) -> FolderView:
    """The view of an inbox whose first `here` rows were fetched."""
    known = tuple(rows if here is None else rows[:here])
    return FolderView(Opened(name, "INBOX", 7, 100, len(rows), None, known))


def inbox(name: str, *hours: float) -> list[Row]:
    return [row(name, len(hours) - place, age) for place, age in enumerate(hours)]


def shown(view: UnifiedView) -> list[tuple[str, int]]:
    return [(row.ref.account, row.ref.uid) for row in view.known()]


@given(st.lists(st.lists(st.integers(0, 500), max_size=12), min_size=1, max_size=4), st.data())
def test_a_row_has_its_place_only_when_no_missing_row_could_stand_before_it(
    ages: list[list[int]], data: st.DataObject
) -> None:
    boxes = {f"b{n}": inbox(f"b{n}", *sorted(hours)) for n, hours in enumerate(ages)}
    parts = [part(name, rows, here=data.draw(st.integers(0, len(rows)))) for name, rows in boxes.items()]
    view = UnifiedView(parts)
    whole = sorted((row for rows in boxes.values() for row in rows), key=newest)
    assert [newest(row) for row in view.known()] == [newest(row) for row in whole[: view.placed]]
    assert len({row.ref for row in view.known()}) == view.placed
    assert len(view) == view.placed + bool(view.waits)
    assert view.total == len(whole)
    if not view.waits:
        assert view.placed == len(whole)


def test_new_mail_and_lost_mail_move_only_their_own() -> None:
    one, two = part("un", inbox("un", 1, 5)), part("deux", inbox("deux", 2, 4))
    view = UnifiedView([one, two])
    assert shown(view) == [("un", 2), ("deux", 2), ("deux", 1), ("un", 1)]
    two.apply(Arrived("INBOX", (row("deux", 3, 0.5),), 3))
    view.arrange()
    assert shown(view) == [("deux", 3), ("un", 2), ("deux", 2), ("deux", 1), ("un", 1)]
    one.apply(Removed("INBOX", frozenset({2}), 1))
    view.arrange()
    assert shown(view) == [("deux", 3), ("deux", 2), ("deux", 1), ("un", 1)]


def test_the_same_uid_in_two_mailboxes_is_two_messages() -> None:
    view = UnifiedView([part("un", inbox("un", 1)), part("deux", inbox("deux", 2))])
    first = MessageRef("un", "INBOX", 7, 1)
    assert view.mark({first: frozenset({SEEN})})
    assert [SEEN in row.flags for row in view.known()] == [True, False]
    assert view.position(replace(first, account="deux")) == 1
    assert view.take_out(frozenset({first}))
    assert shown(view) == [("deux", 1)]


def test_marks_of_an_earlier_uidvalidity_or_another_folder_touch_nothing() -> None:
    view = part("un", inbox("un", 1))
    mine = MessageRef("un", "INBOX", 7, 1)
    for other in (replace(mine, uidvalidity=8), replace(mine, folder="Sent"), replace(mine, account="deux")):
        assert not view.mark({other: frozenset({SEEN})})
        assert not view.take_out(frozenset({other}))
    assert view.mark({mine: frozenset({SEEN})})


class Mail(FakeMail):
    def __init__(self, name: str, rows: Sequence[Row]) -> None:
        super().__init__(name, rows)
        self.lost = False

    async def rows(self, folder: str, first: int, last: int) -> tuple[Row, ...]:
        if self.lost:
            raise ConnectionLost(say("La ligne s'est coupée."))
        return await super().rows(folder, first, last)


def make_box(mail: Mail, facts: FakeFacts) -> Box:
    return Box(account(mail.account), mail, facts, catalogue(), SetClock(NOW), by_person=True)


async def test_what_the_list_waits_for_is_fetched_and_nothing_else() -> None:
    facts = FakeFacts()
    busy, quiet = Mail("busy", inbox("busy", *range(1, 401))), Mail("quiet", inbox("quiet", *range(1000, 1400)))
    boxes = {mail.account: make_box(mail, facts) for mail in (busy, quiet)}
    view = UnifiedView([found async for _, found, _ in inboxes([*boxes.values()], 50, read_only=False) if found])
    assert (view.placed, view.waits) == (50, ("busy",))
    assert await need(view, boxes, 60) == (True, [])
    assert view.placed >= 160
    assert [call[1] for call in busy.calls if call[0] == "rows"] == [(50, 150), (150, 250)]
    assert not [call for call in quiet.calls if call[0] == "rows"]


async def test_a_mailbox_that_fails_on_the_way_hides_none_of_the_others() -> None:
    facts = FakeFacts()
    one, two = Mail("un", inbox("un", *range(1, 200))), Mail("deux", inbox("deux", *range(1, 200)))
    boxes = {mail.account: make_box(mail, facts) for mail in (one, two)}
    view = UnifiedView([found async for _, found, _ in inboxes([*boxes.values()], 50, read_only=False) if found])
    one.lost = True
    came, errors = await need(view, boxes, 400)
    assert (came, len(errors), view.waits) == (True, 1, ())
    assert sum(name == "deux" for name, _ in shown(view)) == 199
    one.lost = False
    view.join(await boxes["un"].open("INBOX", 50))
    assert view.waits == ("un",)


async def test_a_mailbox_that_cannot_be_opened_is_an_answer_like_the_others() -> None:
    facts = FakeFacts()
    one, two = Mail("un", inbox("un", 1)), Mail("deux", inbox("deux", 1))
    one.failure = ConnectionLost(say("La ligne s'est coupée."))
    boxes = [make_box(one, facts), make_box(two, facts)]
    answers = {box.account.id: (part, error) async for box, part, error in inboxes(boxes, 50, read_only=False)}
    assert isinstance(answers["un"][1], ConnectionLost)
    assert answers["deux"][0] is not None
    assert facts.of("deux").read is None, "opened, but not on screen yet"
    boxes[1].was_shown()
    assert facts.of("deux").read == NOW


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("key", list(SortKey))
def test_sorted_lists_go_together_in_the_same_order(key: SortKey, descending: bool) -> None:
    names = ["Zoé", "Anne", "Éric", "Ann", "Marc", "anne"]
    rows = [
        replace(make_row(n, f"{name} <{n}@x.mssante.fr>", name, hours=n * 3 % 7), size=n * 5 % 11)
        for n, name in enumerate(names, 1)
    ]
    order = order_of(key, descending=descending)
    plain = order_of(key, descending=False)
    assert [*map(plain, sorted(rows, key=order))] == sorted(map(plain, rows), reverse=descending)


def test_short_names_stay_different() -> None:
    assert short_names(("dr-martin", "ehpad"), 8) == {"dr-martin": "dr-mart…", "ehpad": "ehpad"}
    alike = short_names(("secretariat-nord", "secretariat-sud"), 8)
    assert alike == {"secretariat-nord": "1 secre…", "secretariat-sud": "2 secre…"}
