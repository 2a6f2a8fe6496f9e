"""The text in one's own editor: in a private place that is gone afterwards, whatever the editor does; safe."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import stat
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from mss_tui.errors import ConfigError, NotFound, UsageError
from mss_tui.services import editor, private_sheet
from mss_tui.services.editor import chosen
from mss_tui.services.private_sheet import PREFIX, in_memory, lent
from mss_tui.tui.screens import composer_editor
from mss_tui.tui.screens.composer import ComposerScreen
from mss_tui.tui.widgets.body import Body
from tests.support.desk import FakeDesk, make_desk
from tests.support.screen import running, until
from tests.support.terminal import Terminal
from tests.tui.test_composer import LEFEVRE, composed

SCRIPT = """
import os, stat, sys, time
path = os.path.abspath(sys.argv[-1])
folder = os.path.dirname(path)
report = [oct(stat.S_IMODE(os.stat(p).st_mode)) for p in (folder, path)]
report += [folder, os.environ["TMPDIR"], open(path).read()]
open({report!r}, "w").write("\\n".join(report))
{what}
"""


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where texts are lent: `in_memory` finds it."""
    found = tmp_path / "memory"
    found.mkdir(mode=0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(found))
    monkeypatch.setattr(private_sheet, "_is_memory", lambda path: path == found)
    return found


