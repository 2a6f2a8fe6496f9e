"""Records behave as the dataclasses that they stand for."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from dataclasses import FrozenInstanceError, field, replace

import msgspec
import pytest

from mss_tui.record import dataclass


@dataclass(frozen=True, slots=True)
class Point:
    """A frozen one, with every kind of field."""

    x: int
    y: int = 2
    names: list[str] = field(default_factory=list)
    note: str = field(default="", compare=False)
    hidden: str = field(default="h", repr=False)
    made: int = field(default=7, init=False)


@dataclass(frozen=True, slots=True)
class Point3(Point):
    """With a field more."""

    z: int = 3


@dataclass(slots=True)
class Counter:
    """One that changes."""

    count: int = 0
    seen: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.count += 1


@dataclass(eq=False, slots=True)
class Someone:
    """One that is only equal to itself."""

    name: str


@dataclass(frozen=True, slots=True)
class Secret:
    """One that hides itself."""

    value: str

    def __repr__(self) -> str:
        return "Secret(…)"

    def __hash__(self) -> int:
        return 5


@dataclass(frozen=True)
class Whole:
    """Without slots, to be inherited from."""

    part: int


class Grown(Whole):
    """One that holds more."""

    def __init__(self) -> None:
        vars(self).update(part=1)
        self.more = 2


@dataclass(frozen=True, slots=True)
class Empty:
    """No field."""


def test_arguments_defaults_and_factories() -> None:
    first, second = Point(1), Point(x=1, y=5, names=["a"])
    assert (first.x, first.y, first.names, first.made) == (1, 2, [], 7)
    assert (second.y, second.names) == (5, ["a"])
    assert Point(1).names is not first.names
    assert (Point3(1, z=4).z, Point3(1, 2, [], "", "", 9).z) == (4, 9)
    assert Empty() == Empty()


@pytest.mark.parametrize("wrong", [{}, {"x": 1, "unknown": 2}, {"x": 1, "made": 2}])
def test_a_wrong_call_is_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(TypeError):
        Point(**wrong)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        Point(1, 2, [], "", "", 6)  # type: ignore[call-arg]


def test_equality_looks_at_the_class_and_at_the_fields_that_are_compared() -> None:
    assert Point(1, note="a") == Point(1, note="b")
    assert Point(1) != Point(2)
    assert Point3(1) != Point(1)
    assert Someone("a") != Someone("a")
    assert Counter() == Counter()


def test_frozen_ones_are_keys_and_do_not_change() -> None:
    key = Secret("a")
    assert {Empty(), Empty()} == {Empty()}
    assert hash(key) == 5
    with pytest.raises(FrozenInstanceError):
        key.value = "b"  # type: ignore[misc]
    with pytest.raises(FrozenInstanceError):
        del key.value
    with pytest.raises(TypeError):
        hash(Counter())
    assert not hasattr(key, "__dict__")


def test_a_class_that_inherits_adds_to_a_frozen_one_and_changes_nothing_in_it() -> None:
    grown = Grown()
    grown.more += 1
    assert (grown.part, grown.more) == (1, 3)
    with pytest.raises(FrozenInstanceError):
        grown.part = 2  # type: ignore[misc]
    with pytest.raises(FrozenInstanceError):
        Whole(1).other = 2  # type: ignore[attr-defined]


def test_one_that_changes_changes() -> None:
    counter = Counter(4)
    counter.count += 1
    assert counter == Counter(5)
    with pytest.raises(AttributeError):
        counter.other = 1  # type: ignore[attr-defined]


def test_what_it_shows_of_itself() -> None:
    assert repr(Point(1)) == "Point(x=1, y=2, names=[], note='', made=7)"
    assert repr(Secret("a")) == "Secret(…)"


def test_dataclasses_and_msgspec_know_it() -> None:
    assert replace(Point(1), y=9) == Point(1, 9)
    assert dataclasses.asdict(Empty()) == {}
    assert [f.name for f in dataclasses.fields(Point3)][-1] == "z"
    match Point(1):
        case Point(x, y):
            assert (x, y) == (1, 2)
    assert msgspec.json.decode(msgspec.json.encode(Point(3)), type=Point) == Point(3)
    assert msgspec.json.decode(b'{"count": 3}', type=Counter) == Counter(3)


def test_copies_are_equal_and_whole() -> None:
    one = Point3(1, names=["a"], note="n", z=4)
    for again in (copy.copy(one), copy.deepcopy(one), pickle.loads(pickle.dumps(one))):
        assert (again, again.note, again.made) == (one, "n", 7)
