"""Whatever goes wrong: one French sentence on standard error, its exit code, nothing on standard output."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import threading
from pathlib import Path

import pytest

from tests.cli.conftest import MSS_TUI, Demo, Ran, Run, environment, run_in

SOPHIE = "sophie.petitjean@infirmier.demo.mssante.fr"


def _one_sentence(ran: Ran, code: int, *words: str) -> None:
    assert (ran.code, ran.out) == (code, ""), ran.err
    assert ran.err.startswith("mss-tui : ")
    assert ran.err.count("\n") == 1
    for word in words:
        assert word in ran.err


@pytest.fixture(scope="module")
def secret_command(demo: Demo) -> str:
    """The value of auth.command of the demo's first account."""
    line = next(line for line in demo.config.read_text().splitlines() if line.startswith("auth ="))
    return line[line.index("[") : line.index("]") + 1]


def test_a_wrong_password(demo: Demo, secret_command: str) -> None:
    wrong = demo.config.with_name("wrong.secret")
    wrong.write_text("pas celui-la\n")
    config = demo.changed("wrong.toml", (secret_command, f'["/bin/cat", "{wrong}"]'))
    ran = run_in(demo.home, ("--config", str(config), "inbox"))
    _one_sentence(ran, 21, "La messagerie a refusé l'authentification.", "pas essayée une seconde fois")
    assert "pas celui-la" not in ran.err


def test_a_certificate_of_another_authority(demo: Demo, tmp_path: Path) -> None:
    from mss_tui.demo import certificate

    other = tmp_path / "autre.pem"
    certificate.make(other)
    config = demo.changed("ca.toml", (demo.line["ca"], str(other)))
    ran = run_in(demo.home, ("--config", str(config), "inbox"))
    _one_sentence(ran, 20, "l'autorité du certificat n'est pas celle que le profil nomme", "Rien ne lui a été envoyé.")


class _Cut:
    """A way to a server that ends after so many octets from there; `passed` counts them."""

    def __init__(self, port: int, after: int) -> None:
        self._up, self._after, self.passed = port, after, 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve)

    def __enter__(self) -> _Cut:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._listener.close()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                with client, socket.create_connection(("127.0.0.1", self._up)) as server:
                    sending = threading.Thread(target=_copy, args=(client, server))
                    sending.start()
                    while self.passed < self._after and (block := server.recv(min(65536, self._after - self.passed))):
                        self.passed += len(block)
                        client.sendall(block)
                    for end in (client, server):
                        with contextlib.suppress(OSError):
                            end.shutdown(socket.SHUT_RDWR)
                    sending.join()