@pytest.fixture
def no_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pilot has no terminal to lend."""
    monkeypatch.setattr(composer_editor, "lent_terminal", lambda app: contextlib.nullcontext())


class Scripted:
    """An editor that does what a test says; `report` is what it saw."""

    def __init__(self, folder: Path, what: str) -> None:
        self._report = folder / "report"
        script = folder / "editor.py"
        script.write_text(SCRIPT.format(report=str(self._report), what=what))
        self.command = f"{sys.executable} {script}"

    @property
    def report(self) -> list[str]:
        return self._report.read_text().split("\n", 4)


def left_in(place: Path) -> list[Path]:
    return list(place.glob(f"{PREFIX}*"))


async def test_the_text_alone_goes_to_the_editor_and_comes_back_safe(
    place: Path, no_terminal: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    what = 'open(path + "~", "w").write("copie"); open(path, "a").write("\\x1b]52;c;cm0=\\x07Repris.\\r\\n")'
    scripted = Scripted(tmp_path, what)
    monkeypatch.setenv("VISUAL", scripted.command)
    async with running(make_desk()) as pilot:
        await composed(pilot, body="Bonjour.\n")
        await pilot.press("ctrl+r")
        await until(pilot, "Texte repris de")
        body = pilot.app.screen.query_one("#body", Body)
        assert body.text.startswith("Bonjour.\n")
        assert "Repris." in body.text
        assert "\x1b" not in body.text
        assert "\x07" not in body.text
        assert body.has_focus
        await pilot.press("ctrl+z")
        assert body.text == "Bonjour.\n"
    folder_mode, file_mode, folder, temporary, text = scripted.report
    assert (folder_mode, file_mode, text) == ("0o700", "0o600", "Bonjour.\n")
    assert Path(folder).parent == place
    assert folder == temporary
    assert left_in(place) == []


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("open(path, 'w').write('perdu'); sys.exit(3)", "a fini par le code 3 : le texte n'a pas"),
        ("os.kill(os.getpid(), 9)", "a fini par le code -9 : le texte n'a"),
        ("os.unlink(path)", "n'a pas laissé de texte"),
        ("os.unlink(path); os.symlink('/etc/passwd', path)", "n'a pas laissé de texte"),
        ("open(path, 'w').write('x' * 1_000_001)", "dépasse 1 Mo"),
        ("pass", "Le texte n'a pas changé"),
    ],
)
async def test_an_editor_that_fails_does_the_draft_no_harm(
    place: Path, no_terminal: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str, said: str
) -> None:
    monkeypatch.setenv("EDITOR", Scripted(tmp_path, what).command)
    async with running(make_desk()) as pilot:
        await composed(pilot)
        await pilot.press("ctrl+r")
        await until(pilot, said)
        assert pilot.app.screen.query_one("#body", Body).text == "Bonjour."
    assert left_in(place) == []


async def test_what_is_saved_in_the_editor_is_kept_while_it_is_open(
    place: Path, no_terminal: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    go = tmp_path / "go"
    os.mkfifo(go)
    what = f"open(path, 'w').write('Saved half way.'); open({str(go)!r}).read()"
    monkeypatch.setenv("EDITOR", Scripted(tmp_path, what).command)
    fake = make_desk()
    async with running(fake) as pilot:
        await composed(pilot)
        screen = pilot.app.screen
        assert isinstance(screen, ComposerScreen)
        await pilot.press("ctrl+r")
        await until(pilot, lambda: screen.draft().body == "Saved half way.")
        screen.autosave()
        await until(pilot, lambda: bool(fake.mail.appended))
        assert b"Saved half way." in fake.mail.appended[-1][1]
        go.write_text("")
        await until(pilot, "Texte repris")
    assert left_in(place) == []


async def test_without_a_place_in_memory_a_disk_is_asked_about_and_refused_on_a_shared_host(
    no_terminal: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scripted = Scripted(tmp_path, "open(path, 'a').write(' Suite.')")
    disk = tmp_path / "disk"
    disk.mkdir()
    monkeypatch.setattr(composer_editor, "in_memory", lambda environ: None)
    monkeypatch.setattr(composer_editor.tempfile, "gettempdir", lambda: str(disk))
    fake = make_desk()
    profile = replace(fake.desk.profile, editor=tuple(scripted.command.split()))
    object.__setattr__(fake.desk, "profile", profile)
    async with running(fake) as pilot:
        await composed(pilot)
        body = pilot.app.screen.query_one("#body", Body)
        await pilot.press("ctrl+r")
        await until(pilot, "Pas de place en mémoire")
        await pilot.press("n")
        await pilot.press("ctrl+r")
        await until(pilot, "Pas de place en mémoire")
        await pilot.press("o")
        await until(pilot, lambda: body.text == "Bonjour. Suite.")
        assert scripted.report[2].startswith(str(disk))
        assert list(disk.iterdir()) == []
        object.__setattr__(fake.desk, "profile", replace(profile, shared_host=True))
        await pilot.press("ctrl+r")
        await until(pilot, "ce poste est partagé")
        assert body.text == "Bonjour. Suite."


async def test_what_a_killed_program_left_goes_with_the_next_message(place: Path) -> None:
    (place / f"{PREFIX}dead").mkdir()
    with lent("vivant", place) as sheet:
        async with running(make_desk()) as pilot:
            await pilot.press("n")
            await until(pilot, "Objet")
        assert left_in(place) == [sheet.folder]


def profile_of(fake: FakeDesk, **changes: object) -> object:
    return replace(fake.desk.profile, **changes)  # type: ignore[arg-type]


def test_which_editor() -> None:
    fake = make_desk()
    environ = {"VISUAL": "", "EDITOR": "sh -c 'true  x'"}
    assert chosen(fake.desk.profile, environ) == ("sh", "-c", "true  x")
    assert chosen(fake.desk.profile, environ | {"VISUAL": "true"}) == ("true",)
    assert chosen(profile_of(fake, editor=("cat", "-u")), environ) == ("cat", "-u")  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="Aucun éditeur"):
        chosen(fake.desk.profile, {})
    with pytest.raises(UsageError, match="Aucun éditeur"):
        chosen(profile_of(fake, shared_host=True), environ)  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="n'ouvre pas d'éditeur"):
        chosen(profile_of(fake, editor=("cat",), external_editor=False), environ)  # type: ignore[arg-type]
    for missing in ("nulle-part --x", "'"):
        with pytest.raises(ConfigError, match="n'est pas sur cette machine"):
            chosen(fake.desk.profile, {"EDITOR": missing})


def test_known_editors_are_told_to_leave_no_copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("vim.basic", "nano"):
        (tmp_path / name).write_text("#!/bin/sh\n")
        (tmp_path / name).chmod(0o755)
    (tmp_path / "vi").symlink_to(tmp_path / "vim.basic")
    monkeypatch.setenv("PATH", str(tmp_path))
    profile = make_desk().desk.profile
    vim = chosen(profile, {"EDITOR": "vi -R"})
    assert vim[:4] == ("vi", "-n", "-i", "NONE")
    assert vim[-1] == "-R"
    assert chosen(profile, {"EDITOR": "nano"}) == ("nano", "--ignorercfiles")


def test_a_sheet_is_removed_when_its_owner_fails_and_when_it_was_killed(tmp_path: Path) -> None:
    def fails() -> None:
        with lent("secret", tmp_path) as sheet:
            (sheet.folder / ".message.txt.swp").write_text("secret")
            (sheet.folder / "auto-save-list").mkdir()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fails()
    assert left_in(tmp_path) == []
    dead = tmp_path / f"{PREFIX}dead"
    dead.mkdir()
    (dead / "message.txt").write_text("secret")
    with lent("un", tmp_path) as mine:
        assert left_in(tmp_path) == [mine.folder]
        with lent("deux", tmp_path):
            assert mine.text() == "un"
    assert left_in(tmp_path) == []


def test_a_text_that_is_not_utf8_is_read_all_the_same(tmp_path: Path) -> None:
    with lent("", tmp_path) as sheet:
        sheet.path.write_bytes("été à l'hôpital".encode("cp1252"))
        assert sheet.text() == "été à l'hôpital"
        sheet.path.unlink()
        with pytest.raises(NotFound):
            sheet.text()


def test_memory_is_only_what_the_system_says_is_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert in_memory({"XDG_RUNTIME_DIR": str(tmp_path / "nothing")}) in (None, Path("/dev/shm"))
    monkeypatch.setattr(private_sheet, "_is_memory", lambda path: path == tmp_path)
    assert in_memory({"XDG_RUNTIME_DIR": str(tmp_path)}) == tmp_path
    assert in_memory({}) is None
    assert in_memory({"XDG_RUNTIME_DIR": "relatif"}) is None


# in a terminal


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[Path]:
    """A place in memory of the test's own, where the machine has one."""
    if in_memory({}) is None:
        pytest.skip("no /dev/shm in memory here")
    place = Path("/dev/shm") / f"essai-{os.getpid()}"
    place.mkdir(mode=0o700)
    yield place
    shutil.rmtree(place)


