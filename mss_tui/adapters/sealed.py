"""A private file that only its key opens: ChaCha20-Poly1305 (RFC 8439) under a key of its own (HKDF, RFC 5869).

What stands in it is neither read nor changed without the key. A file that does not open is an error, never an empty
one: nothing takes its place until somebody says so (`set_aside`).
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from mss_tui.adapters.store import Tell, private_directory, read_private, replace_private, set_aside, unusable
from mss_tui.errors import MssError
from mss_tui.phrase import Phrase, say
from mss_tui.text import clean

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

MAGIC = b"MSSREG1\n"
KEY_ID, SALT = 8, 24
_NONCE = bytes(12)
"""Fixed: each writing has a salt, and so a key, of its own."""


class SealedFile:
    """The octets of `path`, sealed with what `keys` gives.

    Args:
        label: what the file is; bound to its content, so that one sealed file cannot stand for another.
        keys: the key that seals, then others that may open what was sealed before.
    """

    def __init__(self, path: Path, label: str, keys: Callable[[], tuple[bytes, ...]]) -> None:
        self.path = path
        self._label = label.encode()
        self._keys = keys

    def read(self) -> bytes | None:
        """What is in it; None when it is not there.

        Raises:
            MssError: it cannot be read, is damaged, or was sealed with another key.
        """
        try:
            data = read_private(self.path)
        except OSError as error:
            raise unusable(self.path, error) from error
        except ValueError:
            raise self._closed(say("il est trop long")) from None
        if data is None:
            return None
        from cryptography.exceptions import InvalidTag  # 7 MB, for those who have such a file

        head, sealed = data[: len(MAGIC) + KEY_ID + SALT], data[len(MAGIC) + KEY_ID + SALT :]
        if not head.startswith(MAGIC) or not sealed:
            raise self._closed(say("il est abîmé"))
        named = head[len(MAGIC) : len(MAGIC) + KEY_ID]
        key = next((k for k in self._keys() if hmac.compare_digest(named, _key_id(k))), None)
        if key is None:
            raise self._closed(say("il a été scellé avec une autre clé"))
        try:
            return self._cipher(key, head[-SALT:]).decrypt(_NONCE, sealed, head + self._label)
        except InvalidTag:
            raise self._closed(say("il est abîmé")) from None

    def write(self, data: bytes) -> None:
        """Put `data` in its place, whole; only under a lock.

        Raises:
            MssError: it could not be written; the old one is as it was.
        """
        private_directory(self.path.parent)
        key, salt = self._keys()[0], secrets.token_bytes(SALT)
        head = MAGIC + _key_id(key) + salt
        sealed = self._cipher(key, salt).encrypt(_NONCE, data, head + self._label)
        try:
            replace_private(self.path, head + sealed)
        except OSError as error:
            raise unusable(self.path, error) from error

    def set_aside(self, tell: Tell) -> bool:
        """Keep a file that does not open under another name, and say so; was there one?

        Raises:
            MssError: it cannot be renamed.
        """
        try:
            self.read()
        except MssError:
            try:
                set_aside(self.path, tell)
            except OSError as error:
                raise unusable(self.path, error) from error
            return True
        return False

    def _cipher(self, key: bytes, salt: bytes) -> ChaCha20Poly1305:
        from cryptography.hazmat.primitives import hashes
        from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
        from cryptography.hazmat.primitives.kdf.hkdf import HKDF

        return ChaCha20Poly1305(HKDF(hashes.SHA256(), 32, salt, b"mss-tui registre\n" + self._label).derive(key))

    def _closed(self, why: Phrase) -> MssError:
        return MssError(
            say("Le registre « {path} » ne s'ouvre pas : {why}.", path=clean(str(self.path)), why=why),
            meaning=say("Rien n'y a été changé. Les règles demandent ce qu'elles ne peuvent pas y lire."),
            remedy=say(
                "Remettez le fichier ou la clé (machine.key, ou cache_key du profil). Pour repartir d'un registre "
                "vide en gardant celui-ci à côté : « mss-tui patient recommencer »."
            ),
        )


def _key_id(key: bytes) -> bytes:
    """Tells keys apart without telling anything of them."""
    return hmac.new(key, b"mss-tui key id", hashlib.sha256).digest()[:KEY_ID]
