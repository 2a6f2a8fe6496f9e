"""Whole mails, awkward by seed and real: each lists and opens, harmless, within its deadline (security.md P22)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from mss_tui.adapters.worker import ProcessWorker
from tests.mime.opening import opened
from tests.mime.test_header import clean_line
from tests.support.awkward import mail, mails

CORPUS = Path(__file__).parents[3] / "shared" / "data" / "mail"


@pytest.fixture
async def worker() -> AsyncIterator[ProcessWorker]:
    worker = ProcessWorker()
    yield worker
    await worker.close()


async def _check(worker: ProcessWorker, name: object, data: bytes) -> None:
    found = await opened(worker, data)
    assert not found.failed, name
    assert all(map(clean_line, found.strings)), name


async def test_three_hundred_awkward_mails_open(worker: ProcessWorker) -> None:
    for seed, data in mails(300):
        await _check(worker, seed, data)


@pytest.mark.slow
@pytest.mark.timeout(900)
async def test_three_thousand_more_awkward_mails_open(worker: ProcessWorker) -> None:
    for seed, data in mails(3_000, first=300):
        await _check(worker, seed, data)


def test_the_same_number_is_the_same_mail() -> None:
    assert mail(7) == mail(7)
    assert len({mail(seed) for seed in range(100)}) == 100


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus of real mails is not beside this checkout")
async def test_every_mail_of_the_corpus_opens(worker: ProcessWorker) -> None:
    files = sorted(path for path in CORPUS.rglob("*") if path.is_file() and path.name != "README.md")
    assert len(files) == 736
    for path in files:
        await _check(worker, path.name, path.read_bytes())
