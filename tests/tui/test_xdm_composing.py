"""An archive in a message being written: read when attached, its rules answered by one key each."""

from __future__ import annotations

from pathlib import Path

from mss_tui.services.attached import Attached
from mss_tui.tui.widgets.field import Field
from tests.support.desk import FakeDesk, make_desk, read_file
from tests.support.jobs import JobsHere
from tests.support.screen import running, screen_text, until, write
from tests.support.xdm import PDF, n1, xdm

LEFEBVRE = "anne.lefebvre@chu-lyon.mssante.fr"


def reading_desk() -> FakeDesk:
    fake = make_desk()
    attached = Attached(read_file, JobsHere())
    fake.desk.places[0].checker._attached = attached
    fake.desk.places[0].sender._complete = attached.completed
    return fake


async def test_one_key_writes_the_subject_and_another_renames_the_copy(tmp_path: Path) -> None:
    archive, copy = tmp_path / "IHE_XDM.ZIP", tmp_path / "lettre.pdf"
    archive.write_bytes(xdm(n1()))
    copy.write_bytes(PDF)
    fake = reading_desk()
    async with running(fake, (120, 40)) as pilot:
        await pilot.press("n")
        await until(pilot, "Objet")
        await write(pilot, LEFEBVRE)
        for path in (archive, copy):
            await pilot.press("ctrl+o")
            if path is copy:
                await until(pilot, "joindre un autre fichier")
                await pilot.press("enter")
            await until(pilot, "Joindre quel fichier")
            pilot.app.screen.query_one(Field).value = str(path)
            await pilot.press("enter")
            await until(pilot, path.name)
        await until(pilot, "Renommez-le")
        for _ in range(12):
            await pilot.press("ctrl+g")
            await pilot.pause()
            if "s écrire l'objet" in screen_text(pilot.app):
                break
        await pilot.press("s")
        subject = pilot.app.screen.query_one("#subject", Field)
        await until(pilot, lambda: subject.value.endswith("VIAL PAULE 28/03/1979"))
        for _ in range(12):
            await pilot.press("ctrl+g")
            await pilot.pause()
            if "m renommer" in screen_text(pilot.app):
                break
        await pilot.press("m")
        await until(pilot, "20261120_Lettre de liaison")
