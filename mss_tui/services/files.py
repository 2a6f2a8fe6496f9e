"""Files of the user: what is attached by its path, what is saved."""

from __future__ import annotations

import mimetypes
import os
import stat
from pathlib import Path

from mss_tui.errors import UsageError
from mss_tui.mime.names import safe_name
from mss_tui.model.draft import LocalFile
from mss_tui.phrase import say
from mss_tui.text import clean

_OWN_TYPES = {".zip": "application/zip", ".pdf": "application/pdf", ".eml": "message/rfc822", ".xml": "text/xml"}


def local_file(path: Path) -> LocalFile:
    """An attachment by its path.

    Raises:
        UsageError: there is no such file, it cannot be read, or it is no ordinary file.
    """
    shown = clean(str(path), 200)
    try:
        found = path.expanduser().stat()
    except OSError as error:
        raise UsageError(
            say("La pièce jointe « {path} » n'existe pas ou ne peut pas être lue.", path=shown),
            meaning=say("Rien n'a été envoyé."),
            remedy=say("Vérifiez le chemin."),
        ) from error
    if not stat.S_ISREG(found.st_mode):
        raise UsageError(say("« {path} » n'est pas un fichier ordinaire.", path=shown))
    kind = _OWN_TYPES.get(path.suffix.lower()) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return LocalFile(path.expanduser(), safe_name(path.name), kind, found.st_size)


def write_new(folder: Path, name: str, octets: bytes) -> Path:
    """Write a new file in `folder`, readable by its owner alone; another name when this one is taken (P17).

    Raises:
        UsageError: the folder is not there or cannot be written to; nothing is left half written.
    """
    folder = folder.expanduser()
    taken: set[str] = set()
    while True:
        chosen = safe_name(name, taken)
        path = folder / chosen
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        except FileExistsError:
            taken.add(chosen.casefold())
            continue
        except OSError as error:
            raise _unwritable(folder, error) from error
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(octets)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            path.unlink(missing_ok=True)
            raise _unwritable(folder, error) from error
        return path


def _unwritable(folder: Path, error: OSError) -> UsageError:
    return UsageError(
        say("Impossible d'enregistrer dans « {folder} ».", folder=clean(str(folder), 200)),
        meaning=say("Rien n'a été enregistré."),
        remedy=say("Choisissez un dossier qui existe, où vous pouvez écrire."),
        detail=clean(error.strerror or ""),
    )
