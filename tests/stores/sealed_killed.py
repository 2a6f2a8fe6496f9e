"""Seals a draft and stays: PLACE. Says « gardé » once it is told to be kept."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from mss_tui.adapters.cache.drafts import CopyDrafts
from mss_tui.ports.store import Sealed
from tests.stores.cache_samples import ACCOUNT
from tests.stores.test_sealed_drafts import WRITTEN
from tests.support.copies import making


async def main(place: Path) -> None:
    """Until somebody ends it."""
    with making(place) as made:
        if await CopyDrafts(made.copy(ACCOUNT)).seal(Sealed(WRITTEN)):
            print("gardé", flush=True)
            sys.stdin.read()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
