"""A typed password in the kernel's keyring: for this user and some minutes, in no file, argument or environment."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from mss_tui.adapters import secrets_kernel
from mss_tui.adapters.secrets import SecretChain
from mss_tui.adapters.secrets_kernel import KernelKeys
from mss_tui.errors import AuthRefused, ConfigError
from mss_tui.model.people import Account
from mss_tui.ports.secrets import Secret
from tests.secrets.test_chain import ACCOUNT

NAME = "mss-tui:essai@b.mssante.fr"


@pytest.fixture
def keys() -> Iterator[KernelKeys]:
    """The real keyring, where the kernel allows it (many containers forbid add_key)."""
    made = KernelKeys()
    try:
        made.keep(NAME, Secret("essai"), 1)
    except ConfigError as error:
        pytest.skip(f"the kernel's keyring cannot be used here: {error.detail}")
    yield made
    for name in (NAME, f"mss-tui:{ACCOUNT.address}"):
        made.drop(name)


def test_what_is_kept_is_read_replaced_and_dropped(keys: KernelKeys) -> None:
    for text in ("s3cret", 'é "\\ ', "x" * 4096):
        keys.keep(NAME, Secret(text), 1)
        found = keys.read(NAME)
        assert found is not None
        assert found.reveal() == text
    keys.drop(NAME)
    assert keys.read(NAME) is None
    keys.drop(NAME)


READER = """
import sys
from mss_tui.adapters.secrets_kernel import KernelKeys
found = KernelKeys().read(sys.argv[1])
print(found.reveal() if found else "rien")
"""


def test_another_program_of_this_user_has_it_and_none_shows_it(keys: KernelKeys) -> None:
    keys.keep(NAME, Secret("tr3s-s3cret"), 1)
    done = subprocess.run([sys.executable, "-c", READER, NAME], capture_output=True, text=True, check=True)
    assert done.stdout == "tr3s-s3cret\n"
    process = Path(f"/proc/{os.getpid()}")
    assert b"tr3s-s3cret" not in (process / "cmdline").read_bytes() + (process / "environ").read_bytes()


def test_it_goes_when_its_minutes_are_over_and_is_nobody_elses(keys: KernelKeys) -> None:
    keys.drop(NAME)
    keys.keep(NAME, Secret("s3cret"), 7)
    with Path("/proc/keys").open() as listed:
        mine = [line.split() for line in listed if NAME in line and line.split()[3] in ("6m", "7m")]
    assert mine
    assert {words[4] for words in mine} == {"3f0b0000"}  # nothing for its group, nothing for others


class Asked:
    """Somebody at the terminal."""

    def __init__(self, *answers: str) -> None:
        self.answers = list(answers)

    async def __call__(self, account: Account) -> Secret:
        return Secret(self.answers.pop(0))


def chain(*answers: str) -> SecretChain:
    return SecretChain(ask=Asked(*answers) if answers else None)


MINE = replace(ACCOUNT, auth=replace(ACCOUNT.auth, kernel_minutes=1))


async def test_what_was_typed_is_not_asked_for_by_the_next_program(keys: KernelKeys) -> None:
    assert (await chain("s3cret").of(MINE)).reveal() == "s3cret"
    assert (await chain().of(MINE)).reveal() == "s3cret"
    with pytest.raises(AuthRefused):
        await chain().of(ACCOUNT)  # whose profile does not say so


async def test_a_refused_one_is_dropped_and_asked_for_again(keys: KernelKeys) -> None:
    await chain("faux").of(MINE)
    later = chain("vrai")
    assert (await later.of(MINE)).reveal() == "faux"
    later.forget(MINE)
    assert (await later.of(MINE)).reveal() == "vrai"
    assert (await chain().of(MINE)).reveal() == "vrai"


async def test_logging_out_drops_it_and_leaving_does_not(keys: KernelKeys) -> None:
    first = chain("s3cret")
    await first.of(MINE)
    first.close()
    second = chain()
    await second.of(MINE)
    second.log_out([MINE, ACCOUNT])
    with pytest.raises(AuthRefused):
        await chain().of(MINE)


async def test_where_there_is_none_one_sentence_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(secrets_kernel, "_CALLS", {"vax": (1, 2)})
    with pytest.raises(ConfigError, match="trousseau du noyau n'est pas utilisable ici"):
        await chain("s3cret").of(MINE)
    chain("s3cret").forget(MINE)
