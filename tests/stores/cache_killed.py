"""Writes a folder full of patients into an encrypted copy and stops in the middle: PLACE ROW. Says « au milieu »."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from mss_tui.adapters.cache import rows, vault
from mss_tui.model.message import Row
from tests.stores.cache_samples import ACCOUNT, folder, message
from tests.support.copies import making


async def main(place: Path, stop_at: int) -> None:
    """A first state that is whole, then a second one up to a row."""
    vault._SETTINGS = (*vault._SETTINGS, "PRAGMA cache_size = 4")  # so that pages go to disk before the end
    with making(place) as made:
        copy = made.copy(ACCOUNT)
        before = await copy.keep_folder(folder("M. DUPONDEL Léo"), None)
        await copy.keep_message(message("M. DUPONDEL Léo"))
        text, written = rows.row_text, 0

        def stopping(row: Row) -> str:
            nonlocal written
            written += 1
            if written == stop_at:
                print("au milieu", flush=True)
                sys.stdin.read()
            return text(row)

        rows.row_text = stopping
        await copy.keep_folder(folder("Mme VIALARD Zoé"), before)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2])))
