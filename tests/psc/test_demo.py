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


def test_the_demo_opens_through_pro_sante_connect() -> None:
    with Terminal("mss_tui", "demo", "--auth", "psc", cols=140, rows=40) as terminal:
        terminal.wait("Entrée : demander la confirmation")
        assert "BIOSUD" not in terminal.text
        terminal.type("\r")
        terminal.wait("Sur votre mobile")
        assert re.search(r"Valable jusqu'à \d\d:\d\d:\d\d", terminal.text)
        terminal.wait("en ligne")
        terminal.wait("PSC jusqu'à")
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
