"""Draw the README's picture from the real screen: `python docs/make_picture.py` (needs the extra `demo`)."""

from __future__ import annotations

import asyncio
import tempfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from mss_tui.adapters.clock import SystemClock
from mss_tui.adapters.directory.build import build as build_index
from mss_tui.adapters.places import places
from mss_tui.adapters.secrets import SecretChain
from mss_tui.config.load import Sources, Wanted, load
from mss_tui.demo.operator import Operator
from mss_tui.tui.application import MssApp
from mss_tui.wiring import Means, build

PICTURES = Path(__file__).parent / "images"
SIZE = (120, 34)


async def main() -> None:
    """Start an operator, write a message with something to say about it, and draw the composer."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "operateur"
        home.mkdir(mode=0o700)
        clock = SystemClock()
        operator = await Operator.start(home, datetime.now(UTC))
        await asyncio.to_thread(build_index, operator.extraction, home / "annuaire.sqlite", clock)
        loaded = load(Sources(operator.config, Path(folder), named=True), Wanted())
        means = Means(replace(places(), state=home / "etat"), SecretChain(), clock, print, by_person=True)
        desk = build(loaded.profile, means)
        place = desk.places[0]
        opening = asyncio.create_task(place.box.open(rows=50))
        app = MssApp(
            desk, place=place, opening=opening, read_only=False, theme="ansi", low_bandwidth=False, ascii_marks=False
        )
        async with app.run_test(size=SIZE) as pilot:
            await app.workers.wait_for_complete([w for w in app.workers if not w.group.startswith("listen")])
            await pilot.pause()
            _draw(app, "reception")
            await pilot.press("n", *"anne.lefebvre@ch-valmarin.demo.mssante.fr", "tab", *"jean@gmail.com", "tab", "tab")
            await pilot.press(
                *"Lettre de liaison VIAL Paul", "tab", *"Ci-joint le compte rendu. Merci d'appeler avant midi."
            )
            for _ in range(20):
                await pilot.pause(0.1)
            _draw(app, "ecrire")
        await desk.close()
        await operator.stop()


def _draw(app: MssApp, name: str) -> None:
    PICTURES.mkdir(exist_ok=True)
    (PICTURES / f"{name}.svg").write_text(app.export_screenshot(title="mss-tui"), "utf-8")


if __name__ == "__main__":
    asyncio.run(main())
