"""Where passwords come from."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from mss_tui.adapters import secrets, secrets_command, secrets_keyring
from mss_tui.adapters.secrets import SecretChain
from mss_tui.errors import AuthRefused, ConfigError, DeadlinePassed, UsageError
from mss_tui.model.people import Account, Auth, AuthMethod, Endpoint, MailboxType
from mss_tui.model.policy import Policy
from mss_tui.ports.secrets import Secret

SERVER = Endpoint("127.0.0.1", 143)
ACCOUNT = Account("ehpad", "a@b.mssante.fr", MailboxType.ORG, Policy("p", "p"), SERVER, SERVER)


def _python(program: str, **auth: object) -> Account:
    command = (sys.executable, "-c", program)
    return replace(ACCOUNT, auth=replace(Auth(command=command), **auth))  # type: ignore[arg-type]


@contextlib.contextmanager
def _pipe(data: bytes) -> Iterator[int]:
    reader, writer = os.pipe()
    os.write(writer, data)
    os.close(writer)
    yield reader
    with pytest.raises(OSError, match="Bad file"):
        os.fstat(reader)


@pytest.mark.parametrize(
    ("data", "expected"),
    [(b"s3cret", "s3cret"), (b"s3cret\n", "s3cret"), ("é ü\n".encode(), "é ü"), (b"x" * 4096, "x" * 4096)],
)
async def test_a_descriptor_gives_the_password_and_is_closed(data: bytes, expected: str) -> None:
    with _pipe(data) as fd:
        chain = SecretChain(password_fd=fd)
        assert (await chain.of(ACCOUNT)).reveal() == expected
        assert (await chain.of(ACCOUNT)).reveal() == expected


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "ne donne rien"),
        (b"\n", "ne donne rien"),
        (b"a\n\n", "plusieurs lignes"),
        (b"a\0b", "plusieurs lignes"),
        (b"\xff\xfe", "pas de l'UTF-8"),
        (b"x" * 4097, "plus de 4 Ko"),
    ],
)
async def test_what_cannot_be_a_password_is_refused(data: bytes, sentence: str) -> None:
    with _pipe(data) as fd, pytest.raises(ConfigError, match=f"--password-fd.*{sentence}"):
        await SecretChain(password_fd=fd).of(ACCOUNT)


async def test_a_descriptor_that_is_not_open_is_a_usage_error() -> None:
    with pytest.raises(UsageError, match="Le descripteur 99 de --password-fd"):
        await SecretChain(password_fd=99).of(ACCOUNT)


async def test_a_descriptor_nobody_closes_does_not_hold_us(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(secrets, "FD_SECONDS", 0.05)
    reader, writer = os.pipe()
    with pytest.raises(DeadlinePassed):
        await SecretChain(password_fd=reader).of(ACCOUNT)
    os.close(writer)


async def test_the_descriptor_is_for_one_account_when_it_says_so() -> None:
    with _pipe(b"s3cret") as fd:
        chain = SecretChain(password_fd=fd, fd_account="ehpad")
        with pytest.raises(AuthRefused):
            await chain.of(replace(ACCOUNT, id="autre"))
        assert (await chain.of(ACCOUNT)).reveal() == "s3cret"


async def test_a_command_gives_its_first_line() -> None:
    assert (await SecretChain().of(_python("print('s3cret'); print('user: x')"))).reveal() == "s3cret"


async def test_a_command_sees_no_terminal_input_and_few_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MSS_PRIVATE", "1")
    program = "import os, sys; print(sys.stdin.read() == '' and sorted(set(os.environ) - {'LC_CTYPE'}))"
    seen = (await SecretChain().of(_python(program))).reveal()
    assert "MSS_PRIVATE" not in seen
    assert "'PATH'" in seen


async def test_no_shell_reads_a_command(tmp_path: Path) -> None:
    account = replace(ACCOUNT, auth=Auth(command=("printenv; touch", str(tmp_path / "made"))))
    with pytest.raises(ConfigError, match="ne peut pas être lancée"):
        await SecretChain().of(account)
    assert not (tmp_path / "made").exists()


@pytest.mark.parametrize(
    ("program", "sentence"),
    [
        ("import sys; sys.exit('gpg: \\x1b[31mNo secret key')", r"a échoué \(code 1\).*« gpg: ␛\[31mNo secret key »"),
        ("pass", "ne donne rien"),
        ("print('x' * 5000)", "plus de 4 Ko"),
        ("print('x' * 100_000)", "plus de 16 Ko"),
    ],
)
async def test_a_command_that_fails_is_said(program: str, sentence: str) -> None:
    with pytest.raises(ConfigError, match=sentence):
        await SecretChain().of(_python(program))


async def test_a_command_that_hangs_meets_its_deadline() -> None:
    with pytest.raises(DeadlinePassed, match="n'a pas fini"):
        await secrets_command.run((sys.executable, "-c", "import signal; signal.pause()"), os.environ, seconds=0.05)


async def test_a_command_that_is_given_up_ends_with_what_it_started(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "alive")
    grandchild = "import signal, sys; held = open(sys.argv[1], 'w'); signal.pause()"
    child = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {grandchild!r}, sys.argv[1]])"
    command = (sys.executable, "-c", child, str(tmp_path / "alive"))
    running = asyncio.create_task(secrets_command.run(command, os.environ))
    held = await asyncio.to_thread(os.open, tmp_path / "alive", os.O_RDONLY)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert os.read(held, 1) == b""  # comes when nobody holds the other end
    os.close(held)


async def test_a_refused_password_is_not_offered_again() -> None:
    chain = SecretChain()
    account = _python("print('s3cret')")
    await chain.of(account)
    chain.forget(account)
    with pytest.raises(AuthRefused, match=r"Le mot de passe de a@b\.mssante\.fr a été refusé\."):
        await chain.of(account)


async def test_after_a_refusal_a_command_with_a_new_token_is_asked_once_more(tmp_path: Path) -> None:
    count = tmp_path / "count"
    program = f"import pathlib; p = pathlib.Path({str(count)!r}); p.open('a').write('x'); print('t' + p.read_text())"
    chain, account = SecretChain(), _python(program, method=AuthMethod.TOKEN)
    assert (await chain.of(account)).reveal() == "tx"
    chain.forget(account)
    assert (await chain.of(account)).reveal() == "txx"


async def test_a_token_with_a_lifetime_is_kept_and_one_without_is_not() -> None:
    program = "import json, os; print(json.dumps({'access_token': str(os.getpid()), 'expires_in': %s}))"
    chain = SecretChain()
    lasting = _python(program % 3600, method=AuthMethod.TOKEN)
    assert (await chain.of(lasting)).reveal() == (await chain.of(lasting)).reveal()
    ending = replace(_python(program % 10, method=AuthMethod.TOKEN), id="ending")
    assert (await chain.of(ending)).reveal() != (await chain.of(ending)).reveal()


@pytest.mark.parametrize("program", ["print('{')", "print('{}')", "print('two words')", "print('é')"])
async def test_what_is_no_token_is_said(program: str) -> None:
    with pytest.raises(ConfigError, match="jeton lisible"):
        await SecretChain().of(_python(program, method=AuthMethod.TOKEN))


async def test_systemd_credentials_are_looked_up_by_account(tmp_path: Path) -> None:
    (tmp_path / "ehpad").write_text("s3cret\n")
    chain = SecretChain(environ={"CREDENTIALS_DIRECTORY": str(tmp_path)})
    assert (await chain.of(ACCOUNT)).reveal() == "s3cret"
    with pytest.raises(AuthRefused):
        await chain.of(replace(ACCOUNT, id="autre"))


async def test_without_a_way_and_without_a_terminal_it_says_both() -> None:
    with pytest.raises(AuthRefused, match=r"personne à qui le demander\. Donnez --password-fd, ou auth\.command"):
        await SecretChain().of(ACCOUNT)


async def test_the_user_is_asked_last_and_may_give_up() -> None:
    answers = [Secret("donne"), None]

    async def ask(account: Account) -> Secret | None:
        return answers.pop(0)

    chain = SecretChain(ask=ask)
    assert (await chain.of(ACCOUNT)).reveal() == "donne"
    assert (await chain.of(ACCOUNT)).reveal() == "donne"
    chain.forget(ACCOUNT)
    with pytest.raises(AuthRefused, match="n'a pas été donné"):
        await chain.of(ACCOUNT)


async def test_asking_ahead_asks_only_for_what_only_the_user_knows(tmp_path: Path) -> None:
    asked: list[str] = []

    async def ask(account: Account) -> Secret | None:
        asked.append(account.id)
        return Secret("donne")

    (tmp_path / "systemd").write_text("s3cret")
    accounts = [replace(ACCOUNT, id="seul"), replace(ACCOUNT, id="systemd"), replace(_python(""), id="commande")]
    chain = SecretChain(ask=ask, environ={"CREDENTIALS_DIRECTORY": str(tmp_path)})
    await chain.ask_ahead(accounts)
    assert asked == ["seul"]
    assert (await chain.of(accounts[0])).reveal() == "donne"
    with pytest.raises(AuthRefused, match="personne à qui le demander"):
        await chain.of(replace(ACCOUNT, id="autre"))


async def test_psc_without_a_relay_is_said() -> None:
    with pytest.raises(ConfigError, match="Pro Santé Connect n'est pas préparé"):
        await SecretChain().of(replace(ACCOUNT, auth=Auth(AuthMethod.PSC)))


def _keyring(*names: str) -> SecretChain:
    return SecretChain(backends=tuple(f"tests.secrets.backends:{name}" for name in names))


KEYRING = replace(ACCOUNT, auth=Auth(keyring=True))


async def test_the_keyring_is_used_only_where_the_profile_asks_for_it() -> None:
    chain = _keyring("Absent", "Broken", "Missing", "Good")
    assert (await chain.of(KEYRING)).reveal() == "du-trousseau"
    with pytest.raises(AuthRefused):
        await chain.of(replace(ACCOUNT, id="sans"))
    with pytest.raises(AuthRefused):
        await chain.of(replace(KEYRING, id="vide", address="x@b.mssante.fr"))


@pytest.mark.parametrize(
    ("name", "error", "sentence"),
    [
        ("Locked", AuthRefused, "Le trousseau est verrouillé"),
        ("Odd", ConfigError, "ne répond pas comme il faut"),
        ("Absent", ConfigError, "pas de trousseau utilisable"),
    ],
)
async def test_a_keyring_that_cannot_answer_is_one_sentence(name: str, error: type, sentence: str) -> None:
    with pytest.raises(error, match=sentence):
        await _keyring(name).of(KEYRING)


async def test_a_keyring_that_never_answers_does_not_hold_us(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(secrets_keyring, "SECONDS", 0.05)
    with pytest.raises(DeadlinePassed):
        await _keyring("Silent").of(KEYRING)


async def test_no_variable_brings_another_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "tests.secrets.backends.Good")
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent")
    with pytest.raises(ConfigError, match="pas de trousseau utilisable"):
        await SecretChain().of(KEYRING)
