"""The commands on the life of a mailbox: handling, claims, absence, keeping, handover, help (charte §3, §4)."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, Protocol

from mss_tui.errors import UsageError
from mss_tui.model.patient import Mark
from mss_tui.phrase import Phrase, say
from mss_tui.text import clean


class Add(Protocol):
    """Adds an argument whose help is a phrase."""

    def __call__(self, *names: str, what: Phrase, **options: Any) -> argparse.Action | None:
        """The argument; None where the command is not declared."""
        ...


class Simple(Protocol):
    """Makes a command with the options that all have."""

    def __call__(self, name: str, what: Phrase, within: Any = None) -> Add:
        """What adds its arguments."""
        ...


Group = Callable[[str, Phrase, str], Any]

MODULES = {
    "traiter": "tdcs",
    "a-traiter": "tdcs",
    "deleguer": "tdcs",
    "classer": "tdcs",
    "supprimer": "tdcs",
    "lu": "tdcs",
    "nonlu": "tdcs",
    "annuler": "tdcs",
    "prendre": "people",
    "rendre": "people",
    "passer": "people",
    "acquitter": "people",
    "a-valider": "people",
    "valider": "people",
    "enregistrer": "keeping",
    "menage": "keeping",
    "absence": "absence",
    "releve": "releve",
    "patient": "patient",
    "templates": "templates",
    "aide": "aide",
    "carte": "cards",
    "depart": "cards",
    "support": "cards",
}
"""Each command's module in `cli.commands`."""


def add_mailbox_commands(simple: Simple, group: Group) -> None:
    """Declare them."""
    _tdcs(simple)
    _people(simple)
    _keeping(simple)
    _absence(simple, group)
    _handover(simple, group)
    _help(simple, group)
    _patient(simple, group)
    simple("list", say("les modèles et leurs champs"), group("templates", say("les modèles de messages"), "action"))


def _refs(add: Add, many: str = "+") -> None:
    what = say("messages, UIDVALIDITY:UID ; « - » : une référence par ligne en entrée")
    add("refs", nargs=many, metavar="REF", what=what)


def _tdcs(simple: Simple) -> None:
    for name, what in (
        ("traiter", say("marque des messages traités")),
        ("a-traiter", say("remet des messages à traiter")),
        ("classer", say("range des messages dans un dossier et les marque classés")),
        ("deleguer", say("marque des messages délégués, en disant à qui ; une adresse les transfère")),
        ("supprimer", say("met des messages à la corbeille ; de la corbeille, les efface avec --definitif")),
        ("lu", say("marque des messages lus")),
        ("nonlu", say("marque des messages non lus")),
    ):
        add = simple(name, what)
        _refs(add)
        match name:
            case "classer":
                add("--dans", required=True, metavar="DOSSIER", what=say("dossier d'arrivée"))
            case "supprimer":
                add("--definitif", action="store_true", what=say("efface pour de bon ce qui est à la corbeille"))
            case "deleguer":
                add("--a", required=True, metavar="QUI", what=say("nom, fonction, ou adresse à qui transférer"))
                add("--texte", default="", metavar="TEXTE", what=say("mot d'accompagnement du transfert"))
                add("--confirm", action="append", default=[], metavar="RÈGLE=MOTIF", what=say("accepte un point"))
    simple("annuler", say("revient sur le dernier acte fait en ligne de commande"))


def _people(simple: Simple) -> None:
    add = simple("prendre", say("prend des messages d'une boîte partagée"))
    _refs(add)
    add("--reprendre", action="store_true", what=say("même pris par quelqu'un d'autre"))
    add = simple("rendre", say("rend des messages que l'on a pris"))
    _refs(add)
    add = simple("passer", say("passe des messages à un collègue, par son nom"))
    _refs(add)
    add("--a", required=True, metavar="NOM", what=say("à qui"))
    add = simple("acquitter", say("prend connaissance, en son nom, d'un résultat critique"))
    _refs(add)
    add = simple("a-valider", say("met des brouillons à valider"))
    _refs(add)
    add = simple("valider", say("valide, en son nom, des brouillons"))
    _refs(add)


def _keeping(simple: Simple) -> None:
    add = simple("enregistrer", say("enregistre des messages et leurs documents hors messagerie"))
    _refs(add, "*")
    add("--sous", type=_number, metavar="N", what=say("tout ce qui sera effacé dans N jours"))
    add("--vers", type=Path, metavar="DOSSIER", what=say("dossier sûr (celui du profil par défaut)"))
    add = simple("menage", say("montre ce qui peut être effacé d'abord ; n'efface rien"))
    add("--limite", type=_number, default=20, metavar="N", what=say("au plus N messages de chaque sorte (20)"))