def written(terminal: Terminal) -> None:
    terminal.wait("en ligne")
    terminal.type("n")
    terminal.wait("Objet")
    terminal.type(f"{LEFEVRE}\t\t\tSuite\tBonjour.")
    terminal.wait("Bonjour.")


@pytest.mark.terminal
def test_the_terminal_is_lent_and_drawn_again(tmp_path: Path, memory: Path) -> None:
    what = "print('ICI', flush=True); line = input(); open(path, 'a').write(f' {line}')"
    scripted = Scripted(tmp_path, what)
    with Terminal("tests.support.hangup_program", EDITOR=scripted.command, XDG_RUNTIME_DIR=str(memory)) as terminal:
        written(terminal)
        terminal.type("\x12")
        terminal.wait("ICI")
        terminal.type("Tapé dans l'éditeur.\r")
        terminal.wait("Bonjour. Tapé dans l'éditeur.")
        terminal.wait("Texte repris")
        terminal.type(" Puis ici.")
        terminal.wait("l'éditeur. Puis ici.")
    assert left_in(memory) == []


@pytest.mark.terminal
def test_vim_leaves_nothing(tmp_path: Path, memory: Path) -> None:
    if shutil.which("vim") is None:
        pytest.skip("no vim here")
    (tmp_path / ".vimrc").write_text("set backup undofile backupdir=~ undodir=~ directory=~ viminfo='100,n~/viminfo\n")
    environ = {"EDITOR": "vim", "HOME": str(tmp_path), "XDG_RUNTIME_DIR": str(memory)}
    with Terminal("tests.support.hangup_program", **environ) as terminal:
        written(terminal)
        terminal.type("\x12")
        terminal.wait("message.txt")
        terminal.type("oDans vim, VIAL Paul.\x1b:w\r")
        terminal.wait("written")
        terminal.type(":q\r")
        terminal.wait("Texte repris")
        terminal.wait("Dans vim, VIAL Paul.")
    assert left_in(memory) == []
    texts = [path for path in tmp_path.rglob("*") if path.is_file() and b"VIAL" in path.read_bytes()]
    assert texts == []


