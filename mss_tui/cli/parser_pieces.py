"""The commands on pieces of received messages, and on suspicious ones."""

from __future__ import annotations

from pathlib import Path

from mss_tui.cli.parser_mailbox import Simple
from mss_tui.phrase import say


def add_piece_commands(simple: Simple) -> None:
    """Declare them."""
    add = simple("attachment", say("enregistre ou montre les pièces jointes d'un message"))
    add("ref", metavar="REF", what=say("message, UIDVALIDITY:UID"))
    add("part", nargs="?", metavar="PIÈCE", what=say("numéro de la pièce, comme « read » le montre"))
    add("--save", type=Path, metavar="DOSSIER", what=say("où l'enregistrer"))
    add("--all", action="store_true", what=say("enregistre toutes les pièces"))
    add("--text", action="store_true", what=say("montre la pièce en texte : PDF, tableau, calendrier, message"))
    add("--confirm", action="append", default=[], metavar="RÈGLE", what=say("accepte une pièce suspecte"))

    add = simple("signaler", say("signale un message suspect : qui appeler, champs techniques sans le contenu"))
    add("ref", metavar="REF", what=say("message, UIDVALIDITY:UID"))
    add("--save", type=Path, metavar="DOSSIER", what=say("enregistre les champs techniques dans un fichier"))
    add("--draft", action="store_true", what=say("prépare un brouillon au support, l'original joint, si c'est sûr"))
