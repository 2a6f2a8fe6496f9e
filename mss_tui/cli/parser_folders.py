"""The commands on folders."""

from __future__ import annotations

from mss_tui.cli.parser_mailbox import Group, Simple
from mss_tui.phrase import say

MODULES = {"dossier": "folders", "copier": "acts"}
"""Each command's module in `cli.commands`."""


def add_folder_commands(simple: Simple, group: Group) -> None:
    """Declare them."""
    folder = group("dossier", say("les dossiers d'une boîte"), "action")
    add = simple("creer", say("crée un dossier"), folder)
    add("nom", metavar="NOM", what=say("« / » sépare les niveaux"))
    add = simple("renommer", say("renomme un dossier, et ceux qu'il contient"), folder)
    add("nom", metavar="NOM", what=say("dossier"))
    add("nouveau", metavar="NOUVEAU", what=say("son nouveau nom"))
    add = simple("supprimer", say("supprime un dossier vide"), folder)
    add("nom", metavar="NOM", what=say("dossier"))
    for name, what in (("abonner", say("s'abonne à un dossier")), ("desabonner", say("se désabonne d'un dossier"))):
        add = simple(name, what, folder)
        add("nom", metavar="NOM", what=say("dossier"))
    add = simple("vider", say("efface pour de bon ce qui est à la corbeille"), folder)
    add("--definitif", action="store_true", what=say("confirme : rien ne pourra le rendre"))
    add = simple("copier", say("copie des messages dans un dossier"))
    add(
        "refs",
        nargs="+",
        metavar="REF",
        what=say("messages, UIDVALIDITY:UID ; « - » : une par ligne en entrée"),
    )
    add("--dans", required=True, metavar="DOSSIER", what=say("dossier d'arrivée"))
