"""Loads a profile: which files, in which order, and what the command line changes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from mss_tui.config.build import (
    Policies,
    build_account,
    build_directory,
    build_profile,
    choose,
    known_accounts,
    resolve_path,
)
from mss_tui.config.check import problems
from mss_tui.config.files import read_toml
from mss_tui.config.keys import ACCOUNT, DIRECTORY, PROFILE
from mss_tui.config.policies import load_policy
from mss_tui.config.resolve import Layer, Layers, Origin, Setting, Settings, is_locked, names, resolve
from mss_tui.errors import ConfigError, UsageError
from mss_tui.model.people import Account, DirectorySource, Profile
from mss_tui.model.policy import Policy
from mss_tui.phrase import say
from mss_tui.record import dataclass
from mss_tui.text import clean

FILE_NAME = "config.toml"
_OPTIONS = {"read_only": "read-only", "cache": "no-cache"}
"""Options that are not spelled like the key that they change."""


@dataclass(frozen=True, slots=True)
class Sources:
    """Where configuration may be: the user's file, and the site's directory.

    `named`: the user's file was given with --config, so that it must be there.
    """

    user: Path
    site: Path
    named: bool = False


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the command line says; empty is nothing. `account` is a name or an address."""

    profile: str = ""
    account: str = ""
    folder: str = ""
    read_only: bool = False
    lang: str = ""
    theme: str = ""
    cache: str = ""


@dataclass(frozen=True, slots=True)
class Loaded:
    """A profile, and every value it was made of: (section, settings).

    `state` is where facts, journal and outbox are to be, None for the usual place.
    """

    profile: Profile
    sections: tuple[tuple[str, Settings], ...]
    state: Path | None = None


def layers_of(sources: Sources) -> Layers:
    """The files that are there, read and checked, the site's first.

    Raises:
        ConfigError: the first thing that is wrong, or there is no file at all.
    """
    layers: list[Layer] = []
    for error in _read(sources, layers):
        raise error
    return tuple(layers)


def _read(sources: Sources, layers: list[Layer]) -> Iterator[ConfigError]:
    """Fill `layers`; yield what is wrong."""
    site = sources.site / FILE_NAME
    found = False
    for origin, path in ((Origin.SITE, site), (Origin.USER, sources.user)):
        if not path.exists() and not (origin is Origin.USER and sources.named):
            continue
        found = True
        try:
            tables = read_toml(path)
        except ConfigError as error:
            yield error
            continue
        wrong = list(problems(path, tables, site=origin is Origin.SITE))
        yield from wrong
        if not wrong:
            layers.append(Layer(origin, path, tables, tuple(tables.pop("locked", ()))))
    if not found:
        yield ConfigError(
            say("Aucune configuration : « {file} » n'existe pas.", file=clean(str(sources.user))),
            remedy=say("Essayez « mss-tui demo », ou écrivez ce fichier (docs/reference/configuration.md)."),
        )


def load_profile(sources: Sources, wanted: Wanted = Wanted()) -> Profile:
    """The profile that `wanted` names, with what the command line changes.

    Raises:
        ConfigError: what is wrong, with the file, the key and the nearest spelling.
        UsageError: the command line asks for what the site locks, or for a mailbox that the profile has not.
    """
    return load(sources, wanted).profile


def load(sources: Sources, wanted: Wanted = Wanted()) -> Loaded:
    """As `load_profile`, with the origin of every value."""
    return _assemble(layers_of(sources), sources, wanted)


def load_directory(sources: Sources) -> DirectorySource:
    """Where the annuaire is, whatever the profiles and mailboxes, if any: a file with `[directory]` alone will do.

    Raises:
        ConfigError: what is wrong in the files that are there.
    """
    if not sources.named and not any(path.exists() for path in (sources.site / FILE_NAME, sources.user)):
        return DirectorySource()
    layers = layers_of(sources)
    return build_directory(resolve(layers, "directory", "", DIRECTORY), clean(str(layers[-1].file)))


def list_profiles(sources: Sources) -> list[str]:
    """Names of the profiles."""
    return names(layers_of(sources), "profiles")


def validate(sources: Sources) -> list[ConfigError]:
    """Everything that is wrong: files, keys, values, and each profile put together."""
    layers: list[Layer] = []
    found = list(_read(sources, layers))
    if found:
        return found
    for name in names(tuple(layers), "profiles") or [""]:
        try:
            _assemble(tuple(layers), sources, Wanted(profile=name))
        except ConfigError as error:
            if error.render() not in [other.render() for other in found]:
                found.append(error)
    return found


def _assemble(layers: Layers, sources: Sources, wanted: Wanted) -> Loaded:
    file = clean(str(layers[-1].file))
    fallback = next((layer.tables["profile"] for layer in reversed(layers) if "profile" in layer.tables), "")
    name = choose(wanted.profile, names(layers, "profiles"), fallback, file)
    settings = _overridden(resolve(layers, "profiles", name, PROFILE), layers, wanted)
    sections = [(f"profiles.{name}", settings)]
    accounts = []
    for account in known_accounts(name, settings, layers, file):
        values = resolve(layers, "accounts", account, ACCOUNT)
        accounts.append(build_account(account, values, file, _policies(sources.site)))
        sections.append((f"accounts.{account}", values))
    directory = resolve(layers, "directory", "", DIRECTORY)
    sections.append(("directory", directory))
    profile = build_profile(name, settings, _picked(wanted.account, accounts), build_directory(directory, file), file)
    return Loaded(profile, tuple(sections), _state(layers))


def _state(layers: Layers) -> Path | None:
    """The strongest layer's word, the site's where it is locked."""
    for layer in reversed(layers):
        if "state" in layer.tables and (layer.origin is Origin.SITE or not is_locked(layers, "state")):
            return resolve_path(Setting("state", layer.tables["state"], layer.origin, layer.file))
    return None


def _policies(site: Path) -> Policies:
    def policy(name: str) -> Policy:
        own = site / "policies" / f"{name}.toml"
        return load_policy(name, own if own.exists() else None)

    return policy


def _overridden(settings: Settings, layers: Layers, wanted: Wanted) -> Settings:
    """The settings with what the command line says; a locked key stays as it is and is said."""
    result = dict(settings)
    for key in ("folder", "read_only", "lang", "theme", "cache"):
        value = getattr(wanted, key)
        if not value or result[key].value == value:
            continue
        if is_locked(layers, key):
            raise UsageError(
                say("« {key} » est imposé par le site.", key=key),
                remedy=say("Retirez l'option --{option}.", option=_OPTIONS.get(key, key)),
            )
        result[key] = Setting(key, value, Origin.COMMAND_LINE)
    return result


def _picked(wanted: str, accounts: list[Account]) -> tuple[Account, ...]:
    """All accounts, or the one wanted."""
    if not wanted:
        return tuple(accounts)
    for account in accounts:
        if wanted == account.id or wanted.lower() == account.address.lower():
            return (replace(account),)
    raise UsageError(
        say("Le profil n'a pas de boîte « {name} ».", name=clean(wanted, 80)),
        remedy=say("Il a : {names}.", names=", ".join(account.id for account in accounts)),
    )
