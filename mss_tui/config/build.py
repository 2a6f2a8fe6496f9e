"""Makes a `Profile` of the values in force."""

from __future__ import annotations

import os
import pwd
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

from mss_tui.config.check import missing, nearest
from mss_tui.config.key import Key
from mss_tui.config.keys import ACCOUNT, DIRECTORY, PROFILE, dotted
from mss_tui.config.resolve import Layers, Setting, Settings, names
from mss_tui.errors import ConfigError, UsageError
from mss_tui.model.address import parse_address
from mss_tui.model.people import (
    Account,
    Auth,
    AuthMethod,
    Caching,
    Call,
    Destination,
    DirectorySource,
    Endpoint,
    JournalKeeping,
    Lock,
    MailboxType,
    Person,
    Profile,
    Security,
    Trust,
)
from mss_tui.model.policy import Policy
from mss_tui.phrase import say
from mss_tui.text import clean

SYSTEM_STORE = "system"

Policies = Callable[[str], Policy]


class _Values:
    """The settings of one section, by dotted key; `file` is the one to name in a sentence."""

    def __init__(self, settings: Settings, keys: tuple[Key, ...], section: str, file: str) -> None:
        self._settings = settings
        self._keys = dotted(keys)
        self.section = section
        self.file = file

    def get(self, key: str, otherwise: Any = None) -> Any:
        setting = self._settings.get(key)
        return otherwise if setting is None else setting.value

    def need(self, key: str) -> Any:
        if key not in self._settings:
            raise missing(self.file, f"{self.section}.{key}", self._keys[key])
        return self._settings[key].value

    def has(self, table: str) -> bool:
        """Did somebody say something of `table`?"""
        return any(key.startswith(table + ".") and s.file is not None for key, s in self._settings.items())

    def destinations(self) -> tuple[Destination, ...]:
        """What documents may be handed over to; each is one thing, and has a name of its own."""
        setting = self._settings.get("handover")
        tables = [] if setting is None else setting.value
        made: dict[str, Destination] = {}
        for table in tables:
            name = table["name"]
            if ("folder" in table) == ("command" in table) or name.casefold() in made:
                raise ConfigError(
                    say("Dans « {file} », handover « {name} » est mal déclaré.", file=self.file, name=name),
                    remedy=say("Il faut un nom par destination, et soit « folder », soit « command »."),
                )
            folder = None
            if setting is not None and "folder" in table:
                folder = resolve_path(Setting("handover", table["folder"], setting.origin, setting.file))
            made[name.casefold()] = Destination(
                name,
                folder,
                tuple(table.get("command", ())),
                table.get("content", "document"),
                int(table.get("mode", "0600"), 8),
            )
        return tuple(made.values())

    def path(self, key: str) -> Path | None:
        setting = self._settings.get(key)
        return None if setting is None else resolve_path(setting)

    def wrong(self, key: str, error: UsageError) -> ConfigError:
        return ConfigError(
            say(
                "Dans « {file} », {section}.{key} : {what}",
                file=self.file,
                section=self.section,
                key=key,
                what=error.what,
            ),
            remedy=error.remedy,
        )


def resolve_path(setting: Setting) -> Path | None:
    """The file a setting names, relative to where it was written; None for the system store."""
    if setting.value == SYSTEM_STORE:
        return None
    path = Path(setting.value).expanduser()
    return setting.file.parent / path if setting.file is not None else path


