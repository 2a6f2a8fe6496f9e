"""kill -9 at every step of a sending, then a new start: a message is where it is said to be, and left once at most."""

from __future__ import annotations

import pickle
import subprocess
import sys
from pathlib import Path

import pytest

from mss_tui.adapters.store_outbox import FileOutboxRecords
from mss_tui.model.folder import Role
from mss_tui.model.message import SENDING
from mss_tui.model.sending import SendState
from tests.sending.desk import Desk
from tests.sending.killed import DRAFT, Steps, desk, said
from tests.sending.samples import ACTOR

REPOSITORY = Path(__file__).parents[2]
NEVER = 10_000


def run(folder: Path, step: int, state: SendState, how: str) -> tuple[int, int]:
    """Exit status and number of steps of a program killed at `step`."""
    folder.mkdir()
    done = subprocess.run(
        [sys.executable, "-m", "tests.sending.killed", str(folder), str(step), state.value, how],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in (0, -9), done.stderr
    return done.returncode, int(done.stdout or 0)


def restart(folder: Path) -> tuple[Desk, Steps]:
    steps = Steps(folder, NEVER)
    if (folder / "server").exists():
        steps.store.kept, steps.store.uid, steps.submission.left = pickle.loads((folder / "server").read_bytes())
    return desk(folder, steps, FileOutboxRecords(folder / "outbox", said)), steps


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("how", ["sent", "queued"])
@pytest.mark.parametrize("state", [SendState.ACCEPTED, SendState.UNKNOWN])
async def test_killed_anywhere_nothing_is_lost_doubled_or_misreported(
    tmp_path: Path, state: SendState, how: str
) -> None:
    status, total = run(tmp_path / "whole", NEVER, state, how)
    assert status == 0
    assert total > 15
    for step in range(1, total + 1):
        folder = tmp_path / str(step)
        assert run(folder, step, state, how)[0] == -9
        await after(folder)


async def after(folder: Path) -> None:
    """What holds after a restart, whatever the moment of death."""
    program, servers = restart(folder)
    left = len(servers.submission.left)
    waiting = await program.outbox.recover()
    drafts, sent = servers.store.of(Role.DRAFTS), servers.store.of(Role.SENT)
    assert left <= 1
    assert len(drafts) + len(sent) <= 1
    states = [w.state for w in waiting]
    if left and not states:
        assert len(sent) == 1
    if left:
        assert states in ([], [SendState.UNKNOWN])
    if not left and states != [SendState.UNKNOWN]:
        assert sent == []
        assert states in ([], [SendState.QUEUED])
        assert all((SENDING in d.flags) == bool(states) for d in drafts)
    # Nothing of this sends by itself what may have left; by hand it leaves once more at most, and as it was.
    program.clock.go(60)
    await program.outbox.run(ACTOR, watch=program.watch)
    assert len(servers.submission.left) == max(left, int(states == [SendState.QUEUED]))
    for item in program.outbox.list():
        assert (await program.retry(item.key)).state is SendState.ACCEPTED
    assert len({built.data for built in servers.submission.left}) <= 1
    assert len(servers.store.of(Role.DRAFTS)) + len(servers.store.of(Role.SENT)) <= 1
    if not servers.submission.left:
        assert (await program.send(DRAFT)).state is SendState.ACCEPTED
    assert len(servers.store.of(Role.SENT)) == 1
    assert program.outbox.list() == ()
