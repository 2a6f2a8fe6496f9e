"""In a real pseudo-terminal: octets a key, silence when idle, and no control octet but the program's own."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import signal
import struct
import subprocess
import sys
import termios
from collections.abc import Callable

import pytest

from tests.support.hostile import ALL, PAYLOADS
from tests.support.terminal import Terminal

pytestmark = pytest.mark.terminal

PROGRAM = "tests.support.terminal_program"
DOWN = "\x1b[B"
MOVE, MEAN, LOW_MOVE, LOW_MEAN = 280, 420, 50, 140


def inbox(what: str, *options: str, cols: int, rows: int) -> Terminal:
    """The program with its inbox shown, and everything that follows the first rows."""
    terminal = Terminal(PROGRAM, what, *options, cols=cols, rows=rows)
    terminal.wait_whole("en ligne")
    if "still" not in options:
        terminal.wait_whole("relevée à")
        if what == "sample" and cols >= 100:
            terminal.wait_whole("Corbeille", 2)
    return terminal


@pytest.mark.parametrize(("cols", "rows", "page"), [(80, 24, 1_800), (120, 40, 3_500)])
def test_a_cursor_move_costs_two_rows_and_a_page_what_differs(cols: int, rows: int, page: int) -> None:
    with inbox("100000", "still", cols=cols, rows=rows) as terminal:
        moves = []
        for _ in range(200):
            before = terminal.bar_row()
            octets = len(terminal.press(DOWN))
            moves.append((octets, terminal.bar_row() == (before or 0) + 1))
        in_page = [octets for octets, stayed in moves if stayed]
        assert max(in_page) <= MOVE
        assert sum(octets for octets, _ in moves) / len(moves) <= MEAN
        pages = [len(terminal.press("\x1b[6~")) for _ in range(5)]
        print(f"{cols}x{rows}: move {max(in_page)}, mean {sum(o for o, _ in moves) / 200:.0f}, page {max(pages)}")
        assert max(pages) <= page


@pytest.mark.parametrize(("cols", "rows"), [(80, 24), (120, 40)])
def test_low_bandwidth_moves_a_mark(cols: int, rows: int) -> None:
    with inbox("100000", "low", "still", cols=cols, rows=rows) as terminal:
        moves = [len(terminal.press(DOWN)) for _ in range(100)]
        print(f"{cols}x{rows} low: move {sorted(moves)[50]}, mean {sum(moves) / 100:.0f}")
        assert sorted(moves)[50] <= LOW_MOVE
        assert sum(moves) / len(moves) <= LOW_MEAN


SCREENS = (
    ("", "Réception · "),
    ("\t", "BOÎTES"),
    ("\t", "BOÎTES"),
    ("n", "Objet"),
    ("\t\t\t\t", "Objet"),
    ("\x1b", "Réception · "),
    ("\r", "Bien confraternellement"),
    ("3", "Chercher"),
    ("\x1b", "Bien confraternellement"),
    ("4", "État des boîtes"),
    ("5", "Journal"),
    ("?", "Touches du volet"),
    ("\x1b", "Journal"),
    ("1", "Bien confraternellement"),
    ("/", "Chercher dans ce dossier"),
    ("\x1b", "Bien confraternellement"),
    ("\x10", "Palette"),
)


def test_an_idle_screen_is_silent_whatever_has_the_keys() -> None:
    with inbox("sample", cols=120, rows=40) as terminal:
        for keys, words in SCREENS:
            terminal.type(keys)
            terminal.wait(words)
            terminal.settle(0.4)
            assert terminal.read(0.6) == b"", (keys, words)


OWN_SEQUENCES = re.compile(
    r"""
    \x1b\[ (?:
        [0-9;]* H | [0-9]* C | K                           # where; on from here; erase the rest of the line
        | (?:(?:0|1|2|3|4|7|22|24|27|3[0-79]|4[0-79]);?)* m   # how it looks: no blinking, no hiding
        | \? (?:25|7|1004|1049|2004|2026|2048) [hl]      # cursor, wrap, focus, alternate screen, paste, frames, size
        | \? (?:2026|2048) \$p                           # what the terminal can do
        | > [0-9]+ u | < u                               # keyboard protocol
    )
    | \x1b\]22;default\x07                               # shape of the mouse pointer
    """,
    re.X,
)
CONTROL = re.compile(r"[\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def foreign(written: bytes) -> list[str]:
    """Control characters that are not the program's own; a bell is, before new mail alone."""
    rest = OWN_SEQUENCES.sub("", written.decode("utf-8", "surrogateescape"))
    return [rest[max(0, m.start() - 20) : m.end() + 20] for m in CONTROL.finditer(rest)]


def walk_messages(terminal: Terminal) -> None:
    for _ in range(21):
        terminal.type("J")
        terminal.settle(0.05)
        for key in ("h", "h", "\x1b[6~"):
            terminal.type(key)
            terminal.settle(0.03)


def answer(terminal: Terminal) -> None:
    terminal.type("f")
    terminal.wait("Objet")
    terminal.type("\x07")
    terminal.settle(0.2)
    terminal.type("\x1b")
    terminal.settle(0.4)
    terminal.type("\x18")
    terminal.settle(0.4)
    terminal.type("\x1b")
    terminal.settle(0.4)


def paste(terminal: Terminal) -> None:
    terminal.type("n")
    terminal.wait("Objet")
    for _ in range(5):
        terminal.type(f"\x1b[200~{ALL.replace(chr(27), '')}\x1b[201~\t")
        terminal.settle(0.1)