def build_account(name: str, settings: Settings, file: str, policies: Policies) -> Account:
    """The account `name`.

    Raises:
        ConfigError: a key is missing, the address is none, the policy is unknown.
    """
    values = _Values(settings, ACCOUNT, f"accounts.{name}", file)
    try:
        address = str(parse_address(values.need("address")))
    except ConfigError:
        raise
    except UsageError as error:
        raise values.wrong("address", error) from error
    values.need("ca")
    method = AuthMethod(values.get("auth.method"))
    for needed, key in ((AuthMethod.CERTIFICATE, "auth.certificate"), (AuthMethod.PSC, "auth.relay")):
        if method is needed:
            values.need(key)
    relay = values.get("auth.relay", "")
    policy = policies(values.need("policy"))
    return Account(
        id=name,
        address=address,
        type=MailboxType(values.need("type")),
        policy=policy,
        imap=_endpoint(values, "imap"),
        smtp=_endpoint(values, "smtp"),
        sieve=_endpoint(values, "sieve") if values.has("sieve") else None,
        auth=Auth(
            method,
            values.get("auth.user"),
            tuple(values.get("auth.command", ())),
            values.get("auth.keyring"),
            certificate=values.path("auth.certificate"),
            key=values.path("auth.key"),
            relay=relay,
            relay_ca=values.path("auth.relay_ca" if "auth.relay_ca" in settings else "ca") if relay else None,
            identity=values.get("auth.identity"),
            card=values.get("auth.card"),
            mechanism=values.get("auth.mechanism"),
            kernel_minutes=values.get("auth.kernel_minutes"),
        ),
        ca=values.path("ca"),
        trust=Trust(
            tuple(text.replace(":", "").lower() for text in values.get("ca_sha256", ())) or policy.ca_sha256,
            values.path("crl.path"),
            values.get("crl.strict", "crl.path" in settings),
            values.get("crl.online", "crl.path" not in settings),
            tuple(host.lower() for host in values.get("crl.hosts", ())),
        ),
        label=values.get("label"),
        red_list=values.get("red_list"),
        holder=values.get("holder"),
        delegated=values.get("delegated"),
        folders={key.removeprefix("folders."): s.value for key, s in settings.items() if key.startswith("folders.")},
    )


def _endpoint(values: _Values, table: str) -> Endpoint:
    return Endpoint(
        values.need(f"{table}.host").lower(),
        values.need(f"{table}.port"),
        Security(values.get(f"{table}.security", Security.STARTTLS)),
    )


def build_directory(settings: Settings, file: str) -> DirectorySource:
    """Where the annuaire is."""
    values = _Values(settings, DIRECTORY, "directory", file)
    return DirectorySource(
        index=values.path("index"),
        fhir_url=values.need("fhir.url") if values.has("fhir") else "",
        key_command=tuple(values.get("fhir.key_command", ())),
        ca=values.path("ca"),
    )