def _copy(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while block := source.recv(65536):
            target.sendall(block)


def test_the_server_goes_away_in_the_middle_of_the_list(demo: Demo) -> None:
    direct = f"port = {demo.line['imap']['port']}, "
    with _Cut(demo.line["imap"]["port"], 1 << 30) as whole:
        config = demo.changed("whole.toml", (direct, f"port = {whole.port}, "))
        assert run_in(demo.home, ("--config", str(config), "inbox")).code == 0
    with _Cut(demo.line["imap"]["port"], whole.passed - 1000) as cut:
        config = demo.changed("cut.toml", (direct, f"port = {cut.port}, "))
        _one_sentence(run_in(demo.home, ("--config", str(config), "inbox", "--json")), 20)


def test_a_server_that_is_not_there(demo: Demo) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        config = demo.changed("gone.toml", (f"port = {demo.line['imap']['port']}, ", f"port = {port}, "))
        _one_sentence(run_in(demo.home, ("--config", str(config), "inbox")), 20, "127.0.0.1")


def test_an_unknown_profile_key(demo: Demo) -> None:
    config = demo.changed("key.toml", ("accounts =", "acounts ="))
    ran = run_in(demo.home, ("--config", str(config), "inbox"))
    _one_sentence(ran, 2, str(config), "profiles.demo.acounts", "Vouliez-vous dire « accounts » ?")


def test_an_attachment_that_does_not_exist(demo: Demo) -> None:
    ran = demo.run("send", "--to", SOPHIE, "--subject", "Avis", "--body", "Bonjour", "--attach", "/nulle/part.pdf")
    _one_sentence(ran, 2, "« /nulle/part.pdf » n'existe pas", "Rien n'a été envoyé.")


@pytest.mark.parametrize("command", ["check", "send"])
def test_an_address_that_is_none(demo: Demo, command: str) -> None:
    ran = demo.run(command, "--to", "anne lefebvre", "--subject", "Avis", "--body", "Merci pour tout.")
    assert ran.code == 10
    assert "« anne lefebvre » n'est pas une adresse" in ran.out
    _one_sentence(demo.run("annuaire", "verify", "anne lefebvre"), 2, "« anne lefebvre » n'est pas une adresse.")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("read", "demain"), "« demain » n'est pas une référence de message."),
        (
            ("read", "1:999"),
            "n'est plus dans « INBOX ». Relisez la liste (à la ligne de commande : « mss-tui inbox »).",
        ),
        (("read", "--file", "/nulle/part.eml"), "« /nulle/part.eml » n'existe pas"),
        (("inbox", "--folder", "Nulle part"), "Pas de dossier « Nulle part »"),
        (("inbox", "--account", "autre"), "Le profil n'a pas de boîte « autre »."),
        (("inbox", "--profile", "dmo"), "Vouliez-vous dire « demo » ?"),
        (("send", "--confirm", "objet.absnt=oui", "--to", SOPHIE), "Vouliez-vous dire « objet.absent » ?"),
        (("send", "--to", SOPHIE, "message.eml"), "Un fichier .eml ne va pas avec --to"),
        (("send", "--to", SOPHIE, "--body", "a", "--body-file", "b"), "ne vont pas ensemble"),
        (("check",), "L'entrée standard ne donne pas de message."),
        (("check", "--batch", "/nulle/part"), "« /nulle/part » n'existe pas"),
        (("annuaire", "show", "personne@medecin.demo.mssante.fr"), "non publiée dans l'Annuaire Santé"),
    ],
)
def test_what_is_not_there(demo: Demo, arguments: tuple[str, ...], words: str) -> None:
    _one_sentence(demo.run(*arguments), 2, words)


def test_a_message_from_another_mailbox_is_not_sent(demo: Demo) -> None:
    letter = f"From: autre@medecin.demo.mssante.fr\nTo: {SOPHIE}\nSubject: Avis\n\nMerci.\n"
    _one_sentence(demo.run("send", input=letter), 2, "Ce message vient de autre@medecin.demo.mssante.fr")


def _with_output(home: Path, redirection: str, *arguments: str) -> tuple[int, str]:
    """The exit code and standard error of a run whose standard output a shell has redirected."""
    line = ["/bin/sh", "-c", f'exec "$@" {redirection}', "sh", *MSS_TUI, *arguments]
    done = subprocess.run(
        line, env=environment(home), stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=60
    )
    return done.returncode, done.stderr.decode()


@pytest.mark.parametrize("redirection", ["> /dev/full", ">&-"])
@pytest.mark.parametrize("arguments", [("help",), ("--version",), ("help", "--json")])
def test_an_answer_that_cannot_be_written_is_told(tmp_path: Path, redirection: str, arguments: tuple[str, ...]) -> None:
    code, told = _with_output(tmp_path, redirection, *arguments)
    assert code == 13
    assert told.startswith("mss-tui : La réponse n'a pas pu être écrite sur la sortie standard. Ce qui était demandé")
    assert told.count("\n") == 1


@pytest.mark.parametrize("redirection", ["<&- >&- 2>&-", "> /dev/full 2> /dev/full"])
def test_the_exit_code_stands_where_nothing_can_be_told(tmp_path: Path, redirection: str) -> None:
    assert _with_output(tmp_path, redirection, "help") == (13, "")


def test_a_reader_that_leaves_is_no_error(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as pipe:
        done = subprocess.run(
            [*MSS_TUI, "help"], env=environment(tmp_path), stdin=subprocess.DEVNULL, stdout=pipe,
            stderr=subprocess.PIPE, check=False, timeout=60,
        )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, b"")


def test_without_configuration_the_way_out_is_said(run: Run) -> None:
    _one_sentence(run("inbox"), 2, "Aucune configuration", "mss-tui demo")


@pytest.fixture(scope="module")
def asking(demo: Demo, secret_command: str) -> Path:
    """A configuration that says nothing of the password."""
    return demo.changed("asking.toml", (f", command = {secret_command}", ""))


