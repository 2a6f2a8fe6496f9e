"""`cache show`, `cache clear`, `--no-cache`, `--offline`, as scripts and people run them."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path

import pytest

from mss_tui.adapters.cache import drafts, vault
from mss_tui.adapters.cache.key import Passphrase
from mss_tui.model.draft import Draft
from mss_tui.ports.secrets import Secret
from mss_tui.ports.store import Sealed
from tests.cli.conftest import Demo, Ran, environment
from tests.support.terminal import Terminal

PATIENTS = (b"VIAL", b"DUPOND", b"279035121518989")
PHRASE = "cheval pile agrafe correcte"
ACCOUNT = ("--account", "jean.martin@medecin.demo.mssante.fr")


class Cached:
    """The operator's configuration with a copy, whose passphrase a command gives."""

    def __init__(self, demo: Demo, name: str, place: Path, *more: tuple[str, str]) -> None:
        (place / "phrase").write_text(PHRASE + "\n")
        self.state = place / "etat"
        command = (
            f'cache_key = {{ command = ["{sys.executable}", "-c", "print(open({str(place / "phrase")!r}).read())"] }}'
        )
        config = demo.config.read_text()
        state = next(line for line in config.splitlines() if line.startswith("state"))
        self.config = demo.changed(
            name,
            (state, f'state = "{self.state}"'),
            ("[profiles.demo]\n", f'[profiles.demo]\ncache = "encrypted"\n{command}\n'),
            *more,
        )
        self._demo = demo

    @property
    def copies(self) -> Path:
        return self.state / "cache" / "demo"

    def run(self, *arguments: str, **options: object) -> Ran:
        return self._demo.run("--config", str(self.config), *arguments, **options)  # type: ignore[arg-type]


@pytest.fixture
def cached(demo: Demo, tmp_path: Path, request: pytest.FixtureRequest) -> Cached:
    return Cached(demo, f"{request.node.name[:40]}.toml", tmp_path)


def elsewhere(cached: Cached, server: socket.socket) -> None:
    """The same configuration, all of whose servers are `server`, which only listens."""
    port = server.getsockname()[1]
    text = cached.config.read_text()
    for line in text.splitlines():
        for name in ("imap", "smtp", "sieve"):
            if line.startswith(f"{name} ="):
                before = line.partition("port = ")[2].partition(",")[0].partition(" ")[0]
                text = text.replace(line, line.replace(f"port = {before}", f"port = {port}"))
    cached.config.write_text(text)


def test_offline_answers_from_the_copy_and_opens_no_connection(cached: Cached) -> None:
    there = cached.run("inbox", "--json", *ACCOUNT).document
    ref = there["messages"][1]["ref"]
    read = cached.run("read", ref, "--json", *ACCOUNT).document
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        elsewhere(cached, server)
        here = cached.run("inbox", "--json", "--offline", *ACCOUNT)
        assert here.code == 0, here.err
        assert "hors ligne, copie du " in here.err
        assert here.document["offline"] is True
        assert here.document["as_of"].startswith("20")
        assert [m["ref"] for m in here.document["messages"]] == [m["ref"] for m in there["messages"]]
        again = cached.run("read", ref, "--json", "--offline", *ACCOUNT)
        assert again.document["text"] == read["text"]
        assert again.document["headers"] == read["headers"]
        found = cached.run("inbox", "--json", "--offline", "--search", "ordonnance", *ACCOUNT).document
        assert [m["ref"] for m in found["messages"]] == [ref]
        assert found["on_server"] is False
        assert cached.run("status", "--json", "--offline").code == 0
        message = ("--to", "a@chu.demo.mssante.fr", "--subject", "x", "--body", "x")
        refused: tuple[tuple[int, tuple[str, ...]], ...] = (
            (20, ("traiter", ref)),
            (20, ("lu", ref)),
            (20, ("read", there["messages"][0]["ref"])),
            (20, ("read", ref, "--raw")),
            (20, ("send", "--draft", *message)),
            (11, ("send", *message)),
            (20, ("absence", "show")),
            (20, ("status", "--refresh")),
            (20, ("doctor",)),
            (20, ("annuaire", "update")),
            (0, ("outbox", "list")),
        )
        for code, arguments in refused:
            ran = cached.run(*arguments, "--offline", *ACCOUNT)
            assert ran.code == code, (arguments, ran)
            assert code != 20 or "ors ligne" in ran.err
        with pytest.raises(BlockingIOError):
            server.accept()


def test_without_a_copy_offline_says_so(demo: Demo) -> None:
    ran = demo.run("inbox", "--offline", *ACCOUNT)
    assert ran.code == 20
    assert "n'a pas de copie" in ran.err
    assert demo.run("status", "--offline", "--json").code == 0


