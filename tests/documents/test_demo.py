"""The demo's archives, which are made by the same builder, are what a sender may send."""

from __future__ import annotations

import subprocess
import sys
from email import policy
from email.parser import BytesParser
from pathlib import Path

import pytest

from mss_tui.demo.store import MailStore
from mss_tui.documents.check import check_archive
from tests.demo.conftest import full_store, people  # noqa: F401 - fixtures
from tests.documents.test_build import CHECKER


@pytest.fixture(scope="module")
def archives(full_store: MailStore) -> list[bytes]:  # noqa: F811
    read = BytesParser(policy=policy.default)
    folders = (f for account in full_store.accounts.values() for f in account.folders.values())
    mails = (read.parsebytes(message.data) for folder in folders for message in folder.messages)
    found = [part.get_content() for mail in mails for part in mail.walk() if part.get_filename() == "IHE_XDM.ZIP"]
    assert len(found) > 3
    return found


def test_each_follows_the_structural_rules(archives: list[bytes]) -> None:
    for data in archives:
        assert [str(p) for p in check_archive(data) if "PDF/A-1" not in str(p)] == []


@pytest.mark.skipif(not CHECKER.exists(), reason="the schema checker is not beside this checkout")
def test_each_follows_the_schema(archives: list[bytes], tmp_path: Path) -> None:
    paths = []
    for number, data in enumerate(archives):
        path = tmp_path / f"{number}.ZIP"
        path.write_bytes(data)
        paths.append(str(path))
    ran = subprocess.run([sys.executable, str(CHECKER), *paths], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout
