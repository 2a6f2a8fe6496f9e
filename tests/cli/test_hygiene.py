"""What the command line must not import, and must not print."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Demo, Run, environment

HEAVY = ("textual", "rich", "aioimaplib", "aiosmtplib", "httpx2", "msgspec", "lxml", "keyring", "platformdirs", "shtab")


def _imported(home: Path, *arguments: str) -> set[str]:
    program = (
        "import sys\nfrom mss_tui.cli.main import run\n"
        f"run({list(arguments)!r})\n"
        "sys.stderr.write(' '.join(sorted({name.partition('.')[0] for name in sys.modules})))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, env=environment(home), check=True, timeout=60
    )
    return set(done.stderr.splitlines()[-1].split())


@pytest.mark.parametrize("arguments", [("--help",), ("--version",), ("inbox", "--help"), ("nonsense",)])
def test_help_imports_nothing_heavy(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    assert not _imported(tmp_path, *arguments) & set(HEAVY)


@pytest.mark.parametrize("arguments", [("inbox",), ("status",), ("config", "schema"), ("journal",)])
def test_no_command_imports_the_screens(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    assert not _imported(tmp_path, *arguments) & {"textual", "rich"}


def test_status_imports_no_network_library(demo: Demo, tmp_path: Path) -> None:
    imported = _imported(tmp_path, "--config", str(demo.config), "status")
    assert not imported & {"textual", "aioimaplib", "aiosmtplib", "httpx2", "lxml", "keyring"}


def test_without_a_command_and_without_a_terminal_it_says_so(run: Run) -> None:
    ran = run()
    assert (ran.code, ran.out) == (2, "")
    assert "Il faut un terminal" in ran.err


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["inbo"], "commande : « inbo » n'en est pas"),
        (["inbox", "--limit"], "--limit : il manque une valeur."),
        (["inbox", "--limit", "-3"], "--limit"),
        (["inbox", "--lmit"], "argument inconnu : --lmit."),
        (["inbox", "--theme", "\x1b[31m"], "--theme"),
        (["attachment", "1:2", "1"], "Il manque : --save DOSSIER"),
        (["read", "x", "--file", "y"], "une référence ou --file"),
    ],
)
def test_a_wrong_call_is_one_french_sentence(run: Run, arguments: list[str], sentence: str) -> None:
    ran = run(*arguments)
    assert (ran.code, ran.out) == (2, "")
    assert sentence in ran.err
    assert ran.err.startswith("mss-tui : ")
    assert ran.err.count("\n") == 1
    assert "\x1b" not in ran.err


def test_the_language_of_the_call_is_that_of_the_help(run: Run) -> None:
    assert "usage : mss-tui" in run("--help").out
    assert run("--lang", "en", "--help").code == 0


def test_version(run: Run) -> None:
    assert run("--version").out.startswith("mss-tui ")


def test_help_lists_every_command_as_data(run: Run) -> None:
    document = run("help", "--json").document
    assert document["schema"] == 1
    names = [command["name"] for command in document["commands"]]
    assert {"inbox", "read", "send", "check", "annuaire search", "status", "config show", "demo"} <= set(names)
    assert document["exit_codes"]["13"] == "unknown"
    for command in document["commands"]:
        assert command["what"]
        for argument in (*command["arguments"], *command["options"]):
            assert argument["what"], (command["name"], argument)