def test_what_is_kept_is_shown_without_a_patient_and_cleared_without_the_key(cached: Cached) -> None:
    ref = cached.run("inbox", "--json", *ACCOUNT).document["messages"][1]["ref"]
    cached.run("read", ref, *ACCOUNT)
    shown = cached.run("cache", "show", "--json")
    document = shown.document
    assert document["encrypted"] is True
    held, other = document["accounts"]
    assert held["octets"] > 10_000
    assert [(f["folder"], f["messages"], f["read"]) for f in held["folders"]] == [("INBOX", 3, 1)]
    assert (other["octets"], other["folders"]) == (0, [])
    said = cached.run("cache", "show")
    assert "INBOX : 3 lignes, 1 messages lus, copie du 20" in said.out
    octets = b"".join(path.read_bytes() for path in cached.state.rglob("*") if path.is_file())
    for word in PATIENTS:
        assert word.decode() not in shown.out + said.out
        assert word not in octets
    (cached.copies.parent.parent.parent / "phrase").unlink()
    without_key = cached.run("cache", "show", "--json").document["accounts"][0]
    assert (without_key["octets"] > 0, without_key["folders"]) == (True, None)
    cleared = cached.run("cache", "clear", "--json", *ACCOUNT).document["cleared"]
    assert [one["octets"] > 10_000 for one in cleared] == [True]
    assert [path for path in cached.copies.iterdir() if path.stat().st_size] == []
    assert "pas de copie" in cached.run("cache", "clear").out


def test_a_draft_that_is_nowhere_else_is_counted_and_only_deleted_on_purpose(cached: Cached) -> None:
    cached.run("inbox", *ACCOUNT)
    (path,) = cached.copies.glob("*.db")
    database = vault.open_vault(path, ACCOUNT[1], Passphrase(Secret(PHRASE)))
    written = Draft("k", path.stem, to=("a@chu.demo.mssante.fr",), subject="Mme DUPOND")
    assert drafts.write(database, vault.mark_of(path), Sealed(written))
    database.close()
    shown = cached.run("cache", "show", "--json", *ACCOUNT)
    assert shown.document["accounts"][0]["drafts"] == 1
    said = cached.run("cache", "show", *ACCOUNT)
    assert "1 brouillon(s) qui ne sont pas sur le serveur" in said.out
    assert "DUPOND" not in shown.out + said.out
    refused = cached.run("cache", "clear")
    assert refused.code == 11
    assert "Rien n'a été effacé. « mss-tui » les enregistre et les propose" in refused.err
    assert path.exists()
    assert cached.run("cache", "clear", "--drafts").code == 0
    assert [left for left in cached.copies.iterdir() if not left.name.endswith(".lock")] == []
    assert cached.run("cache", "clear").code == 0


def test_no_cache_writes_and_reads_nothing(cached: Cached) -> None:
    assert cached.run("inbox", "--no-cache", *ACCOUNT).code == 0
    assert not cached.copies.exists()
    cached.run("inbox", *ACCOUNT)
    assert cached.run("inbox", "--no-cache", "--offline", *ACCOUNT).code == 20
    assert cached.run("inbox", "--offline", *ACCOUNT).code == 0


def test_a_look_at_one_message_takes_no_copys_place(cached: Cached) -> None:
    cached.run("inbox", *ACCOUNT)
    cached.run("inbox", "--limit", "1", *ACCOUNT)
    assert len(cached.run("inbox", "--json", "--offline", *ACCOUNT).document["messages"]) == 3


def test_a_key_that_is_not_the_one_is_said_and_mail_is_read_all_the_same(cached: Cached, tmp_path: Path) -> None:
    cached.run("inbox", *ACCOUNT)
    (tmp_path / "phrase").write_text("une autre phrase tout aussi longue\n")
    offline = cached.run("inbox", "--offline", *ACCOUNT)
    assert offline.code == 20
    assert "ne s'ouvre pas" in offline.err
    ran = cached.run("inbox", *ACCOUNT)
    assert (ran.code, ran.out.count("\n")) == (0, 3)
    assert "est refaite" in ran.err
    assert cached.run("inbox", "--offline", *ACCOUNT).code == 0


@pytest.mark.parametrize("phrase", ["", "courte", None])
def test_without_a_key_mail_stays_in_memory_and_that_is_said(
    cached: Cached, tmp_path: Path, phrase: str | None
) -> None:
    if phrase is None:
        (tmp_path / "phrase").unlink()
    else:
        (tmp_path / "phrase").write_text(phrase)
    ran = cached.run("inbox", *ACCOUNT)
    assert (ran.code, ran.out.count("\n")) == (0, 3)
    assert ran.err.count("mss-tui : ") == 1
    assert not cached.copies.exists()