def test_a_launch_without_a_terminal_never_prompts(demo: Demo, asking: Path) -> None:
    ran = run_in(demo.home, ("--config", str(asking), "inbox", "--account", "dr-martin"))
    _one_sentence(ran, 21, "personne à qui le demander", "--password-fd")


def test_a_terminal_is_not_asked_where_that_is_forbidden(demo: Demo, asking: Path) -> None:
    ours, theirs = os.openpty()
    arguments = ("--config", str(asking), "--no-prompt", "inbox", "--account", "dr-martin")
    _one_sentence(run_in(demo.home, arguments, stdin=theirs), 21, "personne à qui le demander")
    os.close(theirs)
    os.close(ours)


def test_the_password_comes_by_a_descriptor(demo: Demo, asking: Path) -> None:
    reader, writer = os.pipe()
    os.write(writer, demo.line["accounts"][0]["password"].encode() + b"\n")
    os.close(writer)
    arguments = ("--config", str(asking), "--account", "dr-martin", "--password-fd", str(reader), "inbox", "--json")
    ran = run_in(demo.home, arguments, pass_fds=(reader,))
    os.close(reader)
    assert (ran.code, ran.document["total"]) == (0, 3)


def _hearing_signals() -> None:
    """As a terminal starts programs, whatever started the tests."""
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_ends_it_with_its_code(demo: Demo, number: signal.Signals) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        config = demo.changed("silent.toml", (f"port = {demo.line['imap']['port']}, ", f"port = {port}, "))
        command = [*MSS_TUI, "--config", str(config), "inbox", "--json"]
        with subprocess.Popen(
            command, env=environment(demo.home), stdout=-1, stderr=-1, preexec_fn=_hearing_signals
        ) as process:
            connection, _ = silent.accept()
            process.send_signal(number)
            out, err = process.communicate(timeout=30)
            connection.close()
    assert (process.returncode, out) == (128 + number, b"")
    assert err.decode().startswith("mss-tui : ")
    assert err.count(b"\n") == 1


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_in_the_middle_of_a_sending_loses_nothing(demo: Demo, number: signal.Signals) -> None:
    subject = f"Interrompu par {number.name}"
    with socket.create_server(("127.0.0.1", 0)) as silent:
        direct, port = demo.line["smtp"]["port"], silent.getsockname()[1]
        config = demo.changed("mute.toml", (f"port = {direct}, ", f"port = {port}, "))
        command = [*MSS_TUI, "--config", str(config), "send", "--to", SOPHIE, "--subject", subject, "--body", "Merci."]
        with subprocess.Popen(
            command, env=environment(demo.home), stdout=-1, stderr=-1, preexec_fn=_hearing_signals
        ) as process:
            connection, _ = silent.accept()
            process.send_signal(number)
            process.communicate(timeout=30)
            connection.close()
    assert process.returncode == 128 + number
    kept = demo.run("inbox", "--json", "--folder", "Brouillons").document["messages"]
    assert [message["subject"] for message in kept].count(subject) == 1
    states = [message["state"] for message in demo.run("outbox", "list", "--json").document["messages"]]
    assert set(states) <= {"draft"}
    lines = demo.run("journal", "--json", "--last", "2").document["entries"]
    assert [(line["act"], line["phase"]) for line in lines] == [("send", "intent"), ("send", "failed")]


def test_a_signal_that_was_set_aside_does_not_end_it(demo: Demo) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        config = demo.changed("silent.toml", (f"port = {demo.line['imap']['port']}, ", f"port = {port}, "))
        command = ["nohup", *MSS_TUI, "--config", str(config), "inbox", "--json"]
        with subprocess.Popen(command, env=environment(demo.home), stdin=-3, stdout=-1, stderr=-1) as process:
            connection, _ = silent.accept()
            process.send_signal(signal.SIGHUP)
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=30)
            connection.close()
    assert process.returncode == 143


def test_who_reads_no_further_hears_nothing_of_it(demo: Demo) -> None:
    command = [*MSS_TUI, "--config", str(demo.config), "help"]
    with subprocess.Popen(command, env=environment(demo.home), stdout=-1, stderr=-1) as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.stderr is not None
        assert process.stderr.read() == b""
    assert process.returncode == 0
