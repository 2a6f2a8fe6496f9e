"""`profile create ADRESSE`: finds the servers, says where each came from, writes the profile, tries them."""

from __future__ import annotations

import argparse
import os
import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mss_tui.cli.commands.first_time import SERVERS, asker, completed
from mss_tui.cli.context import Context
from mss_tui.config.check import problems
from mss_tui.config.files import read_toml
from mss_tui.config.provision import key_text, text_of
from mss_tui.errors import ConfigError, ExitCode, MssError, UsageError
from mss_tui.model.address import parse_address
from mss_tui.model.people import Endpoint, Security
from mss_tui.phrase import say
from mss_tui.record import dataclass
from mss_tui.text import clean

if TYPE_CHECKING:
    from mss_tui.adapters.finding.finder import Servers
    from mss_tui.cli.commands.doctor import Step

_ORIGINS = {
    "table": say("table de mss-tui"),
    "srv": say("DNS (SRV)"),
    "autoconfig": say("fichier publié (autoconfig)"),
    "manual": say("ligne de commande"),
}
IMPLICIT = {993, 465}


@dataclass(frozen=True, slots=True)
class Chosen:
    """A server and where it came from."""

    endpoint: Endpoint
    origin: str


async def run(context: Context) -> int:
    """Find, show, try, write; what the call lacks is asked where somebody sits at the terminal."""
    context = completed(context)
    given = context.options
    for value, what in ((given.address, "ADRESSE"), (given.ca, "--ca"), (given.person, "--person")):
        if not value:
            raise UsageError(
                say("Il manque {what}.", what=what),
                remedy=say("Exemple : profile create ADRESSE --ca igc-sante.pem --person « Prénom NOM »."),
            )
    context.needs_network()
    o = context.options
    address = str(parse_address(o.address))
    name = o.name or re.sub(r"[^A-Za-z0-9._-]", "-", address.partition("@")[0])
    servers, found = await _servers(context, address)
    for service, chosen in servers.items():
        where = f"{chosen.endpoint.host}:{chosen.endpoint.port} {chosen.endpoint.security.value}"
        origin = context.t(_ORIGINS[chosen.origin])
        context.narration.say(say("{service} : {where}   {origin}", service=service, where=clean(where), origin=origin))
    method = o.auth or (found.method.value if found and found.method else "password")
    text = _toml(context, name, address, servers, method, found.user if found else "")
    path = context.sources.user
    _check(path, text)
    if o.dry_run:
        context.output.text(text.rstrip())
        return ExitCode.DONE
    _append(path, text)
    taken = await _try(context, name)
    if context.json:
        shape = {
            service: {"host": c.endpoint.host, "port": c.endpoint.port, "origin": c.origin}
            for service, c in servers.items()
        }
        context.output.document({"profile": name, "config": str(path), "servers": shape, "steps": taken})
    else:
        said = say(
            "Profil « {name} » écrit dans {path}. Essayez : mss-tui --profile {name} doctor", name=name, path=str(path)
        )
        context.output.text(context.t(said))
    return ExitCode.DONE


async def _servers(context: Context, address: str) -> tuple[dict[str, Chosen], Servers | None]:
    o = context.options
    servers = {
        service: Chosen(_endpoint(given), "manual") for service, given in (("imap", o.imap), ("smtp", o.smtp)) if given
    }
    if len(servers) == 2:
        return servers, None
    from mss_tui.adapters.clock import SystemClock
    from mss_tui.adapters.finding.finder import Finder
    from mss_tui.adapters.places import places
    from mss_tui.adapters.tls import context_for

    ca = None if o.ca == "system" else Path(o.ca)
    finder = Finder(
        context_for(ca),
        SystemClock(),
        context.narration.say,
        places().state / "operateurs.json",
        private=o.private,
    )
    try:
        found = await finder.find(address)
    except UsageError as error:
        ask = asker(context) if o.asked else None
        if ask is None:
            raise
        context.narration.say(error.what)
        return {name: Chosen(_endpoint(ask(question)), "manual") for name, question in SERVERS}, None
    for service in ("imap", "smtp"):
        located = getattr(found, service)
        if service not in servers and located is not None:
            servers[service] = Chosen(located.endpoint, located.origin)
    return servers, found