def build_profile(
    name: str, settings: Settings, accounts: tuple[Account, ...], directory: DirectorySource, file: str
) -> Profile:
    """The profile `name`."""
    values = _Values(settings, PROFILE, f"profiles.{name}", file)
    person = Person(
        values.need("person.name"), values.get("person.title"), values.get("person.rpps"), values.get("person.entity")
    )
    leave = (values.need("leave.from"), values.need("leave.until")) if values.has("leave") else None
    if leave and leave[1] < leave[0]:
        raise ConfigError(
            say("Dans « {file} », les congés de « {name} » finissent avant de commencer.", file=file, name=name)
        )
    if values.get("shared_host") and any(a.auth.keyring or a.auth.kernel_minutes for a in accounts):
        raise ConfigError(
            say("Dans « {file} », « {name} » est sur un poste partagé et prend le trousseau.", file=file, name=name),
            meaning=say("Les autres personnes de ce compte Unix l'ouvriraient aussi."),
            remedy=say("Retirez auth.keyring et auth.kernel_minutes : le mot de passe sera demandé."),
        )
    if values.get("shared_host") and values.get("cache") == "encrypted":
        raise ConfigError(
            say("Dans « {file} », « {name} » est sur un poste partagé et garde une copie.", file=file, name=name),
            meaning=say("Sur un poste partagé, rien ne reste sur disque."),
            remedy=say('Retirez cache = "encrypted".'),
        )
    return Profile(
        name=name,
        person=person,
        accounts=accounts,
        directory=directory,
        calls=tuple(Call(call["who"], call["phone"]) for call in values.get("calls", ())),
        lang=values.get("lang"),
        theme=values.get("theme"),
        low_bandwidth=values.get("low_bandwidth"),
        read_only=values.get("read_only"),
        folder=values.get("folder"),
        patient_informed_days=values.get("patient_informed_days"),
        days_off=tuple(values.get("days_off", ())),
        keys=tuple((kept["act"], kept["key"]) for kept in values.get("keys", ())),
        searches=tuple((kept["name"], kept["query"]) for kept in values.get("searches", ())),
        leave=leave,
        acting=not (values.get("person.service") or values.get("shared_host")),
        undo_seconds=values.get("undo_seconds"),
        want_delivery=values.get("receipts.delivery"),
        want_reading=values.get("receipts.reading"),
        product=values.get("product"),
        signature="\n".join(values.get("signature", ())),
        editor=tuple(values.get("editor", ())),
        external_editor=values.get("external_editor"),
        dictionary=values.path("dictionary"),
        departure=values.get("departure"),
        validation=values.get("validation"),
        save_to=values.path("save_to"),
        alert_command=tuple(values.get("alert_command", ())),
        journal=JournalKeeping(
            values.get("journal.months"),
            values.get("journal.anchor"),
            values.get("journal.host").lower(),
            values.get("journal.port"),
            values.path("journal.ca"),
        ),
        lock=Lock(values.get("lock.minutes"), values.get("lock.unlock")),
        caching=Caching(
            values.get("cache") == "encrypted",
            values.get("cache_key.keyring"),
            tuple(values.get("cache_key.command", ())),
            values.get("cache_wipe"),
        ),
        shared_host=values.get("shared_host"),
        clipboard=values.get("clipboard"),
        destinations=values.destinations(),
        ocr=tuple(values.get("ocr", ())),
    )


def known_accounts(name: str, settings: Settings, layers: Layers, file: str) -> tuple[str, ...]:
    """The accounts a profile names, all of which exist.

    Raises:
        ConfigError: one of them is not there, or there is none.
    """
    values = _Values(settings, PROFILE, f"profiles.{name}", file)
    listed = tuple(dict.fromkeys(values.need("accounts")))
    there = names(layers, "accounts")
    for account in listed:
        if account not in there:
            raise ConfigError(
                say(
                    "Dans « {file} », le profil « {name} » nomme la boîte « {account} », qui n'existe pas.",
                    file=file,
                    name=name,
                    account=clean(account),
                ),
                remedy=nearest(account, there),
            )
    if not listed:
        raise ConfigError(say("Dans « {file} », le profil « {name} » n'a pas de boîte.", file=file, name=name))
    return listed


def _login() -> str:
    """The name of the account of this host, from the system rather than the environment."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return ""


def choose(wanted: str, there: Collection[str], fallback: str, file: str) -> str:
    """The profile to use: the one wanted, else `fallback`, "default", the one named like the user, the only one.

    Raises:
        ConfigError: there is no such profile, or none, or several and no word which.
    """
    known = sorted(there)
    if not known:
        raise ConfigError(
            say("Il n'y a pas de profil dans « {file} ».", file=file),
            remedy=say("Ajoutez une section [profiles.nom], ou essayez « mss-tui demo »."),
        )
    usual = ("default", _login(), known[0] if len(known) == 1 else "")
    name = wanted or fallback or next((name for name in usual if name in there), "")
    if not name:
        raise ConfigError(
            say("Il y a plusieurs profils dans « {file} ».", file=file),
            remedy=say("Choisissez avec --profile : {names}.", names=", ".join(known)),
        )
    if name not in there:
        raise ConfigError(
            say("Le profil « {name} » n'existe pas dans « {file} ».", name=clean(name, 80), file=file),
            remedy=nearest(name, known),
        )
    return name
