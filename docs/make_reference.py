"""Make the man page and the configuration reference from the program's tables: `python docs/make_reference.py`.

A test compares.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from mss_tui import __version__
from mss_tui.cli.commands.help import each_command
from mss_tui.cli.parser import build_parser
from mss_tui.config.key import Key, Kind
from mss_tui.config.keys import ACCOUNT, DEFAULT_PROFILE, DIRECTORY, LOCKED, PROFILE, STATE
from mss_tui.errors import ExitCode

ROOT = Path(__file__).parent

KINDS = {
    Kind.TEXT: "texte",
    Kind.FLAG: "oui ou non",
    Kind.NUMBER: "nombre",
    Kind.DATE: "date",
    Kind.PATH: "chemin",
    Kind.WORDS: "liste de textes",
    Kind.NUMBERS: "liste de nombres",
    Kind.ARGV: "commande et arguments",
    Kind.TABLES: "liste de tables",
}

CODES = {
    ExitCode.DONE: "fait",
    ExitCode.USAGE: "appel ou configuration à corriger",
    ExitCode.RULE_BLOCKS: "une règle interdit l'envoi",
    ExitCode.NOT_CONFIRMED: "une confirmation demandée n'a pas été donnée",
    ExitCode.PARTIAL: "des destinataires ont été refusés",
    ExitCode.UNKNOWN: "issue inconnue : le message est peut-être parti, ou la réponse n'a pas pu être écrite",
    ExitCode.CANNOT_CONNECT: "pas de connexion, TLS compris",
    ExitCode.AUTH_REFUSED: "authentification refusée",
    ExitCode.DEADLINE: "délai dépassé",
    ExitCode.ATTENTION: "quelque chose demande votre attention (status, journal verify)",
    ExitCode.INTERNAL: "erreur de mss-tui",
    ExitCode.HUNG_UP: "ligne coupée (SIGHUP)",
    ExitCode.INTERRUPTED: "interrompu (SIGINT)",
    ExitCode.ENDED: "arrêté (SIGTERM)",
}

INTRODUCTION = """\
# Le fichier de configuration

Cette page est faite depuis la table des clés du programme (`docs/make_reference.py`).

- Le fichier est `~/.config/mss-tui/config.toml`, ou celui de `--config`. Il ne doit pouvoir être écrit que par vous.
  Au-dessus de lui, le site peut avoir `/etc/mss-tui/config.toml`.
- `[defaults]` prend les clés d'un profil et celles d'une boîte marquées *. Ce qui est dit dans une section l'emporte
  sur ce dont elle hérite (`inherits`), qui l'emporte sur `[defaults]` ; la ligne de commande l'emporte sur le fichier.
- Ce que le site impose (`locked = ["ca"]`) l'emporte sur tout : `mss-tui config show` le dit « imposé ».
- Une clé inconnue est refusée, avec l'orthographe la plus proche. Un mot de passe écrit dans le fichier est refusé
  aussi : donnez une commande, un descripteur (`--password-fd`), ou rien, et il vous sera demandé.
- Sans `--profile`, le profil est celui de la clé `profile`, sinon « default », sinon celui qui porte votre nom
  d'utilisateur, sinon le seul qui soit là.
