"""The Dovecot of the tests: several at once, and none left when the tests are killed."""

from __future__ import annotations

import os
import select
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from tests.support.dovecot import USERS, PrivateDovecot, _sweep, need_dovecot

pytestmark = pytest.mark.real_server
_PARENT = """
from tests.support.dovecot import PrivateDovecot
server = PrivateDovecot().start()
print(server._process.pid, server.root, flush=True)
input()
"""


def test_it_dies_with_its_parent() -> None:
    need_dovecot()
    parent = subprocess.Popen([sys.executable, "-c", _PARENT], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    pid, root = parent.stdout.readline().split()
    child = os.pidfd_open(int(pid))
    try:
        parent.kill()
        parent.communicate()
        ended, _, _ = select.select([child], [], [], 30)
        assert ended
    finally:
        os.close(child)
        subprocess.run(["rm", "-rf", root], check=True)


def test_what_a_killed_run_left_behind_is_swept_away_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with subprocess.Popen([sys.executable, "-c", ""]) as ended:
        ended.wait()
    owners = {"ended": str(ended.pid), "ours": str(os.getpid()), "begun": "", "no-owner": None, "torn": "12x"}
    for name, owner in owners.items():
        folder = tmp_path / f"mss-dovecot-{name}"
        (folder / "mail").mkdir(parents=True)
        if owner is not None:
            (folder / "owner").write_text(owner)
    (tmp_path / "another").mkdir()
    _sweep()
    left = {path.name for path in tmp_path.iterdir()}
    assert left == {"another", *(f"mss-dovecot-{name}" for name in owners if name != "ended")}


def test_several_run_side_by_side() -> None:
    need_dovecot()
    servers = [PrivateDovecot().start() for _ in range(3)]
    try:
        assert len({server.host for server in servers}) == 3
        for server in servers:
            server.fill(USERS[0], [b"Subject: x\r\n\r\n"])
            with server.colleague() as colleague:
                assert colleague.select() == ("OK", [b"1"])
    finally:
        for server in servers:
            server.stop()
    assert not any(server.root.exists() for server in servers)
