"""The commands and their options, declared once: help, completion, the man page and `help --json` read this parser."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any, NoReturn

from mss_tui import __version__
from mss_tui.cli.output import Output
from mss_tui.cli.parser_folders import add_folder_commands
from mss_tui.cli.parser_mailbox import add_journal_filters, add_mailbox_commands
from mss_tui.cli.parser_pieces import add_piece_commands
from mss_tui.cli.parser_xdm import add_xdm_commands
from mss_tui.config.keys import THEMES
from mss_tui.errors import UsageError
from mss_tui.language import LANGUAGES
from mss_tui.phrase import Phrase, Translate, say
from mss_tui.text import clean

PROGRAM = "mss-tui"


class Parser(argparse.ArgumentParser):
    """Writes help through `Output`, and raises instead of leaving."""

    def error(self, message: str) -> NoReturn:
        """The call is wrong."""
        raise UsageError(
            say("{message}", message=clean(message, 400)), remedy=say("Voyez « {program} --help ».", program=self.prog)
        )

    def _get_value(self, action: argparse.Action, arg_string: str) -> Any:
        """The value of an argument; what is wrong with it is said with the argument's name."""
        try:
            return super()._get_value(action, arg_string)
        except UsageError as error:
            name = "/".join(action.option_strings) or action.dest
            raise UsageError(say("{option} : {what}", option=name, what=error.what)) from None

    def _print_message(self, message: str, file: Any = None) -> None:
        if message:
            Output().text(message.rstrip("\n"))


Add = Callable[..., argparse.Action | None]


class _Adder:
    """Adds arguments whose help is a phrase; the name of a value is put into the language too."""

    def __init__(self, parser: argparse._ActionsContainer, translate: Translate) -> None:
        self._parser = parser
        self._translate = translate

    def __call__(self, *names: str, what: Phrase, **options: Any) -> argparse.Action:
        if isinstance(options.get("metavar"), str):
            options["metavar"] = self._translate(options["metavar"])
        return self._parser.add_argument(*names, help=what.render(self._translate).replace("%", "%%"), **options)


def _left_out(*names: str, what: Phrase, **options: Any) -> None:
    """Takes the arguments of a command that is not declared."""


