"""What the stores say to the user."""

from __future__ import annotations

import pytest

from mss_tui.phrase import Phrase


class Said(list[str]):
    """The sentences that were said."""

    def __call__(self, phrase: Phrase) -> None:
        self.append(phrase.render())


@pytest.fixture
def said() -> Said:
    return Said()
