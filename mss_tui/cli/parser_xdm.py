"""`xdm`: health documents in files (ECO.2.1.1)."""

from __future__ import annotations

from pathlib import Path

from mss_tui.cli.parser_mailbox import Add, Group, Simple
from mss_tui.phrase import Phrase, say

PATIENT: tuple[tuple[str, str, Phrase], ...] = (
    ("--ins", "INS", say("matricule INS avec sa clé")),
    ("--oid", "OID", say("OID de l'INS (NIR 1.2.250.1.213.1.4.8, NIA 1.2.250.1.213.1.4.9)")),
    ("--birth-name", "NOM", say("nom de naissance")),
    ("--given", "PRÉNOM", say("premier prénom de naissance")),
    ("--givens", "PRÉNOMS", say("liste des prénoms de naissance")),
    ("--used-name", "NOM", say("nom utilisé")),
    ("--used-given", "PRÉNOM", say("prénom utilisé")),
    ("--birth-date", "JJ/MM/AAAA", say("date de naissance")),
    ("--sex", "M|F", say("sexe")),
    ("--birth-place", "COG", say("code du lieu de naissance")),
    ("--birth-city", "VILLE", say("ville de naissance")),
    ("--local-id", "OID^IPP", say("identifiant local du patient, sans INS")),
)


def add_xdm_commands(simple: Simple, group: Group) -> None:
    """Declare them."""
    xdm = group("xdm", say("les documents de santé d'un fichier : archive XDM ou CDA"), "action")
    _file(simple("list", say("les documents d'une archive, une ligne chacun"), xdm))
    add = simple("show", say("les documents en entier : en-tête, avertissements, texte avec --text"), xdm)
    _file(add)
    add("--text", action="store_true", what=say("le texte du document et de ses PDF"))
    add("--ocr", action="store_true", what=say("lit aussi les PDF faits d'images, par la commande « ocr » du profil"))
    add = simple("extract", say("enregistre les documents et les fichiers qu'ils contiennent"), xdm)
    _file(add)
    add("--save", type=Path, required=True, metavar="DOSSIER", what=say("où les enregistrer"))
    add("--document", type=int, default=0, metavar="N", what=say("le Nième seulement"))
    add = simple("handover", say("remet les documents à ce que l'administrateur a déclaré : dossier, imprimante"), xdm)
    add("source", metavar="FICHIER|REF", what=say("archive, CDA, ou message UIDVALIDITY:UID et sa pièce"))
    add("part", nargs="?", default="", metavar="PIÈCE", what=say("numéro de la pièce, comme « read » le montre"))
    add("--to", required=True, metavar="NOM", what=say("la destination, comme le profil la nomme"))
    add("--document", type=int, default=0, metavar="N", what=say("le Nième seulement"))
    _file(simple("check", say("les règles de structure d'une archive à envoyer"), xdm))
    _build(simple("build", say("fabrique l'archive d'un message depuis un PDF ou des CDA"), xdm))


def _file(add: Add) -> None:
    add("file", type=Path, metavar="FICHIER", what=say("archive IHE_XDM.ZIP ou document CDA"))


def _build(add: Add) -> None:
    add("--pdf", type=Path, metavar="FICHIER", what=say("PDF à envoyer"))
    add("--cda", type=Path, action="append", default=[], metavar="FICHIER", what=say("CDA déjà fait ; répétable"))
    add("--save", type=Path, required=True, metavar="DOSSIER", what=say("où enregistrer l'archive et la copie PDF"))
    add("--type", default="", metavar="CODE", what=say("type de document, comme 11490-0 ; sans lui, la table"))
    add("--class", dest="class_code", default="", metavar="CODE", what=say("classe, quand la table ne la connaît pas"))
    add("--title", default="", metavar="TITRE", what=say("titre ; celui du type sinon"))
    add("--act-date", default="", metavar="JJ/MM/AAAA", what=say("date de l'acte ; aujourd'hui sinon"))
    add("--patient-of", type=Path, metavar="FICHIER", what=say("patient repris d'une archive ou d'un CDA"))
    add("--ins-qualified", action="store_true", what=say("cette INS vient d'une identité au statut qualifié"))
    for name, metavar, what in PATIENT:
        add(name, default="", metavar=metavar, what=what)
    add("--replaces", type=Path, metavar="FICHIER", what=say("annule et remplace le document de cette archive"))
    add("--deletes", type=Path, metavar="FICHIER", what=say("demande la suppression du document de cette archive"))
    add("--author", default="", metavar="NOM", what=say("auteur ; celui du profil sinon"))
    add("--rpps", default="", metavar="RPPS", what=say("RPPS de l'auteur ; celui du profil sinon"))
    add("--structure", default="", metavar="NOM", what=say("structure de l'auteur ; celle du profil sinon"))
    add("--structure-id", default="", metavar="FINESS", what=say("FINESS de la structure"))
    add("--sector", default="", metavar="CODE", what=say("secteur d'activité, comme SA07"))