def build_parser(translate: Translate = str, only: Collection[str] | None = None) -> Parser:
    """The parser of the whole program; `command` is None for the screens.

    `only` are words that a call has: a command that is none of them is not declared, since a start would wait for it.
    """

    def t(phrase: Phrase) -> str:
        return phrase.render(translate)

    parser = Parser(
        prog=PROGRAM,
        description=t(say("Client MSSanté pour le terminal. Sans commande : l'écran.")),
        allow_abbrev=False,
        epilog=t(say("Le contrat de la ligne de commande : docs/reference/ligne-de-commande.md.")),
    )
    add: Add = _Adder(parser, translate)
    add("--version", action="version", version=f"{PROGRAM} {__version__}", what=say("montre la version"))
    add("--low-bandwidth", action="store_true", what=say("ligne lente : moins d'octets à l'écran"))
    _common(add, top=True)
    commands = parser.add_subparsers(dest="command", metavar=t(say("commande")), parser_class=Parser)

    def command(name: str, what: Phrase, within: Any) -> Parser | None:
        if within is _left_out or (within is None and only is not None and name not in only):
            return None
        text = t(what)
        made: Parser = (within or commands).add_parser(name, help=text, description=text, allow_abbrev=False)
        return made

    def simple(name: str, what: Phrase, within: Any = None) -> Add:
        made = command(name, what, within)
        if made is None:
            return _left_out
        adder = _Adder(made, translate)
        _common(adder)
        return adder

    def group(name: str, what: Phrase, choice: str) -> Any:
        made = command(name, what, None)
        return (
            _left_out
            if made is None
            else made.add_subparsers(dest=choice, metavar=t(say("action")), required=True, parser_class=Parser)
        )

    add = simple("inbox", say("les messages d'un dossier, les plus récents d'abord"))
    add("--limit", type=_count, default=50, metavar="N", what=say("au plus N messages (50)"))
    add("--search", default="", metavar=t(say("MOTS")), what=say("mots ; de: objet: texte: depuis:7j avant: non-lu"))
    add("--sort", choices=("arrival", "date", "sender", "subject", "size"), what=say("un autre ordre"))
    add("--descending", action="store_true", what=say("dans l'autre sens"))
    add("--conversation", metavar="REF", what=say("les messages qui se répondent avec celui-ci"))
    add("--unseen", action="store_true", what=say("non lus seulement"))
    add("--all", action="store_true", what=say("les réceptions de toutes les boîtes du profil, en une liste"))
    simple("folders", say("les dossiers d'une boîte"))

    add = simple("read", say("un message : en-têtes, texte, pièces jointes, vérifications"))
    add("ref", nargs="?", metavar="REF", what=say("message, UIDVALIDITY:UID"))
    add("--file", type=Path, metavar=t(say("FICHIER")), what=say("message dans un fichier .eml"))
    add("--raw", action="store_true", what=say("tel qu'il est sur le serveur"))
    add("--save", type=Path, metavar=t(say("DOSSIER")), what=say("l'enregistre hors messagerie, en .eml"))

    add_piece_commands(simple)

    add = simple("deplacer", say("déplace des messages"))
    add("refs", nargs="+", metavar="REF", what=say("messages, UIDVALIDITY:UID ; « - » : une référence par ligne"))
    add("--dans", required=True, metavar=t(say("DOSSIER")), what=say("dossier d'arrivée"))
    for name, what in (("suivi", say("suit des messages")), ("nonsuivi", say("ne suit plus des messages"))):
        add = simple(name, what)
        add("refs", nargs="+", metavar="REF", what=say("messages, UIDVALIDITY:UID ; « - » : une référence par ligne"))

    for name, what in (
        ("check", say("vérifie un message sans l'envoyer")),
        ("send", say("vérifie un message et l'envoie")),
    ):
        add = simple(name, what)
        _message(add, t)
        add("--explain", action="store_true", what=say("toutes les règles, leurs sources et ce qu'elles ont vu"))
        if name == "check":
            add("--batch", type=Path, metavar="FICHIER.jsonl", what=say("les règles de texte, une ligne par message"))
        else:
            add("--partial", action="store_true", what=say("envoie aux autres quand des destinataires sont refusés"))
            add("--draft", action="store_true", what=say("l'enregistre dans les brouillons sans l'envoyer"))
            _departure(add, t)

    outbox = group("outbox", say("les messages en attente ou dont l'envoi est incertain"), "action")
    simple("list", say("ce qui attend"), outbox)
    add = simple("run", say("envoie ce qui est dû"), outbox)
    add("--despite-late", action="store_true", what=say("même ce dont l'heure est passée depuis plus de 12 heures"))
    for name, what in (
        ("look", say("cherche un message dans Envoyés, et ses accusés")),
        ("retry", say("renvoie un message, maintenant, les mêmes octets")),
        ("discard", say("retire un message ; il redevient un brouillon s'il n'est pas parti")),
        ("left", say("il est bien parti : sa copie va dans Envoyés")),
        ("resend", say("un brouillon pour les destinataires refusés seulement")),
    ):
        add = simple(name, what, outbox)
        add("key", metavar=t(say("CLÉ")), what=say("clé, comme « outbox list » la montre"))
        if name == "retry":
            add("--despite-unknown", action="store_true", what=say("même s'il est peut-être déjà parti"))

    add = simple("receipts", say("ce qu'est devenu un message envoyé ; ce que dit un rapport reçu"))
    add("ref", metavar="REF", what=say("message, UIDVALIDITY:UID ; d'Envoyés, sauf --folder"))
    answer = say("répond à une demande d'accusé de lecture : l'envoyer, ou ne plus la montrer")
    add("--answer", choices=("send", "ignore"), what=answer)
    add("--although-elsewhere", action="store_true", what=say("même vers une autre adresse que celle du message"))

    annuaire = group("annuaire", say("l'Annuaire Santé"), "action")
    add = simple("search", say("cherche des boîtes par nom, profession, lieu"), annuaire)
    add("words", nargs="+", metavar="MOT", what=say("mots du nom, de la profession, du lieu"))
    add("--profession", default="", metavar="MOT", what=say("profession"))
    add("--speciality", default="", metavar="MOT", what=say("spécialité"))
    add("--place", default="", metavar=t(say("LIEU")), what=say("commune, code postal ou département"))
    add("--type", default="", choices=("PER", "ORG", "APP", "CAB"), what=say("nature de la boîte"))
    add("--limit", type=_count, default=50, metavar="N", what=say("au plus N résultats (50)"))
    add = simple("verify", say("des adresses sont-elles publiées ?"), annuaire)
    add("addresses", nargs="+", metavar="ADRESSE", what=say("adresse MSSanté"))
    add = simple("show", say("qui est publié à une adresse ?"), annuaire)
    add("address", metavar="ADRESSE", what=say("adresse MSSanté"))
    add = simple("update", say("refait l'index depuis l'extraction"), annuaire)
    add("--from", dest="extraction", type=Path, metavar="FICHIER", what=say("fichier d'extraction, texte ou zip"))
    simple("stats", say("l'index : âge, nombre de boîtes"), annuaire)

    add = simple("status", say("la vie de chaque boîte, d'après ce que ce poste en sait"))
    add("--refresh", action="store_true", what=say("demande d'abord aux serveurs et à l'annuaire"))
    add("--nagios", action="store_true", what=say("une ligne et le code 0, 1, 2 ou 3"))
    add("--overdue", action="store_true", what=say("ce qui est en retard ; avec --refresh, chaque message"))
    add("--prometheus", type=Path, metavar="FICHIER.prom", what=say("écrit aussi les mesures pour Prometheus"))

    add = simple("journal", say("qui a fait quoi, et quand"))
    add("action", nargs="?", choices=("verify", "anchor"), what=say("verify suit la chaîne ; anchor l'ancre"))
    add_journal_filters(add)
    add("--last", type=_count, default=200, metavar="N", what=say("au plus N lignes (200)"))

    config = group("config", say("la configuration"), "action")
    simple("show", say("chaque valeur en vigueur et d'où elle vient"), config)
    simple("validate", say("tout ce qui ne va pas"), config)
    simple("schema", say("le schéma JSON du fichier"), config)
    profile = group("profile", say("les profils"), "action")
    simple("list", say("les profils et leurs boîtes"), profile)
    simple("show", say("un profil"), profile)
    add = simple("import", say("des profils depuis un CSV, en TOML pour le fichier du site"), profile)
    add("csv", type=Path, metavar="FICHIER.csv", what=say("colonnes : profile, name, title, rpps, entity, account…"))
    add = simple("create", say("un profil depuis une adresse : cherche les serveurs, les essaie, l'écrit"), profile)
    add("address", nargs="?", default="", metavar="ADRESSE", what=say("adresse MSSanté ; rien : tout est demandé"))
    add("--name", default="", metavar="NOM", what=say("nom du profil et de la boîte"))
    add("--person", default="", metavar="NOM", what=say("qui agit : prénom et NOM"))
    add("--title", default="", metavar="TITRE", what=say("Dr, Mme…"))
    add("--rpps", default="", metavar="RPPS", what=say("numéro RPPS"))
    add("--type", default="PER", choices=("PER", "ORG", "APP", "CAB"), what=say("nature de la boîte"))
    add("--policy", default="generique", metavar="NOM", what=say("règles de l'opérateur"))
    add("--imap", default="", metavar=t(say("SERVEUR:PORT")), what=say("serveur de lecture, au lieu de le chercher"))
    add("--smtp", default="", metavar=t(say("SERVEUR:PORT")), what=say("serveur d'envoi, au lieu de le chercher"))
    add("--auth", default="", choices=("", "password", "certificate", "token", "psc"), what=say("authentification"))
    add("--relay", default="", metavar="URL", what=say("relais Pro Santé Connect"))
    add("--certificate", default="", metavar="FICHIER", what=say("certificat client"))
    add("--ca", default="", metavar="FICHIER", what=say("autorités acceptées : fichier, ou « system »"))
    add("--private", action="store_true", what=say("accepte un serveur à une adresse privée"))
    add("--dry-run", action="store_true", what=say("montre le profil sans l'écrire"))
    simple("doctor", say("essaie chaque étape, du nom du serveur à l'annuaire, et dit quoi faire"))
    add = simple("completion", say("le fichier de complétion d'un interpréteur"))
    add("shell", choices=("bash", "zsh", "fish"), what=say("interpréteur"))

    add = simple("demo", say("un opérateur d'essai sur ce poste, sans réseau ni configuration"))
    add("--serve", action="store_true", what=say("l'opérateur seul, jusqu'à SIGTERM"))
    add("--day", type=_count, default=0, metavar="N", what=say("N jours ont passé"))
    add("--auth", choices=("password", "psc"), default="password", what=say("psc : un Pro Santé Connect d'essai"))

    cache = group("cache", say("la copie chiffrée des messages sur ce poste"), "action")
    simple("show", say("ce qu'elle tient : place, dossiers, âge"), cache)
    add = simple("clear", say("l'efface : celle de --account, sinon celles du profil"), cache)
    add("--drafts", action="store_true", what=say("aussi les brouillons qui ne sont pas sur le serveur"))

    add_mailbox_commands(simple, group)
    add_folder_commands(simple, group)
    add_xdm_commands(simple, group)

    add = simple("help", say("l'aide, ou la liste des commandes en JSON"))
    add("topic", nargs="?", metavar=t(say("COMMANDE")), what=say("commande"))
    return parser


