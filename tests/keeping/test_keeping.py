"""What is kept outside before the operator erases it, and what may be cleared."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from mss_tui.errors import UsageError
from mss_tui.model.message import Handling
from mss_tui.services.keeping import clearing, safe_place, save_all
from tests.keeping.conftest import Open, message, shared
from tests.support.servers import NOW, MailServer


async def test_all_that_is_erased_soon_is_saved_byte_for_byte(
    mail_server: MailServer, desk_of: Open, tmp_path: Path
) -> None:
    account = shared(mail_server.new_account())
    for days in (10, 80, 89, 100):
        octets = message(f"il y a {days} jours", days).replace(b"\n", b"\r\n")
        mail_server.fill(account.address, [octets], received=NOW - timedelta(days=days))
    desk = await desk_of(mail_server, account)
    place, folder = desk.place(), tmp_path / "coffre"
    folder.mkdir()
    entries = await place.box.expiring_within(14)
    assert [entry.row.subject for entry in entries] == ["il y a 100 jours", "il y a 89 jours", "il y a 80 jours"]
    saved = await save_all(place.reader, [entry.row for entry in entries], folder, desk.actor)
    assert len(saved) == len(list(folder.iterdir())) == 3
    for one in saved:
        assert one.row.subject.encode() in one.paths[0].read_bytes()
        assert one.paths[0].stat().st_mode & 0o777 == 0o600
    lines = [entry.phase for entry in desk.journal.entries() if entry.act == "save"]
    assert lines == ["intent", "done"] * 3
    assert len((await place.box.open("INBOX")).known()) == 4


async def test_pieces_are_saved_beside_the_message(mail_server: MailServer, desk_of: Open, tmp_path: Path) -> None:
    from email import message_from_bytes, policy

    account = shared(mail_server.new_account())
    letter = message_from_bytes(message("avec pièce"), policy=policy.default)
    letter.add_attachment(b"%PDF-1.4", maintype="application", subtype="pdf", filename="lettre.pdf")  # type: ignore[attr-defined]
    mail_server.fill(account.address, [bytes(letter)])
    desk = await desk_of(mail_server, account)
    rows = (await desk.place().box.open("INBOX")).known()
    (saved,) = await save_all(desk.place().reader, rows, tmp_path, desk.actor)
    assert saved.paths[1].name == "lettre.pdf"
    assert saved.paths[1].read_bytes() == b"%PDF-1.4"


async def test_without_a_safe_place_nothing_is_saved(mail_server: MailServer, desk_of: Open, tmp_path: Path) -> None:
    account = mail_server.new_account()
    bare = await desk_of(mail_server, account)
    with pytest.raises(UsageError, match="dossier sûr"):
        safe_place(bare.profile, None)
    declared = await desk_of(mail_server, account, save_to=tmp_path)
    assert safe_place(declared.profile, None) == tmp_path
    assert safe_place(declared.profile, tmp_path / "x") == tmp_path / "x"


async def test_the_assistant_shows_what_to_clear_and_deletes_nothing(mail_server: MailServer, desk_of: Open) -> None:
    account = shared(mail_server.new_account())
    same = message("double", 1)
    other = message("double", 1).replace(b"Bonjour.", b"Bonsoir.")
    big = message("gros", 2) + b"x" * 5_000
    for age, octets in enumerate([same, same, other, big, message("fait", 3), message("vieux fait", 4)]):
        mail_server.fill(account.address, [octets], received=NOW - timedelta(days=age))
    desk = await desk_of(mail_server, account)
    place = desk.place()
    rows = {row.subject: row for row in (await place.box.open("INBOX")).known()}
    await place.acts.handle([rows["fait"], rows["vieux fait"]], Handling.DONE, desk.actor)
    await place.acts.follow([rows["fait"]], True, desk.actor)
    found = await clearing(place.box, "INBOX", 3)
    assert found.largest[0].subject == "gros"
    assert [row.subject for row in found.oldest_handled] == ["vieux fait"]
    (copies,) = found.duplicates
    assert [row.subject for row in copies] == ["double", "double"]
    assert copies[0].received < copies[1].received
    assert found.octets >= 5_000
    assert len((await place.box.open("INBOX")).known()) == 6
