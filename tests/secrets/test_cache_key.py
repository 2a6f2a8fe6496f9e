"""Where the key of the encrypted copy comes from."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from mss_tui.adapters import secrets_keyring
from mss_tui.adapters.cache.key import KeySource, Passphrase, RawKey
from mss_tui.errors import AuthRefused, ConfigError
from mss_tui.model.people import Caching
from mss_tui.ports.secrets import Secret
from tests.secrets import backends

SALT = bytes(16)
PHRASE = "cheval pile agrafe"


class Keeping(backends.Good):
    """A keyring that keeps what it is given."""

    kept: dict[tuple[str, str], str] = {}  # noqa: RUF012 - emptied by the fixture

    def get_password(self, service: str, user: str) -> str | None:
        return self.kept.get((service, user))

    def set_password(self, service: str, user: str, secret: str) -> None:
        self.kept[service, user] = secret


@pytest.fixture
def keyring(monkeypatch: pytest.MonkeyPatch) -> dict[tuple[str, str], str]:
    monkeypatch.setattr(backends, "Keeping", Keeping, raising=False)
    Keeping.kept.clear()
    return Keeping.kept


def prints(text: str) -> tuple[str, ...]:
    return (sys.executable, "-c", f"print({text!r})")


async def test_a_key_of_256_random_bits_is_put_in_the_keyring_once(keyring: dict[tuple[str, str], str]) -> None:
    def source() -> KeySource:
        return KeySource("garde", Caching(keyring=True), environ={}, backends=("tests.secrets.backends:Keeping",))

    first = await source().key()
    assert isinstance(first, RawKey)
    assert list(keyring) == [("mss-tui", "cache/garde")]
    assert bytes.fromhex(keyring["mss-tui", "cache/garde"]) == first.octets(SALT)
    assert len(first.octets(SALT)) == 32
    assert (await source().key()).octets(SALT) == first.octets(SALT)
    keyring.clear()
    assert (await source().key()).octets(SALT) != first.octets(SALT)


async def test_something_else_in_the_keyring_is_no_key(keyring: dict[tuple[str, str], str]) -> None:
    keyring["mss-tui", "cache/garde"] = "du-trousseau"
    source = KeySource("garde", Caching(keyring=True), environ={}, backends=("tests.secrets.backends:Keeping",))
    with pytest.raises(ConfigError, match="n'est pas une clé"):
        await source.key()


@pytest.mark.parametrize(
    ("backend", "error", "sentence"),
    [
        ("Absent", ConfigError, "pas de trousseau utilisable"),
        ("Broken", ConfigError, "pas de trousseau utilisable"),
        ("Locked", AuthRefused, "verrouillé"),
        ("Odd", ConfigError, "ne répond pas"),
    ],
)
async def test_a_keyring_that_cannot_be_used_is_one_sentence(
    backend: str, error: type[Exception], sentence: str
) -> None:
    source = KeySource("garde", Caching(keyring=True), environ={}, backends=(f"tests.secrets.backends:{backend}",))
    with pytest.raises(error, match=sentence):
        await source.key()


def test_only_back_ends_of_the_list_are_used() -> None:
    assert KeySource("garde", Caching(keyring=True))._backends == secrets_keyring.ALLOWED


async def test_a_command_or_a_credential_gives_a_passphrase(tmp_path: Path) -> None:
    (tmp_path / "cache.garde").write_text(PHRASE + "\n")
    environ = {"CREDENTIALS_DIRECTORY": str(tmp_path)}
    by_command = await KeySource("garde", Caching(command=prints(PHRASE)), environ={}).key()
    by_credential = await KeySource("garde", Caching(), environ=environ).key()
    assert by_command.octets(SALT) == by_credential.octets(SALT) == Passphrase(Secret(PHRASE)).octets(SALT)
    assert by_command.octets(bytes([1] * 16)) != by_command.octets(SALT)
    assert not KeySource("garde", Caching(), environ=environ).asks


async def test_a_short_passphrase_is_refused() -> None:
    with pytest.raises(ConfigError, match="moins de 12 caractères"):
        await KeySource("garde", Caching(command=prints("onze carac.")), environ={}).key()


async def test_the_user_is_asked_once_and_may_give_up() -> None:
    asked = []

    async def answer() -> Secret:
        asked.append(1)
        return Secret(PHRASE)

    async def nothing() -> None:
        return None

    source = KeySource("garde", Caching(), ask=answer, environ={})
    assert source.asks
    await source.key()
    await source.key()
    assert asked == [1]
    for ask in (nothing, None):
        with pytest.raises(AuthRefused, match="n'a pas été donnée"):
            await KeySource("garde", Caching(), ask=ask, environ={}).key()


def test_argon2id_is_what_rfc_9106_recommends() -> None:
    """RFC 9106 §4, second choice: 64 MiB, 3 passes, 4 lanes, 256 bits; the vector is that of the reference library."""
    from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

    expected = Argon2id(salt=SALT, length=32, iterations=3, lanes=4, memory_cost=65_536).derive(PHRASE.encode())
    assert Passphrase(Secret(PHRASE)).octets(SALT) == expected
