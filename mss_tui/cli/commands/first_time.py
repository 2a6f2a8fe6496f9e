"""The first time: what `profile create` needs and was not given is asked on the terminal, question by question."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import replace

from mss_tui.cli.context import Context
from mss_tui.errors import ExitCode
from mss_tui.phrase import Phrase, say
from mss_tui.text import clean

NEEDED = ("address", "person", "ca")
_QUESTIONS = (
    ("address", say("Votre adresse MSSanté : ")),
    ("person", say("Vos prénom et NOM : ")),
    ("title", say("Titre (Dr, Mme… ; rien : aucun) : ")),
    ("rpps", say("Numéro RPPS, 11 chiffres (rien : aucun) : ")),
    ("ca", say("Fichier des autorités de votre opérateur (PEM ou DER), ou « system » : ")),
    ("auth", say("Authentification : password, psc ou certificate (rien : ce que l'opérateur publie) : ")),
)
_MORE = {
    "psc": ("relay", say("Adresse https du relais Pro Santé Connect de votre établissement : ")),
    "certificate": ("certificate", say("Fichier de votre certificat (PEM ou .p12) : ")),
}
SERVERS = (
    ("imap", say("Serveur de lecture (serveur:port) : ")),
    ("smtp", say("Serveur d'envoi (serveur:port) : ")),
)

Ask = Callable[[Phrase], str]


def asker(context: Context) -> Ask | None:
    """Asks on the terminal; None where nobody may be asked."""
    from mss_tui.adapters.secrets_terminal import ask_name, somebody

    if context.options.no_prompt or context.json or not somebody():
        return None

    def ask(question: Phrase) -> str:
        return clean(ask_name(context.t(question), context.stopping.caught), 400).strip()

    return ask


def completed(context: Context) -> Context:
    """The same call with what it lacks, where somebody can be asked; a call that lacks nothing is left alone."""
    given = dict(vars(context.options))
    ask = asker(context)
    if all(given[name] for name in NEEDED) or ask is None:
        return replace(context, options=argparse.Namespace(**given | {"asked": False}))
    for name, question in _QUESTIONS:
        given[name] = given[name] or ask(question)
    if given["auth"] in _MORE:
        name, question = _MORE[given["auth"]]
        given[name] = given[name] or ask(question)
    return replace(context, options=argparse.Namespace(**given | {"asked": True}))


def nothing_yet(context: Context) -> bool:
    """Is there no configuration at all, and somebody who could make one?"""
    sources = context.sources
    there = sources.named or sources.user.exists() or (sources.site / "config.toml").exists()
    return not there and asker(context) is not None


async def begin(context: Context) -> int:
    """Make the first profile; the screens are shown by the next call."""
    from mss_tui.cli.commands import profile_create
    from mss_tui.cli.parser import build_parser

    context.narration.say(
        say("Il n'y a pas encore de profil ici. Quelques questions, puis les serveurs sont cherchés et essayés.")
    )
    context.narration.say(say("Ctrl+C renonce ; « mss-tui demo » montre tout sans rien de cela."))
    made = build_parser(context.translate).parse_args(["profile", "create"])
    options = argparse.Namespace(**vars(made) | {"lang": context.options.lang})
    code = await profile_create.run(replace(context, options=options))
    if code == ExitCode.DONE:
        context.narration.say(say("Relancez maintenant : mss-tui"))
    return code
