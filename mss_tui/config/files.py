"""Reads a configuration file, and refuses one that somebody else could have written (security.md P21)."""

from __future__ import annotations

import os
import re
import stat
import tomllib
from pathlib import Path
from typing import Any

from mss_tui.errors import ConfigError
from mss_tui.phrase import say
from mss_tui.text import clean

MAX_OCTETS = 1_000_000

Tables = dict[str, Any]


def read_toml(path: Path) -> Tables:
    """The tables of `path`.

    Owner and mode are those of the opened file, so a link is judged by what it leads to.

    Raises:
        ConfigError: it is not there, not ours, writable by others, too long, or no TOML.
    """
    shown = clean(str(path))
    try:
        with path.open("rb") as file:
            _refuse_foreign(os.fstat(file.fileno()), shown)
            data = file.read(MAX_OCTETS + 1)
    except OSError as error:
        raise ConfigError(
            say("La configuration « {file} » ne peut pas être lue.", file=shown),
            remedy=say("Vérifiez le chemin et les droits, ou essayez « mss-tui demo »."),
            detail=clean(error.strerror or ""),
        ) from error
    if len(data) > MAX_OCTETS:
        raise ConfigError(say("La configuration « {file} » dépasse 1 Mo.", file=shown))
    try:
        return tomllib.loads(data.decode())
    except UnicodeDecodeError as error:
        raise ConfigError(
            say("La configuration « {file} » n'est pas en UTF-8.", file=shown),
            remedy=say("Enregistrez-la en UTF-8."),
        ) from error
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"at line (\d+), column (\d+)", str(error))
        if place is None:
            what = say("La configuration « {file} » n'est pas du TOML valable, à sa fin.", file=shown)
        else:
            what = say(
                "La configuration « {file} » n'est pas du TOML valable, ligne {line}, colonne {column}.",
                file=shown,
                line=int(place[1]),
                column=int(place[2]),
            )
        raise ConfigError(what, remedy=say("Corrigez cette ligne, puis « mss-tui config validate ».")) from error


def _refuse_foreign(found: os.stat_result, shown: str) -> None:
    if not stat.S_ISREG(found.st_mode):
        raise ConfigError(say("La configuration « {file} » n'est pas un fichier.", file=shown))
    if found.st_uid not in (os.getuid(), 0):
        raise ConfigError(
            say("La configuration « {file} » appartient à quelqu'un d'autre.", file=shown),
            remedy=say("Copiez-la dans un fichier à vous."),
        )
    if found.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise ConfigError(
            say("D'autres que vous peuvent écrire dans la configuration « {file} ».", file=shown),
            remedy=say("Relisez-la, puis « chmod go-w » sur ce fichier."),
        )
