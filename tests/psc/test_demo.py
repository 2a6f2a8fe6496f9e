"""`mss-tui demo --auth psc` in a pseudo-terminal: the number, the session in the status line, the mail behind."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import environment, run_in
from tests.support.terminal import Terminal

pytestmark = pytest.mark.terminal


@pytest.mark.parametrize("own", [True, False])
def test_the_demo_opens_through_pro_sante_connect(own: bool) -> None:
    with Terminal("mss_tui", "demo", "--auth", "psc", cols=140, rows=40, own=own) as terminal:
        terminal.wait("Entrée : demander la confirmation")
        assert "PETITJEAN" not in terminal.text
        terminal.type("\r")
        terminal.wait("PSC jusqu'à")
        terminal.wait("PETITJEAN")
        # the number stands for three polls, which a busy machine may read at once with what follows
        said = terminal.written.decode(errors="replace")
        assert "Sur votre mobile" in said
        assert re.search(r"Valable jusqu'à \d\d:\d\d:\d\d", said)
        assert "sur votre e-CPS" not in said  # not on the line of the command, whose terminal this screen has
        assert terminal.end() == 0


def test_a_script_is_never_asked_to_confirm(tmp_path: Path) -> None:
    program = [sys.executable, "-m", "mss_tui", "demo", "--serve", "--auth", "psc", "--json"]
    with subprocess.Popen(program, stdout=subprocess.PIPE, env=environment(tmp_path)) as operator:
        assert operator.stdout is not None
        config = json.loads(operator.stdout.readline())["config"]
        ran = run_in(tmp_path, ["--config", config, "inbox"])
        operator.send_signal(signal.SIGTERM)
    assert (ran.code, ran.out) == (21, "")
    assert "Pro Santé Connect n'est pas ouvert" in ran.err