def test_a_script_is_never_asked_for_a_passphrase(cached: Cached) -> None:
    config = cached.config.read_text()
    line = next(line for line in config.splitlines() if line.startswith("cache_key"))
    cached.config.write_text(config.replace(line, ""))
    ran = cached.run("inbox", "--no-prompt", *ACCOUNT)
    assert ran.code == 0
    assert "phrase de passe de la copie chiffrée n'a pas été donnée" in ran.err


def test_nothing_of_the_copy_is_loaded_where_none_is_asked_for() -> None:
    program = (
        "import sys; from mss_tui.cli.context import Context; import mss_tui.wiring, mss_tui.tui.app;"
        "sys.exit([m for m in sys.modules if 'sqlcipher' in m or 'mss_tui.adapters.cache' in m or m.endswith('cache')"
        " and m.startswith('mss_tui')])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False)
    assert done.stderr.strip() in (b"", b"[]")


@pytest.mark.terminal
@pytest.mark.parametrize(("wipe", "left"), [("true", False), ("false", True)])
def test_three_wrong_codes_delete_the_copy_where_the_profile_says_so(
    demo: Demo, tmp_path: Path, wipe: str, left: bool
) -> None:
    config = demo.config.read_text()
    lock = [(line, "") for line in config.splitlines() if line.startswith("lock")]
    wipes = ("[profiles.demo]\n", f"[profiles.demo]\ncache_wipe = {wipe}\n")
    cached = Cached(demo, f"wipe-{wipe}.toml", tmp_path, wipes, *lock)
    arguments = ("--config", str(cached.config))
    with Terminal("mss_tui", *arguments, **environment(tmp_path)) as terminal:
        terminal.wait("relevée à")
        terminal.settle()
        terminal.type("\x0c")
        terminal.wait("Écran verrouillé")
        for tries in ("2", "1"):
            terminal.type("faux\r")
            terminal.wait(f"Essais restants : {tries}")
        assert list(cached.copies.glob("*.db"))
        assert terminal.end("faux\r") == 21
    assert bool(list(cached.copies.glob("*.db"))) is left


@pytest.mark.terminal
def test_a_passphrase_is_asked_at_the_terminal_twice_the_first_time(demo: Demo, tmp_path: Path) -> None:
    cached = Cached(demo, "asked.toml", tmp_path)
    text = cached.config.read_text()
    line = next(line for line in text.splitlines() if line.startswith("cache_key"))
    cached.config.write_text(text.replace(line, ""))
    arguments = ("--config", str(cached.config), "inbox", *ACCOUNT)
    for questions in (("Nouvelle phrase de passe", "encore une fois"), ("Phrase de passe de la copie",)):
        with Terminal("mss_tui", *arguments, own=True, **environment(tmp_path)) as terminal:
            for question in questions:
                terminal.wait(question)
                terminal.type(PHRASE + "\r")
            terminal.wait("ordonnance")
            assert PHRASE.encode() not in terminal.written
            assert terminal.end("") == 0
        assert list(cached.copies.glob("*.db"))


def test_what_was_left_by_a_profile_that_keeps_no_more_is_shown_and_cleared(cached: Cached) -> None:
    cached.run("inbox", *ACCOUNT)
    cached.config.write_text(cached.config.read_text().replace('cache = "encrypted"', 'cache = "memory"'))
    assert "dr-martin : " in cached.run("cache", "show").out
    document = cached.run("cache", "show", "--json").document
    assert (document["encrypted"], document["accounts"][0]["folders"]) == (False, None)
    assert cached.run("cache", "clear").code == 0
    assert "dr-martin" not in cached.run("cache", "show").out


@pytest.mark.terminal
def test_a_command_that_shows_no_message_asks_for_no_passphrase(demo: Demo, tmp_path: Path) -> None:
    cached = Cached(demo, "not-asked.toml", tmp_path)
    text = cached.config.read_text()
    line = next(line for line in text.splitlines() if line.startswith("cache_key"))
    cached.config.write_text(text.replace(line, ""))
    ref = cached.run("inbox", "--json", "--no-cache", *ACCOUNT).document["messages"][0]["ref"]
    for arguments, seen in ((("annuaire", "stats"), "boîtes"), (("suivi", ref, *ACCOUNT), "suivi")):
        with Terminal("mss_tui", "--config", str(cached.config), *arguments, own=True, **environment(tmp_path)) as it:
            it.wait(seen)
            assert it.end("") == 0
            assert "hrase de passe" not in it.text


@pytest.mark.terminal
def test_a_copy_that_does_not_open_is_said_on_the_screen(demo: Demo, tmp_path: Path) -> None:
    cached = Cached(demo, "said.toml", tmp_path)
    cached.run("inbox", *ACCOUNT)
    (tmp_path / "phrase").write_text("une autre phrase tout aussi longue\n")
    with Terminal("mss_tui", "--config", str(cached.config), **environment(tmp_path)) as terminal:
        terminal.wait("elle est refaite.")
        terminal.wait("relevée à")
        assert terminal.end() == 0