- `mss-tui config validate` dit tout ce qui ne va pas ; `mss-tui config schema` donne le schéma JSON.
- `mss-tui profile import GENS.csv` écrit les profils de plusieurs personnes, pour le fichier du site.
"""


def man() -> str:
    """The man page, roff."""
    parser = build_parser()
    lines = [
        f'.TH MSS-TUI 1 "" "mss-tui {__version__}" "Commandes"',
        ".SH NOM",
        "mss\\-tui \\- client MSSanté pour le terminal",
        ".SH SYNOPSIS",
        ".B mss\\-tui",
        "[options] [commande]",
        ".SH DESCRIPTION",
        _roff(parser.description or ""),
        "La sortie standard porte les données, l'erreur standard ce qui se passe.",
        ".SH OPTIONS",
        *_arguments(parser),
        ".SH COMMANDES",
    ]
    for name, (what, command) in each_command(parser):
        lines += [f".SS {_roff(name)}", _roff(what[:1].upper() + what[1:] + "."), *_arguments(command, common=False)]
    lines.append(".SH CODES DE SORTIE")
    for code, what in CODES.items():
        lines += [".TP", f".B {code.value}", _roff(what)]
    lines += [
        ".SH FICHIERS",
        ".TP",
        ".I ~/.config/mss\\-tui/config.toml",
        "configuration de l'utilisateur",
        ".TP",
        ".I /etc/mss\\-tui/config.toml",
        "configuration du site, qui peut imposer des clés",
        ".TP",
        ".I ~/.local/state/mss\\-tui",
        "faits connus des boîtes, journal, envois en cours ; aucun message",
    ]
    return "\n".join(lines) + "\n"


def _arguments(parser: argparse.ArgumentParser, *, common: bool = True) -> list[str]:
    """What a parser takes; options of every command are told once."""
    lines: list[str] = []
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction) or action.dest == "help":
            continue
        if not common and action.default is argparse.SUPPRESS and action.option_strings:
            continue
        metavar = action.metavar if isinstance(action.metavar, str) else "|".join(map(str, action.choices or ()))
        value = f" \\fI{_roff(metavar)}\\fR" if metavar and action.nargs != 0 else ""
        names = ", ".join(f"\\fB{_roff(name)}\\fR" for name in action.option_strings)
        lines += [".TP", f"{names}{value}".strip(), _roff((action.help or "").replace("%%", "%"))]
    return lines


def _roff(text: str) -> str:
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return f"\\&{text}" if text.startswith((".", "'")) else text


def configuration() -> str:
    """The reference of the configuration file, Markdown."""
    sections = (
        ("En tête du fichier", "", (DEFAULT_PROFILE, STATE)),
        ("`[profiles.NOM]`", "Une personne et ses boîtes.", PROFILE),
        ("`[accounts.NOM]`", "Une boîte. Les clés marquées * peuvent aussi être dans `[defaults]`.", ACCOUNT),
        ("`[directory]`", "L'Annuaire Santé.", DIRECTORY),
        ("Fichier du site seul", "", (LOCKED,)),
    )
    lines = INTRODUCTION.splitlines()
    for title, what, keys in sections:
        lines += ["", f"## {title}", "", *([what, ""] if what else [])]
        lines += ["| clé | valeur | sens |", "|---|---|---|", *_rows(keys, "")]
    return "\n".join(lines) + "\n"


def _rows(keys: tuple[Key, ...], prefix: str) -> list[str]:
    rows: list[str] = []
    for key in keys:
        name = f"{prefix}{key.name}"
        if key.kind is Kind.TABLE:
            rows.append(f"| `{name}`{' *' if key.shared else ''} | table | {key.what.render()} |")
            rows += _rows(key.keys, f"{name}.")
            continue
        value = (
            ", ".join(f"`{choice}`" if choice else "rien" for choice in key.choices) if key.choices else KINDS[key.kind]
        )
        if key.span:
            value += f", de {key.span[0]} à {key.span[1]}"
        if key.required:
            value += ", nécessaire"
        elif key.default not in (None, "", False):
            value += f" (`{key.default}`)"
        rows.append(f"| `{name}`{' *' if key.shared else ''} | {value} | {key.what.render()} |")
        rows += _rows(key.keys, f"{name}[].") if key.kind is Kind.TABLES else []
    return rows


PAGES = {ROOT / "man" / "mss-tui.1": man, ROOT / "reference" / "configuration.md": configuration}


def main() -> None:
    """Write them."""
    for path, made in PAGES.items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(made(), "utf-8")


if __name__ == "__main__":
    main()
