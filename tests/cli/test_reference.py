"""The pages say what the program does."""

from __future__ import annotations

import importlib.util
import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mss_tui.cli.commands.help import each_command
from mss_tui.cli.parser import build_parser
from mss_tui.errors import ExitCode
from tests.cli.conftest import Run

DOCS = Path(__file__).parents[2] / "docs"
CONTRACT = (DOCS / "reference" / "ligne-de-commande.md").read_text()
GUIDE = (DOCS / "guide" / "dans-un-script.md").read_text()


def _pages() -> dict[Path, Any]:
    spec = importlib.util.spec_from_file_location("make_reference", DOCS / "make_reference.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return dict(module.PAGES)


@pytest.mark.parametrize(("page", "made"), _pages().items(), ids=lambda of: getattr(of, "name", None))
def test_a_made_page_is_up_to_date(page: Path, made: Any) -> None:
    assert page.read_text() == made(), "run: python docs/make_reference.py"


def test_the_man_page_is_roff_without_complaint() -> None:
    try:
        done = subprocess.run(
            ["groff", "-Kutf8", "-man", "-Tutf8", "-ww", str(DOCS / "man" / "mss-tui.1")],
            capture_output=True,
            check=True,
        )
    except FileNotFoundError:
        pytest.skip("groff is not installed")
    assert done.stderr == b""


def test_the_contract_names_every_command_and_code() -> None:
    for name, _ in each_command(build_parser()):
        assert re.search(rf"`{name}\b", CONTRACT), name
    for code in ExitCode:
        assert re.search(rf"\b{code.value}\b", CONTRACT), code


def _keys(node: Any) -> Iterator[str]:
    if isinstance(node, list):
        for inner in node:
            yield from _keys(inner)
    elif isinstance(node, dict):
        for name, inner in node.items():
            yield name
            if name != "details":
                yield from _keys(inner)


@pytest.mark.parametrize(
    "golden", sorted((Path(__file__).parent / "golden").glob("*.json")), ids=lambda path: path.stem
)
def test_the_contract_names_every_key(golden: Path) -> None:
    missing = {key for key in _keys(json.loads(golden.read_text())) if key != "schema"}
    if golden.stem == "config-show":
        missing = {key for key in missing if re.fullmatch("[a-z]+", key)} - {"who", "phone"}
    assert not {key for key in missing if f"`{key}`" not in CONTRACT}


def test_every_command_of_the_guide_is_one() -> None:
    parser = build_parser()
    for line in re.findall(r"^\s*(?:until .*|mss-tui .*)$", GUIDE.replace("\\\n", " "), re.M):
        words = re.split(r"\s+(?:[|>#&]|3<|\|\|).*", line.strip())[0].split()
        if words[0] == "mss-tui":
            quoted = re.sub(r'"[^"]*"', "X=Y", " ".join(words[1:]))
            known = quoted.replace("X=Y", "objet.absent") if "--confirm" in quoted else quoted
            assert parser.parse_args(known.split()).command


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_is_made_for_a_shell(run: Run, shell: str) -> None:
    ran = run("completion", shell)
    assert ran.code == 0
    assert "annuaire" in ran.out
    assert "--password-fd" in ran.out


def test_bash_takes_the_completion(run: Run, tmp_path: Path) -> None:
    (tmp_path / "mss-tui").write_text(run("completion", "bash").out)
    script = f'. "{tmp_path}/mss-tui" && complete -p mss-tui && COMP_WORDS=(mss-tui inb) COMP_CWORD=1'
    done = subprocess.run(["bash", "-uec", script], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("complete ")
    assert done.stderr == ""
