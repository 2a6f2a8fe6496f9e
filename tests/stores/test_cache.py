"""The encrypted copy as a file: what stands in it, who opens it, what becomes of it when it does not open."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from mss_tui.adapters.cache import rows, vault
from mss_tui.adapters.cache.key import Passphrase, RawKey
from mss_tui.ports.secrets import Secret
from tests.stores.cache_samples import ACCOUNT, PATIENTS, ROWS, clear_forms, folder, message, row
from tests.support.copies import GivenKey, Making, making

OLD, NEW = PATIENTS


@pytest.fixture
def copies(tmp_path: Path) -> Iterator[Making]:
    with making(tmp_path / "copies") as made:
        yield made


async def filled(copies: Making) -> None:
    """A copy with an inbox and a message that was read."""
    copy = copies.copy(ACCOUNT)
    await copy.keep_folder(folder(OLD), None)
    await copy.keep_message(message(OLD))
    await copy.keep_section(row(ROWS, OLD), "2", b"Piece de " + OLD.encode())
    await copy.close()


def path_of(copies: Making) -> Path:
    return copies.place / "garde.db"


async def test_what_was_kept_is_there_again(copies: Making) -> None:
    await filled(copies)
    copy = copies.copy(ACCOUNT)
    kept = await copy.folder("INBOX")
    assert kept is not None
    assert replace(kept, stamp=0) == folder(OLD)
    assert await copy.message(row(ROWS, OLD)) == message(OLD)
    assert await copy.section(row(ROWS, OLD), "2") == (message(OLD), b"Piece de " + OLD.encode())
    assert await copy.section(row(ROWS, OLD), "3") is None
    assert await copy.folder("Archives") is None
    assert await copy.count() == [("INBOX", ROWS, 1, kept.at.isoformat())]


async def test_a_message_is_only_given_under_its_own_row(copies: Making) -> None:
    await filled(copies)
    copy = copies.copy(ACCOUNT)
    mine = row(ROWS, OLD)
    for other in (
        row(ROWS, NEW),
        replace(mine, size=mine.size + 1),
        replace(mine, message_id="<autre@essai.mssante.fr>"),
        replace(mine, ref=replace(mine.ref, uidvalidity=8)),
        replace(mine, ref=replace(mine.ref, folder="Archives")),
        replace(mine, ref=replace(mine.ref, uid=ROWS - 1)),
    ):
        assert await copy.message(other) is None
        assert await copy.section(other, "2") is None


async def test_another_message_under_the_uid_takes_nothing_over(copies: Making) -> None:
    await filled(copies)
    copy = copies.copy(ACCOUNT)
    await copy.keep_message(message(NEW))
    assert await copy.message(row(ROWS, NEW)) == message(NEW)
    assert await copy.section(row(ROWS, NEW), "2") is None


@pytest.mark.parametrize("gone", ["message", "folder"])
async def test_what_is_gone_from_the_folder_is_gone_from_the_copy(copies: Making, gone: str) -> None:
    await filled(copies)
    copy = copies.copy(ACCOUNT)
    before = await copy.folder("INBOX")
    assert before is not None
    if gone == "message":
        await copy.keep_folder(replace(before, rows=before.rows[1:]), before)
    else:
        fresh = [replace(r, ref=replace(r.ref, uidvalidity=8)) for r in before.rows]
        await copy.keep_folder(replace(before, uidvalidity=8, rows=tuple(fresh)), before)
    assert await copy.message(row(ROWS, OLD)) is None
    await copy.keep_section(row(ROWS, OLD), "2", b"late")
    assert (await copy.count() or [])[0][2] == 0


async def test_two_programs_leave_a_state_that_one_of_them_saw(copies: Making) -> None:
    """The second writes all of it: rows that only the first knew would not be under its MODSEQ."""
    one, other = copies.copy(ACCOUNT), copies.copy(ACCOUNT)
    seen = await one.keep_folder(folder(OLD, rows=30), None)
    await other.keep_folder(folder(NEW, rows=60, modseq=10), await other.folder("INBOX"))
    later = replace(folder(OLD, rows=30, modseq=11), newest=29, rows=folder(OLD, rows=30).rows[1:])
    await one.keep_folder(later, seen)
    kept = await copies.copy(ACCOUNT).folder("INBOX")
    assert kept is not None
    assert replace(kept, stamp=0) == later


async def test_only_what_differs_is_written(copies: Making, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = copies.copy(ACCOUNT)
    before = await copy.keep_folder(folder(OLD), None)
    assert before is not None
    written = []
    text = rows.row_text
    monkeypatch.setattr(rows, "row_text", lambda row: written.append(row.ref.uid) or text(row))
    changed = (replace(before.rows[0], flags=frozenset({"\\Seen"})), *before.rows[1:])
    await copy.keep_folder(replace(before, rows=changed), before)
    assert written == [ROWS]


async def test_what_was_read_longest_ago_goes_first(copies: Making, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "MOST_CONTENT", 5_000)
    copy = copies.copy(ACCOUNT)
    await copy.keep_folder(folder(OLD), None)
    for uid in (10, 11, 12):
        await copy.keep_message(message(OLD, uid))
        await copy.keep_section(row(uid, OLD), "2", bytes(2_000))
        monkeypatch.setattr(type(copy), "_now", lambda self, uid=uid: 2_000_000_000 + uid)
    assert [await copy.message(row(uid, OLD)) is not None for uid in (10, 11, 12)] == [False, True, True]


# the file


async def test_nothing_stands_in_clear_in_any_file(copies: Making) -> None:
    copy = copies.copy(ACCOUNT)
    await copy.keep_folder(folder(OLD), None)
    await copy.keep_message(message(OLD))
    for number in range(20):
        await copy.keep_section(row(ROWS, OLD), f"{number + 2}", OLD.encode() * 4_000)
    names = {path.name for path in copies.place.iterdir()}
    assert names >= {"garde.db", "garde.db-wal"}, "the log is looked at while it is there"
    octets = copies.octets()
    assert len(octets) > ROWS * 200
    for word in (*clear_forms(OLD), b"Lettre de liaison", b"INBOX", b"mssante", b"SQLite format", b"CREATE TABLE"):
        assert word not in octets
    await copy.close()
    assert clear_forms(OLD)[0] not in copies.octets()


@pytest.mark.parametrize("stop_at", [1, 250, 499])
async def test_a_kill_in_the_middle_leaves_the_old_state_and_nothing_in_clear(
    tmp_path: Path, copies: Making, stop_at: int
) -> None:
    program = [sys.executable, "-m", "tests.stores.cache_killed", str(copies.place), str(stop_at)]
    passing = tmp_path / "passing"
    passing.mkdir()
    environment = os.environ | {"TMPDIR": str(passing), "SQLITE_TMPDIR": str(passing)}
    with subprocess.Popen(
        program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "au milieu\n"
        found = copies.octets()
        for descriptor in Path(f"/proc/{process.pid}/fd").iterdir():  # files without a name too
            if descriptor.exists() and stat.S_ISREG(descriptor.stat().st_mode):
                found += descriptor.read_bytes()
        assert list(passing.iterdir()) == []
        process.kill()
    found += copies.octets()
    assert len(found) > ROWS * 400
    for name in PATIENTS:
        for word in clear_forms(name):
            assert word not in found
    copy = copies.copy(ACCOUNT)
    kept = await copy.folder("INBOX")
    assert kept is not None
    assert replace(kept, stamp=0) == folder(OLD)
    assert await copy.message(row(ROWS, OLD)) == message(OLD)
    assert copies.told == []


async def test_files_are_private(copies: Making) -> None:
    await filled(copies)
    copy = copies.copy(ACCOUNT)
    await copy.keep_folder(folder(NEW), None)
    assert stat.S_IMODE(copies.place.stat().st_mode) == 0o700
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in copies.place.iterdir()}
    assert set(modes.values()) == {0o600}
    assert len(modes) >= 3


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:9_000])


def _beginning(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:7])


def _flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    for at in range(20, len(data), 4_096):
        data[at] ^= 0xFF
    path.write_bytes(data)


def _last_pages(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[-3 * 4_096 :] = os.urandom(3 * 4_096)
    path.write_bytes(data)


def _foreign(path: Path) -> None:
    path.unlink()
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE t(x)")
    other.close()


def _text(path: Path) -> None:
    path.write_bytes(b"Bonjour\n" * 2_000)


def _older(path: Path) -> None:
    database = vault.open_vault(path, ACCOUNT.address, RawKey(bytes(range(32))))
    database.execute("PRAGMA user_version = 99")
    database.close()


DAMAGES = [_cut, _beginning, _flip, _last_pages, _foreign, _text, _older]


@pytest.mark.parametrize("damage", DAMAGES)
async def test_a_file_that_does_not_open_is_said_once_and_made_anew(copies: Making, damage: object) -> None:
    await filled(copies)
    damage(path_of(copies))  # type: ignore[operator]
    copy = copies.copy(ACCOUNT)
    assert await copy.folder("INBOX") is None
    assert await copy.message(row(ROWS, OLD)) is None
    assert copies.told == [
        "La copie chiffrée de garde@alpha.mssante.fr ne s'ouvrait pas (autre clé, ou fichier abîmé) : elle est refaite."
    ]
    assert await copy.keep_folder(folder(NEW), None) is not None
    await copy.close()
    again = await copies.copy(ACCOUNT).folder("INBOX")
    assert again is not None
    assert again.rows == folder(NEW).rows
    assert len(copies.told) == 1


@pytest.mark.parametrize("damage", DAMAGES)
async def test_without_a_line_a_file_that_does_not_open_is_left_as_it_is(copies: Making, damage: object) -> None:
    await filled(copies)
    damage(path_of(copies))  # type: ignore[operator]
    before = path_of(copies).read_bytes()
    copy = copies.copy(ACCOUNT, mend=False)
    assert await copy.folder("INBOX") is None
    assert await copy.count() is None
    await copy.close()
    assert copies.told == ["La copie chiffrée de garde@alpha.mssante.fr ne s'ouvre pas : autre clé, ou fichier abîmé."]
    assert path_of(copies).read_bytes() == before


async def test_another_key_opens_nothing(copies: Making) -> None:
    await filled(copies)
    assert await copies.copy(ACCOUNT, GivenKey(RawKey(bytes(32))), mend=False).folder("INBOX") is None
    assert "ne s'ouvre pas" in copies.told[0]
    assert await copies.copy(ACCOUNT, GivenKey(RawKey(bytes(32)))).folder("INBOX") is None
    assert "refaite" in copies.told[1]


async def test_another_mailboxs_file_is_not_believed(copies: Making) -> None:
    """The key is the profile's: a file under another name would show one mailbox's patients in the other."""
    await filled(copies)
    other = replace(ACCOUNT, id="autre", address="autre@alpha.mssante.fr")
    path_of(copies).rename(copies.place / "autre.db")
    assert await copies.copy(other).folder("INBOX") is None
    assert "autre@alpha.mssante.fr ne s'ouvrait pas" in copies.told[0]


async def test_a_passphrase_opens_what_it_closed_and_each_file_has_its_own_key(copies: Making) -> None:
    phrase = "cheval pile agrafe correcte"
    keys = GivenKey(Passphrase(Secret(phrase)))
    copy = copies.copy(ACCOUNT, keys)
    await copy.keep_folder(folder(OLD, rows=3), None)
    await copy.close()
    assert phrase.encode() not in copies.octets()
    assert (await copies.copy(ACCOUNT, GivenKey(Passphrase(Secret(phrase)))).folder("INBOX")) is not None
    other = replace(ACCOUNT, id="autre")
    await copies.copy(other, keys).keep_folder(folder(OLD, rows=3), None)
    assert (copies.place / "autre.db").read_bytes()[:16] != path_of(copies).read_bytes()[:16]
    assert await copies.copy(ACCOUNT, GivenKey(Passphrase(Secret(phrase + "s"))), mend=False).folder("INBOX") is None
    assert copies.told != []


async def test_a_link_is_not_followed(copies: Making, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_bytes(b"")
    copies.place.mkdir(mode=0o700)
    path_of(copies).symlink_to(elsewhere)
    assert await copies.copy(ACCOUNT).keep_folder(folder(OLD), None) is None
    assert elsewhere.read_bytes() == b""
    assert "ne peut pas être utilisé" in copies.told[0]


async def test_a_copy_held_by_another_program_is_done_without(copies: Making, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vault, "BUSY_SECONDS", 0.01)
    await filled(copies)
    holder = vault.open_vault(path_of(copies), ACCOUNT.address, RawKey(bytes(range(32))))
    holder.execute("BEGIN IMMEDIATE")
    copy = copies.copy(ACCOUNT)
    assert await copy.folder("INBOX") is not None
    assert await copy.keep_folder(folder(NEW), None) is None
    holder.execute("COMMIT")
    assert await copy.keep_folder(folder(NEW), None) is not None
    assert copies.told == []
    holder.close()


async def test_without_the_extra_one_sentence_says_how_to_install_it(
    copies: Making, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "sqlcipher3", None)
    copy = copies.copy(ACCOUNT)
    assert await copy.folder("INBOX") is None
    assert await copy.keep_folder(folder(OLD), None) is None
    assert copies.told == [
        "La copie chiffrée demande le complément « cache », qui n'est pas installé. "
        "Installez-le : pip install 'mss-tui[cache]'."
    ]


async def test_what_is_wiped_is_gone_and_stays_so(copies: Making) -> None:
    await filled(copies)
    copy = copies.copy(ACCOUNT)
    assert await copy.folder("INBOX") is not None
    await copy.wipe()
    assert await copy.keep_folder(folder(OLD), None) is None
    assert [path.name for path in copies.place.iterdir() if path.stat().st_size] == []


async def test_the_loop_goes_on_while_sqlite_works(copies: Making) -> None:
    """Argon2id takes its time: what is drawn meanwhile does not wait for it."""
    copy = copies.copy(ACCOUNT, GivenKey(Passphrase(Secret("cheval pile agrafe correcte"))))
    reading = asyncio.ensure_future(copy.folder("INBOX"))
    turns = 0
    while not reading.done():
        turns += 1
        await asyncio.sleep(0)
    assert turns > 5


def test_the_thread_alone_imports_sqlcipher() -> None:
    program = (
        "import sys; import mss_tui.wiring, mss_tui.wiring_cache, mss_tui.adapters.cache.store;"
        "sys.exit('sqlcipher3' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
