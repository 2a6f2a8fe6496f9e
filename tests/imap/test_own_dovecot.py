"""The Dovecot of the tests: several at once, and none left when the tests are killed."""

from __future__ import annotations

import os
import select
import subprocess
import sys

import pytest

from tests.support.dovecot import USERS, PrivateDovecot, need_dovecot

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
