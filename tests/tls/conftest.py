"""One laboratory for the area: keys are slow to make."""

from __future__ import annotations

import pytest

from tests.tls.laboratory import Laboratory


@pytest.fixture(scope="session")
def laboratory(tmp_path_factory: pytest.TempPathFactory) -> Laboratory:
    """The authorities and what they issued."""
    return Laboratory(tmp_path_factory.mktemp("laboratory"))
