"""Drafts in the encrypted copy: nothing in clear, nothing lost to a kill, a wrong key, a wipe or a full table."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from mss_tui.adapters.cache import drafts, vault
from mss_tui.adapters.cache.drafts import CopyDrafts
from mss_tui.adapters.cache.key import KeySource, RawKey
from mss_tui.model.draft import Draft, HeldFile, LocalFile, Origin, RemotePart
from mss_tui.model.message import MessageRef
from mss_tui.model.people import Caching
from mss_tui.ports.store import Sealed
from mss_tui.wiring_cache import Copies, clear, left
from tests.stores.cache_samples import ACCOUNT, PATIENTS, clear_forms, folder
from tests.support.copies import KEY, GivenKey, Making, making
from tests.support.servers import FixedClock

PATIENT = PATIENTS[0]
ELSEWHERE = MessageRef(ACCOUNT.id, "INBOX", 7, 12)
WRITTEN = Draft(
    "k1",
    ACCOUNT.id,
    to=("Anne <a@pont.mssante.fr>", "pas une adresse"),
    bcc=("b@pont.mssante.fr",),
    subject=f"Suite, {PATIENT}",
    body=f"Bonjour,\n{PATIENT} va mieux.",
    quoted="> avant",
    attachments=(
        LocalFile(Path("/tmp/é\udce9.pdf"), "é.pdf", "application/pdf", 12),  # a name that is no UTF-8
        HeldFile(Path("vu.txt"), "vu.txt", "text/plain", 3, b"\x00\xffA"),
        RemotePart(ELSEWHERE, "2", "cr.pdf", "application/pdf", 5, True),
    ),
    origin=Origin.REPLY,
    answers=ELSEWHERE,
    references=("<a@x>", "<b@x>"),
    headers=(("X-MSS-A", "b"),),
    thread=("a@pont.mssante.fr",),
    saved_as=MessageRef(ACCOUNT.id, "Drafts", 3, 4),
    validated="abc",
)


@pytest.fixture
def copies(tmp_path: Path) -> Iterator[Making]:
    with making(tmp_path / "copies") as made:
        yield made


async def test_a_draft_is_again_what_it_was_but_its_validation(copies: Making) -> None:
    copy = copies.copy(ACCOUNT)
    assert not CopyDrafts(copy).held()
    assert await CopyDrafts(copy).seal(Sealed(WRITTEN, ("<t@x>",)))
    await copy.close()
    again = CopyDrafts(copies.copy(ACCOUNT))
    assert again.held()
    (found,) = await again.all()
    assert found == Sealed(WRITTEN, ("<t@x>",))
    assert (found.draft.saved_as, found.draft.thread, found.draft.validated) == (WRITTEN.saved_as, WRITTEN.thread, "")
    await again.drop("k1")
    assert await again.all() == ()
    assert not again.held()


async def test_nothing_of_a_draft_stands_in_clear_in_any_file(copies: Making) -> None:
    copy = copies.copy(ACCOUNT)
    await CopyDrafts(copy).seal(Sealed(WRITTEN))
    octets = copies.octets()
    assert len(octets) > 4_000
    names = "".join(path.name for path in copies.place.iterdir()).encode()
    for word in (*clear_forms(PATIENT), b"pont.mssante", b"va mieux", b"cr.pdf"):
        assert word not in octets + names
    await copy.close()


async def test_a_kill_right_after_loses_nothing(copies: Making) -> None:
    program = [sys.executable, "-m", "tests.stores.sealed_killed", str(copies.place)]
    with subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "gardé\n"
        process.kill()
    for word in clear_forms(PATIENT):
        assert word not in copies.octets()
    assert await CopyDrafts(copies.copy(ACCOUNT)).all() == (Sealed(WRITTEN),)
    assert copies.told == []


async def test_a_file_of_before_is_made_ready_and_keeps_its_mail(copies: Making) -> None:
    copy = copies.copy(ACCOUNT)
    await copy.keep_folder(folder(PATIENT), None)
    await copy.close()
    database = vault.open_vault(copy.path, ACCOUNT.address, RawKey(KEY))
    database.execute("DROP TABLE draft")
    database.close()
    copy = copies.copy(ACCOUNT)
    assert await CopyDrafts(copy).seal(Sealed(WRITTEN))
    assert await copy.folder("INBOX") is not None
    assert copies.told == []


async def test_what_does_not_open_is_never_made_anew_over_a_draft(copies: Making) -> None:
    copy = copies.copy(ACCOUNT)
    await CopyDrafts(copy).seal(Sealed(WRITTEN))
    await copy.close()
    other = copies.copy(ACCOUNT, GivenKey(RawKey(bytes(32))))
    assert await other.folder("INBOX") is None
    assert not await CopyDrafts(other).seal(Sealed(WRITTEN))
    await other.close()
    assert "elle reste en place" in copies.told[0]
    assert await CopyDrafts(copies.copy(ACCOUNT)).all() == (Sealed(WRITTEN),)


async def test_one_too_many_is_refused_and_pushes_none_out(copies: Making, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drafts, "MOST", 2)
    held = CopyDrafts(copies.copy(ACCOUNT))
    assert [await held.seal(Sealed(replace(WRITTEN, key=key))) for key in ("a", "b", "c", "a")] == [
        True, True, False, True,
    ]  # fmt: skip
    monkeypatch.setattr(drafts, "MOST_OCTETS", 5_000)
    assert not await held.seal(Sealed(replace(WRITTEN, key="b", body="x" * 5_000)))
    assert [found.draft for found in await held.all()] == [replace(WRITTEN, key=key) for key in "ab"]


async def test_a_wipe_takes_the_mail_and_leaves_the_draft(copies: Making) -> None:
    told: list[str] = []
    made = Copies(copies.place, GivenKey(), FixedClock(), lambda said: told.append(said.render()))
    copy = made.shared(ACCOUNT)
    await copy.keep_folder(folder(PATIENT), None)
    await made.drafts(ACCOUNT).seal(Sealed(WRITTEN))
    (held,) = await made.held([ACCOUNT])
    assert (held.drafts, len(held.folders or ())) == (1, 1)
    await made.wipe()
    await made.close()
    assert told == ["garde@alpha.mssante.fr : copie effacée, sauf les brouillons qui ne sont pas sur le serveur."]
    copy = copies.copy(ACCOUNT)
    assert await copy.folder("INBOX") is None
    assert await CopyDrafts(copy).all() == (Sealed(WRITTEN),)
    await copy.close()
    assert left(copies.place, [ACCOUNT])[0].drafts is None
    clear(copies.place, [ACCOUNT])
    assert left(copies.place, [ACCOUNT])[0].drafts == 0


async def test_without_a_key_nothing_is_sealed(copies: Making) -> None:
    keys = KeySource("essai", Caching(encrypted=True))
    assert not await CopyDrafts(copies.copy(ACCOUNT, keys)).seal(Sealed(WRITTEN))
    assert not copies.place.exists() or list(copies.place.iterdir()) == []