def _absence(simple: Simple, group: Group) -> None:
    absence = group("absence", say("le message d'absence"), "action")
    add = simple("on", say("met le message d'absence"), absence)
    add("--from", dest="start", type=_day, metavar="AAAA-MM-JJ", what=say("premier jour (aujourd'hui)"))
    add("--until", dest="end", type=_day, metavar="AAAA-MM-JJ", what=say("dernier jour"))
    add("--subject", default="", metavar="OBJET", what=say("objet de la réponse"))
    add("--text-file", type=Path, metavar="FICHIER", what=say("texte de la réponse, au lieu du modèle"))
    add("--contact", default="", metavar="QUI", what=say("à qui s'adresser pendant l'absence"))
    add("--days", type=_number, default=1, metavar="N", what=say("une réponse au plus tous les N jours à chacun (1)"))
    add("--dry-run", action="store_true", what=say("montre le texte sans rien installer"))
    simple("off", say("retire le message d'absence, et rend le script d'avant"), absence)
    simple("show", say("l'absence telle qu'elle est sur le serveur"), absence)


def _handover(simple: Simple, group: Group) -> None:
    releve = group("releve", say("la relève de garde"), "action")
    simple("show", say("ce qui reste à traiter, ce qui est critique, qui a pris quoi"), releve)
    add = simple("laisser", say("laisse la relève, avec un mot"), releve)
    add("--note", default="", metavar="TEXTE", what=say("mot pour la suite, sans donnée de patient"))
    simple("accepter", say("prend la relève, en son nom"), releve)


def _patient(simple: Simple, group: Group) -> None:
    patient = group(
        "patient",
        say("information et oppositions d'un patient ; l'INS, puis le nom, viennent de l'entrée standard"),
        "action",
    )
    simple("show", say("ce que ce profil a noté"), patient)
    simple("list", say("les patients du registre de ce profil, par nom, sans lire l'entrée standard"), patient)
    simple("recommencer", say("garde de côté un registre qui ne s'ouvre pas, pour en commencer un vide"), patient)
    for name, what in (
        ("noter", say("note une information, une identité qualifiée, une opposition")),
        ("lever", say("ce qui était noté ne vaut plus")),
    ):
        add = simple(name, what, patient)
        add("mark", choices=[mark.value for mark in Mark], what=say("ce qui est noté"))


def _help(simple: Simple, group: Group) -> None:
    add = simple("aide", say("la charte, la FAQ, les règles d'or, le cadre légal : cherche dans l'aide"))
    add("mots", nargs="*", metavar="MOT", what=say("mots, ou l'identifiant d'une règle"))
    carte = group("carte", say("fiches à remettre au gestionnaire des comptes (URPS)"), "action")
    for name, what in (("arrivee", say("arrivée d'un collaborateur")), ("depart", say("départ d'un utilisateur"))):
        add = simple(name, what, carte)
        add("--nom", default="", metavar="NOM", what=say("de qui ; la personne du profil par défaut"))
        add("--le", type=_day, metavar="AAAA-MM-JJ", what=say("quel jour"))
    simple("support", say("le support de l'opérateur : numéro, heures, ouvert ou fermé"))
    simple("depart", say("ce qui reste à faire avant de partir : absence, enregistrements, messages, fermeture"))


def add_journal_filters(add: Add) -> None:
    """Which lines of the journal, and in which form."""
    add("--since", type=_day, metavar="AAAA-MM-JJ", what=say("à partir de ce jour"))
    add("--until", type=_day, metavar="AAAA-MM-JJ", what=say("jusqu'à ce jour inclus"))
    add("--act", default="", metavar="ACTE", what=say("actes dont le nom commence ainsi"))
    add("--qui", default="", metavar="NOM", what=say("personne dont le nom contient ceci"))
    add("--boite", default="", metavar="BOÎTE", what=say("boîte dont l'adresse contient ceci"))
    add("--phase", default="", choices=("intent", "done", "failed", "note"), what=say("moment de l'acte"))
    add("--csv", action="store_true", what=say("en CSV, pour un tableur"))
    add("--anchors", type=Path, metavar="FICHIER", what=say("verify : ancres rendues par journald ou syslog ; « - »"))


def _day(text: str) -> date:
    """A day, AAAA-MM-JJ."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(say("Il faut un jour comme 2026-12-24, pas « {text} ».", text=clean(text, 40))) from None


def _number(text: str) -> int:
    """A number that is not negative."""
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise UsageError(say("Il faut un nombre, pas « {text} ».", text=clean(text, 40)))
    return int(text)