def folders_and_saving(terminal: Terminal) -> None:
    terminal.type("b")
    terminal.settle(0.2)
    terminal.type("\x1b")
    terminal.settle(0.4)
    terminal.type("e")
    terminal.settle(0.2)
    terminal.type("\x1b")
    terminal.settle(0.4)
    terminal.type("c")
    terminal.settle(0.2)


@pytest.mark.parametrize(
    ("act", "cols"),
    [(walk_messages, 80), (walk_messages, 120), (answer, 80), (paste, 80), (folders_and_saving, 120)],
    ids=["messages-80", "messages-120", "answer", "paste", "folders"],
)
def test_nothing_hostile_reaches_the_terminal(act: Callable[[Terminal], None], cols: int) -> None:
    with inbox("hostile", cols=cols, rows=40) as terminal:
        act(terminal)
        terminal.settle()
        terminal.type("\x11")
        terminal.settle(0.3)
        if terminal._process.poll() is None:
            terminal.type("\x1b[B\r")  # leave, and lose what was written
        assert terminal.end("") == 0
        written = bytes(terminal.written)
    assert foreign(written) == []
    assert b"\x1b]" not in written.replace(b"\x1b]22;default\x07", b"")
    assert b"fin 0" in written


def test_the_scan_finds_what_it_looks_for() -> None:
    """What looks like a sequence of our own (where, how it looks, which screen) is all that could pass."""
    acting = [payload for payload in PAYLOADS if CONTROL.search(payload)]
    unseen = [p for p in acting if not foreign(p.encode("utf-8", "surrogateescape"))]
    assert unseen == ["\x1b[?1049l"]
    assert len(acting) > 12


def test_the_screen_is_left_once_and_nothing_but_words_follows() -> None:
    with inbox("hostile", cols=80, rows=24) as terminal:
        walk_messages(terminal)
        assert terminal.end() == 0
        written = bytes(terminal.written)
    assert written.count(b"\x1b[?1049l") == 1
    after = written[written.index(b"\x1b[?1049l") :]
    assert foreign(after) == []
    assert b"fin 0" in after


def test_a_fault_of_ours_leaves_the_terminal_clean_and_tells_no_patient_data() -> None:
    with inbox("sample", "broken", cols=80, rows=24) as terminal:
        terminal.type("?")
        assert terminal.end("") == 70
        written = bytes(terminal.written).decode()
    assert "mss-tui s'est trompé (ValueError)." in written
    assert "né le 26/11/1948" not in written
    assert "Traceback" not in written
    assert "\x1b[?1049l" in written


@pytest.mark.parametrize(("environment", "mouse"), [({}, True), ({"SSH_CONNECTION": "10.0.0.1 1 10.0.0.2 22"}, False)])
def test_the_mouse_is_left_to_the_terminal_over_ssh(environment: dict[str, str], mouse: bool) -> None:
    with Terminal(PROGRAM, "sample", "auto", **environment) as terminal:
        terminal.wait("en ligne")
        assert (b"\x1b[?1003h" in terminal.written) is mouse
        assert terminal.end() == 0


def test_escape_after_a_slow_arrow_is_no_escape_over_ssh() -> None:
    """An arrow whose octets come apart on a slow line must not read as Échap, then as letters."""
    with Terminal(PROGRAM, "sample", SSH_CONNECTION="10.0.0.1 1 10.0.0.2 22") as terminal:
        terminal.wait("en ligne")
        terminal.type("n")
        terminal.wait("Objet")
        for part in ("x", "\x1b", "[D", "y"):
            terminal.type(part)
            terminal.settle(0.15)
        terminal.wait(" À      yx")


def test_keys_that_come_at_once_act_in_their_order() -> None:
    with inbox("sample", cols=80, rows=24) as terminal:
        terminal.type("n")
        terminal.wait("Objet")
        terminal.type("ab\x7fc\x1b[Dd\t\t\tSujet\x7ft \tTexte\x7f.\x1b[De\x13")
        terminal.wait("Objet  Sujet")
        terminal.wait(" À      adc")
        terminal.wait(" Texte.")
        terminal.wait("Brouillon enregistré, sans 1 destinataire(s)")


def test_without_utf8_and_on_a_console_no_mark_is_beyond_ascii() -> None:
    with Terminal(PROGRAM, "sample", cols=120, rows=40, TERM="linux") as terminal:
        terminal.wait("en ligne")
        assert all(ord(c) < 0x250 for c in terminal.text)
        assert "Léo DUPOND" in terminal.text
        assert terminal.end() == 0


@pytest.mark.parametrize("hangups", [signal.SIG_DFL, signal.SIG_IGN])
def test_a_terminal_that_is_gone_without_a_signal_ends_the_program(hangups: signal.Handlers) -> None:
    """No SIGHUP comes where the terminal was not the controlling one, or under nohup: the end of the line is."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    command = [sys.executable, "-m", PROGRAM, "sample"]
    with subprocess.Popen(
        command,
        stdin=slave,
        stdout=slave,
        stderr=slave,
        start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGHUP, hangups),
    ) as program:
        os.close(slave)
        try:
            shown = b""
            while b"en ligne" not in shown:
                shown += os.read(master, 65_536)
            os.close(master)
            program.wait(60)
        finally:
            program.kill()