def _endpoint(text: str) -> Endpoint:
    host, _, port = text.rpartition(":")
    if (
        not re.fullmatch(r"[A-Za-z0-9.-]{1,253}|\[[0-9A-Fa-f:]{2,45}\]", host)
        or not port.isdigit()
        or not 0 < int(port[:6]) < 65536
    ):
        raise UsageError(say("« {text} » n'est pas « serveur:port ».", text=clean(text, 80)))
    security = Security.TLS if int(port) in IMPLICIT else Security.STARTTLS
    return Endpoint(host.strip("[]").lower(), int(port), security)


def _toml(context: Context, name: str, address: str, servers: dict[str, Chosen], method: str, user: str) -> str:
    o = context.options
    person = {"name": o.person, "title": o.title, "rpps": o.rpps}
    for needed, option in (("psc", "relay"), ("certificate", "certificate")):
        if method == needed and not getattr(o, option):
            raise UsageError(say("Cette authentification demande --{option}.", option=option))
    auth = {"method": method, "user": user, "relay": o.relay, "certificate": o.certificate}
    ca = o.ca if o.ca == "system" else str(Path(o.ca).absolute())
    lines = [
        f"[profiles.{key_text(name)}]",
        f"person = {_table(person)}",
        f"accounts = [{text_of(name)}]",
        "",
        f"[accounts.{key_text(name)}]",
        f"address = {text_of(address)}",
        f"type = {text_of(o.type)}",
        f"policy = {text_of(o.policy)}",
        *(
            f"{service} = {{ host = {text_of(c.endpoint.host)}, port = {c.endpoint.port}, "
            f"security = {text_of(c.endpoint.security.value)} }}"
            for service, c in servers.items()
        ),
        f"auth = {_table(auth)}",
        f"ca = {text_of(ca)}",
    ]
    return "\n".join(lines) + "\n"


def _table(values: dict[str, Any]) -> str:
    return "{ " + ", ".join(f"{key} = {text_of(str(value))}" for key, value in values.items() if value) + " }"


def _check(path: Path, text: str) -> None:
    """Refuse a name that is taken, and what the configuration would refuse."""
    import tomllib

    made = tomllib.loads(text)
    there = read_toml(path) if path.exists() else {}
    for section in ("profiles", "accounts"):
        for name in made[section]:
            if name in there.get(section, {}):
                raise ConfigError(
                    say("« {name} » existe déjà dans « {file} ».", name=name, file=clean(str(path))),
                    remedy=say("Choisissez un autre nom avec --name."),
                )
    for error in problems(path, made):
        raise error


async def _try(context: Context, name: str) -> list[dict[str, Any]]:
    """Try every step; without a way to a secret, those that need none. What does not go well is said, no more.

    Nobody is asked where a script runs: the steps that need a password are then left out.
    """
    from mss_tui.adapters.clock import SystemClock
    from mss_tui.cli.commands.doctor import lines_of, open_steps, shape, steps

    own = {"profile": name, "account": "", "folder": "", "read_only": False}
    mine = replace(context, options=argparse.Namespace(**vars(context.options) | own))
    (account,) = mine.loaded.profile.accounts
    secrets = mine.secrets()
    taken: list[dict[str, Any]] = []

    def told(step: Step) -> None:
        taken.append(shape(context, step))
        for line in lines_of(context, step):
            context.narration.say(say("{line}", line=line))

    try:
        if secrets.has_way(account):
            async with mine.desk(by_person=False, secrets=secrets) as desk:
                async for step in steps(desk, desk.places[0]):
                    told(step)
        else:
            async for step in open_steps(account, SystemClock().now()):
                told(step)
            context.narration.say(
                say("La suite demande un mot de passe : « mss-tui --profile {name} doctor ».", name=name)
            )
    except MssError as error:
        context.narration.say(error.what)
    return taken


def _append(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        before = path.read_bytes() if path.exists() else b""
        gap = b"" if not before else b"\n" if before.endswith(b"\n") else b"\n\n"
        aside = path.with_name(f".{path.name}.{os.getpid()}")
        with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600), "wb") as file:
            file.write(before + gap + text.encode())
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
    except OSError as error:
        raise ConfigError(
            say("« {file} » ne peut pas être écrit.", file=clean(str(path))), detail=clean(error.strerror or "")
        ) from error