def _common(add: Add, *, top: bool = False) -> None:
    """Options that stand before or after the command; only the first parser gives them a value when absent."""

    def otherwise(value: object) -> object:
        return value if top else argparse.SUPPRESS

    add("--json", action="store_true", default=otherwise(False), what=say("un document JSON sur la sortie"))
    add("--profile", default=otherwise(""), metavar="NOM", what=say("profil"))
    add("--config", type=Path, default=otherwise(None), metavar="FICHIER", what=say("fichier de configuration"))
    add("--account", default=otherwise(""), metavar="BOÎTE", what=say("boîte du profil : nom ou adresse"))
    add("--folder", default=otherwise(""), metavar="DOSSIER", what=say("dossier"))
    add("--read-only", action="store_true", default=otherwise(False), what=say("ne change rien sur le serveur"))
    add("--no-cache", action="store_true", default=otherwise(False), what=say("sans copie chiffrée, cette fois"))
    offline = say("hors ligne : aucune connexion ; ce que la copie chiffrée garde")
    add("--offline", action="store_true", default=otherwise(False), what=offline)
    add("--lang", choices=LANGUAGES, default=otherwise(""), what=say("langue"))
    add("--theme", choices=THEMES, default=otherwise(""), what=say("couleurs de l'écran"))
    add(
        "--password-fd",
        type=_count,
        default=otherwise(None),
        metavar="N",
        what=say("mot de passe de la boîte, lu sur ce descripteur"),
    )
    add("--qui-agit", default=otherwise(""), metavar="NOM", what=say("qui agit, quand le profil nomme un service"))
    add("--no-prompt", action="store_true", default=otherwise(False), what=say("ne demande jamais rien"))