@pytest.mark.terminal
def test_a_hangup_keeps_what_was_saved_in_the_editor_and_ends_it(tmp_path: Path, memory: Path) -> None:
    what = (
        "import signal; signal.signal(signal.SIGHUP, signal.SIG_IGN);"
        f"open({str(tmp_path / 'pid')!r}, 'w').write(str(os.getpid()));"
        "open(path, 'w').write('Saved by the editor.'); print('ICI', flush=True); time.sleep(60)"
    )
    scripted = Scripted(tmp_path, what)
    with Terminal("tests.support.hangup_program", EDITOR=scripted.command, XDG_RUNTIME_DIR=str(memory)) as terminal:
        written(terminal)
        terminal.type("\x12")
        terminal.wait("ICI")
        assert len(left_in(memory)) == 1
        assert stat.S_IMODE(left_in(memory)[0].stat().st_mode) == 0o700
        os.kill(terminal._process.pid, signal.SIGHUP)
        assert terminal.end("") == 128 + signal.SIGHUP
        said = terminal.written.decode("utf-8", "replace")
    assert "Saved by the editor." in said
    assert left_in(memory) == []
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)


def test_the_editors_that_are_known_are_documented() -> None:
    guide = (Path(__file__).parent.parent.parent / "docs/guide/ecrire-un-message.md").read_text("utf-8")
    for name in (*editor.QUIET, *editor.STAYS):
        assert f"`{name}`" in guide, name


@pytest.mark.terminal
def test_an_editor_that_cannot_start_gives_the_screen_back(tmp_path: Path, memory: Path) -> None:
    broken = tmp_path / "editeur"
    broken.write_text("#!/nowhere/at/all\n")
    broken.chmod(0o700)
    with Terminal("tests.support.hangup_program", EDITOR=str(broken), XDG_RUNTIME_DIR=str(memory)) as terminal:
        written(terminal)
        terminal.type("\x12")
        terminal.wait("ne peut pas être lancé")
        terminal.type(" Suite.")
        terminal.wait("Bonjour. Suite.")
    assert left_in(memory) == []


@pytest.mark.terminal
@pytest.mark.parametrize("own", [True, False])
def test_the_lock_hides_the_editor_which_then_goes_on(tmp_path: Path, memory: Path, own: bool) -> None:
    if shutil.which("vim") is None:
        pytest.skip("no vim here")
    environ = {"EDITOR": "vim", "HOME": str(tmp_path), "XDG_RUNTIME_DIR": str(memory)}
    with Terminal("tests.support.lock_program", own=own, **environ) as terminal:
        written(terminal)
        terminal.type("\x12")
        terminal.wait("message.txt")
        terminal.type("oVIAL Paul")
        terminal.wait("VIAL Paul")
        os.kill(terminal._process.pid, signal.SIGUSR1)
        terminal.wait("Écran masqué")
        assert "VIAL" not in terminal.text
        terminal.type("\r")
        terminal.wait("VIAL Paul")
        terminal.type(", suite.\x1b:wq\r")
        terminal.wait("Texte repris")
        terminal.wait("VIAL Paul, suite.")
    assert left_in(memory) == []


@pytest.mark.terminal
def test_the_editor_has_the_terminal_for_itself(tmp_path: Path, memory: Path) -> None:
    """Ctrl+C is for the editor alone; Ctrl+Z, for which no shell waits, brings it back."""
    what = (
        "import signal, time\n"
        "signal.signal(signal.SIGINT, lambda *_: (open(path, 'a').write(' Interrompu.'), print('COUPE', flush=True)))\n"
        "print('ICI', flush=True)\n"
        "while not input().startswith('fin'): print('ENCORE', flush=True)"
    )
    scripted = Scripted(tmp_path, what)
    environ = {"EDITOR": scripted.command, "XDG_RUNTIME_DIR": str(memory)}
    with Terminal("tests.support.hangup_program", own=True, **environ) as terminal:
        written(terminal)
        terminal.type("\x12")
        terminal.wait("ICI")
        terminal.type("\x03")
        terminal.wait("COUPE")
        terminal.type("\x1a")
        terminal.type("ligne\r")
        terminal.wait("ENCORE")
        terminal.type("fin\r")
        terminal.wait("Bonjour. Interrompu.")
        terminal.type(" Suite.")
        terminal.wait("Interrompu. Suite.")
    assert left_in(memory) == []
