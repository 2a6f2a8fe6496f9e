"""The keyring of the Linux kernel (keyrings(7)): a password typed once, for some minutes, in no file and no process.

Two system calls through ctypes: the packages that wrap them have not moved for years. The key belongs to the user's
keyring, is read by programs of this user alone, and goes by itself when its minutes are over or the machine stops.
"""

from __future__ import annotations

import ctypes
import errno
import os
import sys

from mss_tui.errors import ConfigError
from mss_tui.phrase import say
from mss_tui.ports.secrets import Secret
from mss_tui.text import clean

_GENERIC = (217, 219)
_CALLS = {"x86_64": (248, 250), "aarch64": _GENERIC, "riscv64": _GENERIC, "loongarch64": _GENERIC}
"""add_key and keyctl, where programs have 64 bits."""

_USER_KEYRING, _SESSION_KEYRING = -4, -3
_SETPERM, _LINK, _SEARCH, _READ, _SET_TIMEOUT, _INVALIDATE = 5, 8, 10, 11, 15, 21
_MINE = 0x3F0B0000
"""Everything for whoever holds it; to view, read and find it for this user; nothing for others."""
_GONE = {errno.ENOKEY, errno.EKEYEXPIRED, errno.EKEYREVOKED}
_KIND = b"user"
_MAX_OCTETS = 4096


class KernelKeys:
    """Keys by name in the user's keyring of the kernel."""

    def read(self, name: str) -> Secret | None:
        """The secret kept under `name`; None where there is none any more.

        Raises:
            ConfigError: this system has no such keyring, or forbids it.
        """
        try:
            number = self._search(name)
            buffer = ctypes.create_string_buffer(_MAX_OCTETS)
            length = _call(1, _READ, number, buffer, len(buffer))
            text = buffer.raw[: min(length, len(buffer))].decode()
            ctypes.memset(buffer, 0, len(buffer))
        except OSError as error:
            if error.errno in _GONE:
                return None
            raise _absent(error) from error
        except UnicodeDecodeError:
            return None
        return Secret(text) if text else None

    def keep(self, name: str, secret: Secret, minutes: int) -> None:
        """Keep `secret` under `name` for `minutes`.

        Raises:
            ConfigError: this system has no such keyring, or forbids it.
        """
        data = secret.reveal().encode()
        try:
            number = _call(0, _KIND, name.encode(), data, len(data), _USER_KEYRING)
            _call(1, _SET_TIMEOUT, number, minutes * 60)
            _call(1, _SETPERM, number, _MINE)
        except OSError as error:
            raise _absent(error) from error

    def drop(self, name: str) -> None:
        """Take it away; that it is not there is no fault."""
        try:
            _call(1, _INVALIDATE, self._search(name))
        except OSError:
            return

    @staticmethod
    def _search(name: str) -> int:
        try:
            return _call(1, _SEARCH, _USER_KEYRING, _KIND, name.encode(), 0)
        except OSError as error:
            if error.errno != errno.EACCES:
                raise
        _call(1, _LINK, _USER_KEYRING, _SESSION_KEYRING)  # a session of its own does not see the user's keyring
        return _call(1, _SEARCH, _USER_KEYRING, _KIND, name.encode(), 0)


def _call(which: int, *arguments: bytes | int | ctypes.Array[ctypes.c_char]) -> int:
    """add_key (0) or keyctl (1).

    Raises:
        OSError: what the kernel says.
    """
    numbers = _CALLS.get(os.uname().machine)
    if numbers is None or not sys.platform.startswith("linux") or sys.maxsize < 2**32:
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))
    library = ctypes.CDLL(None, use_errno=True)
    library.syscall.restype = ctypes.c_long
    made = [ctypes.c_long(one) if isinstance(one, int) else one for one in arguments]
    result = int(library.syscall(ctypes.c_long(numbers[which]), *made))
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    return result


def _absent(error: OSError) -> ConfigError:
    return ConfigError(
        say("Le trousseau du noyau n'est pas utilisable ici."),
        remedy=say("Retirez auth.kernel_minutes : le mot de passe sera demandé à chaque fois."),
        detail=clean(error.strerror or ""),
    )