def _departure(add: Add, t: Callable[[Phrase], str]) -> None:
    """When a message leaves, and what is asked to come back."""
    add("--at", default="", metavar=t(say("QUAND")), what=say("envoie plus tard : « demain 8 h », 2026-11-21T08:00"))
    add("--receipt", action="store_true", default=None, what=say("demande un accusé de lecture"))
    add("--no-receipt", action="store_false", dest="receipt", what=say("n'en demande pas, quoi que dise le profil"))
    add("--no-delivery", action="store_true", what=say("ne demande pas d'accusé de réception aux serveurs"))


def _message(add: Add, t: Callable[[Phrase], str]) -> None:
    """A message from options, a file or standard input."""
    add("file", nargs="?", metavar="FICHIER.eml", what=say("message à prendre ; « - » ou rien : l'entrée standard"))
    for name, what in (("--to", say("destinataire")), ("--cc", say("en copie")), ("--bcc", say("en copie cachée"))):
        add(name, action="append", default=[], metavar="ADRESSE", what=what)
    add("--reply-to", default="", metavar="ADRESSE", what=say("où iront les réponses, si ce n'est à l'expéditeur"))
    add("--subject", default=None, metavar="OBJET", what=say("objet"))
    add("--body", default=None, metavar="TEXTE", what=say("texte"))
    add("--body-file", default=None, metavar="FICHIER", what=say("texte dans un fichier ; « - » : entrée standard"))
    for name, what in (
        ("--reply", say("répond à ce message")),
        ("--reply-all", say("répond à tous")),
        ("--forward", say("transfère ce message et ses pièces")),
        ("--forward-as-attachment", say("transfère ce message entier en pièce jointe, à l'octet près")),
        ("--as-new", say("reprend ce message comme un nouveau : texte, destinataires, pièces")),
        ("--wrong-recipient", say("demande la suppression d'un message parti, ou reçu, par erreur")),
        ("--replace", say("annule et remplace ce message, que l'on a envoyé")),
        ("--resend", say("renvoie ce message, que l'on a envoyé ; les règles sont relues")),
    ):
        add(name, default="", metavar="REF", what=what)
    add("--template", default="", metavar="NOM", what=say("commence par un modèle (« templates list » les montre)"))
    field = say("remplit un champ du modèle")
    add("--field", action="append", default=[], metavar="CHAMP=VALEUR", what=field)
    add("--attach", action="append", type=Path, default=[], metavar="FICHIER", what=say("pièce jointe"))
    add(
        "--confirm",
        action="append",
        default=[],
        metavar="RÈGLE=MOTIF",
        what=say("accepte ce qu'une règle demande de confirmer"),
    )


def _count(text: str) -> int:
    """A number that is not negative."""
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise UsageError(say("Il faut un nombre, pas « {text} ».", text=clean(text, 40)))
    return int(text)
