"""The lock without a screen: when it is due, what opens it, when it gives up."""

from __future__ import annotations

from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from mss_tui.adapters.clock import SetClock
from mss_tui.errors import UsageError
from mss_tui.model.people import Lock
from mss_tui.services.guard import Guard, Outcome
from tests.support.servers import NOW


def guard(minutes: int = 5, password: str = "") -> tuple[Guard, SetClock]:
    clock = SetClock(NOW)
    return Guard(Lock(minutes), clock, (lambda text: text == password) if password else None), clock


@pytest.mark.parametrize("minutes", [1, 5, 120])
def test_it_is_due_after_its_minutes_without_a_key(minutes: int) -> None:
    one, clock = guard(minutes)
    clock.advance(timedelta(minutes=minutes, seconds=-1))
    assert not one.due
    one.touch()
    clock.advance(timedelta(minutes=minutes, seconds=-1))
    assert not one.due
    clock.advance(timedelta(seconds=1))
    assert one.due


async def test_the_code_or_the_password_opens_and_nothing_else() -> None:
    one, _ = guard(password="motdepasse")
    one.locked = True
    assert await one.try_open("4711") is Outcome.WRONG
    assert await one.try_open("motdepasse") is Outcome.OPEN
    await one.choose("4711")
    one.locked = True
    assert await one.try_open("4711") is Outcome.OPEN
    assert not one.locked


async def test_three_wrong_tries_in_a_row_end_it() -> None:
    one, _ = guard()
    await one.choose("4711")
    assert [await one.try_open("1") for _ in range(2)] == [Outcome.WRONG] * 2
    assert await one.try_open("4711") is Outcome.OPEN
    assert [await one.try_open("1") for _ in range(3)] == [Outcome.WRONG, Outcome.WRONG, Outcome.OUT]


@pytest.mark.parametrize("code", ["", "123", "1234", "0000", "9876"])
async def test_a_code_that_anybody_would_try_is_refused(code: str) -> None:
    one, _ = guard()
    with pytest.raises(UsageError, match="trop simple"):
        await one.choose(code)
    assert not one.has_code


async def test_a_code_is_kept_as_argon2id_of_a_salt_of_its_own() -> None:
    one, _ = guard()
    other, _ = guard()
    for each in (one, other):
        await each.choose("4711-bis")
    assert one._code is not None
    assert other._code is not None
    salt, kept = one._code
    stretch = Argon2id(salt=salt, length=len(kept), iterations=3, lanes=4, memory_cost=65_536)
    stretch.verify(b"4711-bis", kept)
    assert kept != other._code[1]


async def test_the_code_is_nowhere_in_the_object() -> None:
    one, _ = guard()
    await one.choose("4711-bis")
    assert "4711-bis" not in repr([getattr(one, name) for name in vars(one)])
