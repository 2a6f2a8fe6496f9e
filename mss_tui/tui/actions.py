"""Every act of every screen, as data: bindings, help, palette and key line are made from this one list.

Keys are Textual's names; the first of several is the one shown. Letters act only where no text is typed; no act needs
Alt, a function key or the mouse (screens.md).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from textual.binding import Binding

from mss_tui.phrase import Phrase, say


class Scope(StrEnum):
    """Where an act is possible."""

    APP = "app"
    SCREENS = "screens"
    MOVES = "moves"
    MAIN = "main"
    MAIL = "mail"
    LIST = "list"
    MESSAGE = "message"
    COMPOSER = "composer"
    WALKER = "walker"
    REFLEXES = "reflexes"
    ANNUAIRE = "annuaire"
    RESULTS = "results"
    OUTBOX = "outbox"
    TIMELINE = "timeline"
    DOCUMENTS = "documents"
    FORM = "form"
    PIECES = "pieces"
    SUSPECT = "suspect"
    PAGE = "page"
    HANDOVER = "handover"
    JOURNAL = "journal"
    ABSENCE = "absence"
    ARTICLES = "articles"
    DIALOG = "dialog"
    PSC = "psc"


@dataclass(frozen=True, slots=True)
class Action:
    """One act: `do` is Textual's action string; `shown` puts it on the key line, `priority` before a text field."""

    id: str
    keys: str
    scope: Scope
    do: str
    label: Phrase
    tooltip: Phrase
    shown: bool = False
    priority: bool = False


ACTIONS: tuple[Action, ...] = (
    Action("app.help", "f1", Scope.APP, "help", say("Touches"),
           say("Les touches du volet actif"), priority=True),
    Action("app.palette", "ctrl+p", Scope.APP, "palette", say("Palette"),
           say("Chercher un acte par son nom"), priority=True),
    Action("app.lock", "ctrl+l", Scope.APP, "hide", say("Verrouiller"),
           say("Effacer l'écran et le verrouiller"), priority=True),
    Action("app.code", "ctrl+k", Scope.APP, "choose_code", say("Choisir un code"),
           say("Le code qui rouvre l'écran verrouillé, jusqu'à ce qu'on quitte")),
    Action("app.psc", "ctrl+y", Scope.APP, "psc", say("Pro Santé Connect"),
           say("Ouvrir ou rouvrir la session Pro Santé Connect")),
    Action("app.quit", "ctrl+q", Scope.APP, "leave", say("Quitter"),
           say("Se déconnecter et quitter"), priority=True),
    Action("screen.inbox", "1", Scope.SCREENS, "to_inbox", say("Réception"),
           say("La liste des messages")),
    Action("screen.compose", "2", Scope.SCREENS, "to_composer", say("Écrire"),
           say("Un nouveau message")),
    Action("screen.annuaire", "3", Scope.SCREENS, "to_annuaire", say("Annuaire"),
           say("Chercher un professionnel ou une structure")),
    Action("screen.status", "4", Scope.SCREENS, "to_status", say("État"),
           say("La vie de chaque boîte et ce qu'il faut faire")),
    Action("screen.journal", "5", Scope.SCREENS, "to_journal", say("Journal"),
           say("Les derniers actes tracés")),
    Action("screen.outbox", "6", Scope.SCREENS, "to_outbox", say("Boîte d'envoi"),
           say("Ce qui attend, et ce dont le départ est incertain")),
    Action("screen.handover", "7", Scope.SCREENS, "to_handover", say("Relève"),
           say("La relève de garde : ce qui attend, ce qui est critique, qui a pris quoi")),
    Action("screen.absence", "8", Scope.SCREENS, "to_absence", say("Absence"),
           say("Le message d'absence sur le serveur")),
    Action("screen.cleanup", "9", Scope.SCREENS, "to_cleanup", say("Ménage"),
           say("Ce qui peut être effacé d'abord ; rien n'est effacé d'ici")),
    Action("screen.articles", "0", Scope.SCREENS, "to_articles", say("Aide"),
           say("La charte, la FAQ, le cadre légal ; d'abord ce qui est derrière les règles à l'écran")),
    Action("screen.help", "question_mark", Scope.SCREENS, "help", say("Touches"),
           say("Les touches du volet actif et les marques")),
    Action("screen.calls", "q", Scope.SCREENS, "calls", say("Qui appeler"),
           say("Les numéros du profil, le 15 et le 114")),
    Action("move.down", "down,j", Scope.MOVES, "move(1)", say("Suivant"),
           say("Ligne suivante")),
    Action("move.up", "up,k", Scope.MOVES, "move(-1)", say("Précédent"),
           say("Ligne précédente")),
    Action("move.page-down", "pagedown", Scope.MOVES, "page(1)", say("Page suivante"),
           say("Une page plus bas")),
    Action("move.page-up", "pageup", Scope.MOVES, "page(-1)", say("Page précédente"),
           say("Une page plus haut")),
    Action("move.first", "home", Scope.MOVES, "end(-1)", say("Début"),
           say("Première ligne")),
    Action("move.last", "end", Scope.MOVES, "end(1)", say("Fin"),
           say("Dernière ligne")),
    Action("main.boxes", "b", Scope.MAIN, "boxes", say("Boîtes"),
           say("Les boîtes et leurs dossiers"), shown=True),
    Action("main.pane", "tab", Scope.MAIN, "pane(1)", say("Volet suivant"),
           say("Passer au volet suivant")),
    Action("main.pane-back", "shift+tab", Scope.MAIN, "pane(-1)", say("Volet précédent"),
           say("Revenir au volet précédent")),
    Action("main.back", "escape", Scope.MAIN, "back", say("Revenir"),
           say("Annuler ce qui est en cours, sinon revenir à la liste")),
    Action("main.new", "n", Scope.MAIN, "new", say("Nouveau"),
           say("Écrire un nouveau message"), shown=True),
    Action("main.refresh", "g", Scope.MAIN, "refresh", say("Relire"),
           say("Relire le dossier sur le serveur")),
    Action("main.search", "slash", Scope.MAIN, "search", say("Chercher"),
           say("Chercher dans le dossier, sur le serveur"), shown=True),
    Action("main.filter", "F", Scope.MAIN, "filter", say("Filtrer"),
           say("Ne montrer que certains messages ; les recherches gardées dans le profil")),
    Action("main.sort", "S", Scope.MAIN, "sort", say("Trier"),
           say("Un autre ordre ; le titre dit si le serveur a trié")),
    Action("main.folders", "G", Scope.MAIN, "folders", say("Dossiers"),
           say("Créer, renommer, supprimer, s'abonner ; vider la corbeille")),
    Action("main.undo", "z", Scope.MAIN, "undo", say("Annuler"),
           say("Revenir sur le dernier acte"), shown=True),
    Action("mail.done", "t", Scope.MAIL, "handle('done')", say("Traiter"),
           say("Marquer traité"), shown=True),
    Action("mail.delegate", "d", Scope.MAIL, "delegate", say("Déléguer"),
           say("Marquer délégué, en disant à qui"), shown=True),
    Action("mail.file", "c", Scope.MAIL, "file", say("Classer"),
           say("Ranger dans un dossier et marquer classé"), shown=True),
    Action("mail.delete", "s", Scope.MAIL, "delete", say("Supprimer"),
           say("Mettre à la corbeille ; depuis la corbeille, supprimer pour de bon"), shown=True),
    Action("mail.to-do", "T", Scope.MAIL, "handle('to_do')", say("À traiter"),
           say("Remettre à traiter")),
    Action("mail.move", "M", Scope.MAIL, "move_to", say("Déplacer"),
           say("Déplacer dans un dossier, sans marquer classé")),
    Action("mail.copy", "Y", Scope.MAIL, "copy_to", say("Copier"),
           say("Copier dans un dossier")),
    Action("mail.conversation", "C", Scope.MAIL, "conversation", say("Conversation"),
           say("Les messages qui se répondent, dans ce dossier")),
    Action("mail.reply", "r", Scope.MAIL, "reply", say("Répondre"),
           say("Répondre à l'expéditeur"), shown=True),
    Action("mail.reply-all", "R", Scope.MAIL, "reply_all", say("À tous"),
           say("Répondre à tous, en disant pourquoi")),
    Action("mail.forward", "f", Scope.MAIL, "forward", say("Transférer"),
           say("Transférer avec les pièces jointes")),
    Action("mail.save", "e", Scope.MAIL, "save", say("Enregistrer"),
           say("Enregistrer le message ou une pièce hors messagerie"), shown=True),
    Action("mail.seen", "u", Scope.MAIL, "toggle_seen", say("Lu / non lu"),
           say("Marquer lu ou non lu")),
    Action("mail.follow", "asterisk", Scope.MAIL, "toggle_follow", say("Suivre"),
           say("Suivre ou ne plus suivre")),
    Action("mail.next", "J", Scope.MAIL, "open_next(1)", say("Message suivant"),
           say("Ouvrir le message suivant de la liste")),
    Action("mail.previous", "K", Scope.MAIL, "open_next(-1)", say("Message précédent"),
           say("Ouvrir le message précédent de la liste")),
    Action("mail.documents", "x", Scope.MAIL, "documents", say("Documents"),
           say("Lire les documents de santé du message (XDM, CDA)"), shown=True),
    Action("mail.pieces", "p", Scope.MAIL, "pieces", say("Pièces"),
           say("Lire les pièces jointes ici, sans rien exécuter")),
    Action("mail.source", "i", Scope.MAIL, "source", say("Pourquoi"),
           say("Ce que disent les règles de ce message, et d'où elles viennent")),
    Action("mail.report", "exclamation_mark", Scope.MAIL, "report", say("Signaler"),
           say("Signaler un message suspect au support de l'opérateur")),
    Action("mail.headers", "h", Scope.MAIL, "headers", say("En-têtes"),
           say("Montrer tous les en-têtes du message ouvert")),
    Action("mail.raw", "v", Scope.MAIL, "raw", say("Vue brute"),
           say("Montrer le message tel qu'il est sur le serveur")),
    Action("mail.receipts", "A", Scope.MAIL, "receipts", say("Accusés"),
           say("Ce qu'est devenu un message envoyé ; répondre à une demande d'accusé de lecture")),
    Action("mail.quoted", "o", Scope.MAIL, "quoted", say("Citation"),
           say("Déplier ou replier le texte cité")),
    Action("mail.take", "m", Scope.MAIL, "take", say("Prendre / rendre"),
           say("Boîte partagée : prendre le message, ou le rendre")),
    Action("mail.hand-over", "P", Scope.MAIL, "hand_over", say("Passer"),
           say("Boîte partagée : passer le message à un collègue, par son nom")),
    Action("mail.acknowledge", "a", Scope.MAIL, "acknowledge", say("Pris connaissance"),
           say("Prendre connaissance, en son nom, d'un résultat critique")),
    Action("list.open", "enter", Scope.LIST, "choose", say("Ouvrir"),
           say("Ouvrir le message")),
    Action("list.select", "space", Scope.LIST, "select", say("Sélectionner"),
           say("Sélectionner ; l'acte suivant vaut pour tous")),
    Action("composer.send", "ctrl+x", Scope.COMPOSER, "send", say("envoyer"),
           say("Envoyer, après les trois réflexes"), shown=True, priority=True),
    Action("composer.check", "ctrl+g", Scope.COMPOSER, "check", say("vérifier"),
           say("Point suivant à vérifier ; ses lettres sont des remèdes"), shown=True, priority=True),
    Action("composer.annuaire", "ctrl+t", Scope.COMPOSER, "annuaire", say("annuaire"),
           say("Chercher un destinataire pour ce champ"), shown=True, priority=True),
    Action("composer.attach", "ctrl+o", Scope.COMPOSER, "attach", say("joindre"),
           say("Joindre un fichier"), shown=True, priority=True),
    Action("composer.document", "ctrl+f", Scope.COMPOSER, "document", say("document"),
           say("Fabriquer une archive XDM depuis un PDF et un formulaire"), priority=True),
    Action("composer.template", "ctrl+e", Scope.COMPOSER, "template", say("modèle"),
           say("Commencer par un modèle ; dans un modèle, le champ suivant à remplir"), priority=True),
    Action("composer.save", "ctrl+s", Scope.COMPOSER, "save", say("brouillon"),
           say("Enregistrer le brouillon sur le serveur"), shown=True, priority=True),
    Action("composer.leave", "escape", Scope.COMPOSER, "leave", say("quitter"),
           say("Revenir au texte, sinon garder ou abandonner le brouillon"), shown=True),
    Action("composer.wishes", "ctrl+n", Scope.COMPOSER, "wishes", say("accusés, départ"),
           say("Demander des accusés, envoyer plus tard"), shown=True, priority=True),
    Action("composer.quote", "ctrl+b", Scope.COMPOSER, "quote", say("Citation"),
           say("Retirer ou remettre le fil cité"), priority=True),
    Action("composer.next", "tab", Scope.COMPOSER, "field(1)", say("Champ suivant"),
           say("Passer au champ suivant"), priority=True),
    Action("composer.previous", "shift+tab", Scope.COMPOSER, "field(-1)", say("Champ précédent"),
           say("Revenir au champ précédent"), priority=True),
    Action("walker.back", "escape", Scope.WALKER, "back", say("Revenir au texte"),
           say("Rendre le clavier au texte"), shown=True),
    Action("walker.source", "i", Scope.WALKER, "source", say("Source"),
           say("D'où vient la règle")),
    Action("reflexes.tick", "space", Scope.REFLEXES, "tick", say("Cocher"),
           say("Cocher ou décocher la ligne"), shown=True),
    Action("reflexes.yes", "o", Scope.REFLEXES, "yes", say("Oui, envoyer"),
           say("Pertinent : cocher et envoyer, quand rien d'autre n'est demandé")),
    Action("reflexes.reason", "m", Scope.REFLEXES, "reason", say("Motif"),
           say("Écrire le motif de la ligne ; il va au journal"), shown=True),
    Action("reflexes.send", "enter", Scope.REFLEXES, "send", say("Envoyer"),
           say("Envoyer"), shown=True),
    Action("reflexes.back", "escape", Scope.REFLEXES, "back", say("Revenir"),
           say("Revenir au message sans envoyer"), shown=True),
    Action("annuaire.results", "down", Scope.ANNUAIRE, "results", say("Résultats"),
           say("Aller aux résultats"), shown=True),
    Action("annuaire.back", "escape", Scope.ANNUAIRE, "back", say("Revenir"),
           say("Revenir au champ, puis quitter l'annuaire"), shown=True),
    Action("results.to", "enter", Scope.RESULTS, "put('to')", say("À"),
           say("Mettre l'adresse dans le champ, ou écrire à cette adresse"), shown=True),
    Action("results.cc", "c", Scope.RESULTS, "put('cc')", say("Cc"),
           say("Mettre l'adresse en copie"), shown=True),
    Action("results.verify", "v", Scope.RESULTS, "verify", say("Vérifier"),
           say("Vérifier maintenant dans l'Annuaire Santé"), shown=True),
    Action("results.detail", "i", Scope.RESULTS, "detail", say("Détail"),
           say("Montrer ou cacher la fiche complète"), shown=True),
    Action("results.field", "slash", Scope.RESULTS, "field", say("Champ"),
           say("Revenir au champ de recherche")),
    Action("results.favourite", "plus", Scope.RESULTS, "favourite", say("Favori"),
           say("Mettre parmi les favoris, ou l'en retirer")),
    Action("results.patient", "p", Scope.RESULTS, "patient", say("Patient par INS"),
           say("Écrire à un patient par son INS : aucun annuaire ne liste les patients")),
    Action("outbox.look", "enter", Scope.OUTBOX, "look", say("Où en est-il ?"),
           say("Chercher dans Envoyés, et les accusés revenus"), shown=True),
    Action("outbox.retry", "r", Scope.OUTBOX, "retry", say("Envoyer"),
           say("Envoyer maintenant, les mêmes octets ; demande d'abord si le message est peut-être parti"), shown=True),
    Action("outbox.discard", "s", Scope.OUTBOX, "discard", say("Retirer"),
           say("Retirer de la boîte d'envoi ; ce qui n'est pas parti redevient un brouillon"), shown=True),
    Action("outbox.undo", "z", Scope.OUTBOX, "undo", say("Annuler l'envoi"),
           say("Reprendre un message qui attend"), shown=True),
    Action("outbox.left", "p", Scope.OUTBOX, "left", say("Il est bien parti"),
           say("Quelqu'un le sait : la copie va dans Envoyés"), shown=True),
    Action("outbox.resend", "e", Scope.OUTBOX, "resend", say("Écrire aux refusés"),
           say("Un nouveau message pour les destinataires refusés seulement"), shown=True),
    Action("timeline.resend", "e", Scope.TIMELINE, "resend", say("Écrire aux refusés"),
           say("Un nouveau message pour les destinataires qui ne l'ont pas reçu"), shown=True),
    Action("documents.next", "n", Scope.DOCUMENTS, "other(1)", say("Suivant"),
           say("Le document suivant"), shown=True),
    Action("documents.previous", "p", Scope.DOCUMENTS, "other(-1)", say("Précédent"),
           say("Le document précédent"), shown=True),
    Action("documents.search", "slash", Scope.DOCUMENTS, "search", say("Chercher"),
           say("Chercher dans le document ; encore une fois : l'occurrence suivante"), shown=True),
    Action("documents.preview", "v", Scope.DOCUMENTS, "preview", say("Aperçu"),
           say("Les pages du PDF et les images en demi-blocs, l'une après l'autre"), shown=True),
    Action("documents.save", "e", Scope.DOCUMENTS, "save", say("Enregistrer"),
           say("Enregistrer le document, un fichier, le texte ou tout"), shown=True),
    Action("documents.patient", "w", Scope.DOCUMENTS, "write_patient", say("Au patient"),
           say("Écrire au patient, à l'adresse de son INS"), shown=True),
    Action("documents.author", "r", Scope.DOCUMENTS, "reply_author", say("À l'auteur"),
           say("Répondre à l'auteur du document"), shown=True),
    Action("documents.make", "f", Scope.DOCUMENTS, "make", say("Fabriquer"),
           say("Un document pour ce patient, annuler et remplacer celui-ci, ou demander sa suppression")),
    Action("documents.others", "m", Scope.DOCUMENTS, "others", say("Ses messages"),
           say("Les messages de ce patient, dans toutes les boîtes")),
    Action("documents.handover", "t", Scope.DOCUMENTS, "hand_over", say("Remettre"),
           say("Remettre ce document, ou tous, au DPI, à l'imprimante : ce que l'administrateur a déclaré")),
    Action("documents.copy", "c", Scope.DOCUMENTS, "copy", say("Copier"),
           say("Copier le texte du document")),
    Action("documents.recognise", "o", Scope.DOCUMENTS, "recognise", say("Reconnaître"),
           say("Lire un PDF fait d'images par reconnaissance de caractères")),
    Action("documents.back", "escape", Scope.DOCUMENTS, "back", say("Revenir"),
           say("Revenir au texte, puis au message"), shown=True),
    Action("handover.leave", "l", Scope.HANDOVER, "leave_word", say("Laisser"),
           say("Laisser la relève, avec un mot"), shown=True),
    Action("handover.accept", "p", Scope.HANDOVER, "accept", say("Prendre"),
           say("Prendre la relève, en son nom"), shown=True),
    Action("absence.set", "o", Scope.ABSENCE, "set", say("Mettre"),
           say("Mettre le message d'absence"), shown=True),
    Action("absence.unset", "s", Scope.ABSENCE, "unset", say("Retirer"),
           say("Retirer le message d'absence"), shown=True),
    Action("journal.search", "slash", Scope.JOURNAL, "look_for", say("Filtrer"),
           say("Ne montrer que les lignes qui contiennent ces mots : personne, acte, boîte, jour"), shown=True),
    Action("articles.search", "slash", Scope.ARTICLES, "look_for", say("Chercher"),
           say("Chercher dans l'aide"), shown=True),
    Action("pieces.read", "enter", Scope.PIECES, "read", say("Lire"),
           say("Lire la pièce ici, sans rien exécuter"), shown=True),
    Action("pieces.next", "n", Scope.PIECES, "other(1)", say("Suivante"),
           say("La pièce suivante"), shown=True),
    Action("pieces.previous", "p", Scope.PIECES, "other(-1)", say("Précédente"),
           say("La pièce précédente"), shown=True),
    Action("pieces.preview", "v", Scope.PIECES, "preview", say("Pages"),
           say("Les pages du PDF en demi-blocs, l'une après l'autre"), shown=True),
    Action("pieces.save", "e", Scope.PIECES, "save", say("Enregistrer"),
           say("Enregistrer la pièce ; ce qui est suspect demande d'abord"), shown=True),
    Action("pieces.save-all", "E", Scope.PIECES, "save_all", say("Tout"),
           say("Enregistrer toutes les pièces"), shown=True),
    Action("pieces.back", "escape", Scope.PIECES, "back", say("Revenir"),
           say("Arrêter ce qui est en cours, sinon revenir à la liste, puis au message"), shown=True),
    Action("suspect.save", "e", Scope.SUSPECT, "save", say("Enregistrer"),
           say("Enregistrer les champs techniques dans un fichier"), shown=True),
    Action("suspect.write", "w", Scope.SUSPECT, "write", say("Au support"),
           say("Écrire au support, l'original joint, si son adresse est dans l'espace de confiance"), shown=True),
    Action("form.make", "ctrl+x", Scope.FORM, "make", say("fabriquer"),
           say("Fabriquer l'archive et sa copie PDF, et écrire le message"), shown=True, priority=True),
    Action("form.pdf", "ctrl+o", Scope.FORM, "pdf", say("PDF"),
           say("Choisir le PDF"), shown=True, priority=True),
    Action("form.table", "ctrl+t", Scope.FORM, "table", say("table"),
           say("Choisir dans la table des types, ou des secteurs"), shown=True, priority=True),
    Action("form.back", "escape", Scope.FORM, "back", say("renoncer"),
           say("Fermer sans rien fabriquer"), shown=True),
    Action("page.back", "escape", Scope.PAGE, "back", say("Revenir"),
           say("Revenir à la liste"), shown=True),
    Action("psc.begin", "enter,r", Scope.PSC, "begin", say("Demander"),
           say("Demander la confirmation, ou recommencer"), shown=True),
    Action("psc.mobile", "m", Scope.PSC, "begin('MOBILE')", say("Mobile"),
           say("Confirmer sur le mobile, avec e-CPS"), shown=True),
    Action("psc.card", "c", Scope.PSC, "begin('CARD')", say("Carte"),
           say("Confirmer avec la carte CPS, dans CPS-Gestion"), shown=True),
    Action("psc.back", "escape", Scope.PSC, "cancel", say("Renoncer"),
           say("Fermer sans ouvrir de session"), shown=True),
    Action("dialog.choose", "enter", Scope.DIALOG, "choose", say("Valider"),
           say("Valider"), shown=True),
    Action("dialog.back", "escape", Scope.DIALOG, "cancel", say("Renoncer"),
           say("Fermer sans rien faire"), shown=True),
)  # fmt: skip
BY_ID = {action.id: action for action in ACTIONS}

_WHO_ACTS = {Scope.SCREENS: "app.", Scope.MAIL: "screen.", Scope.RESULTS: "screen."}
"""Whose method does it, where that is not the widget that has the binding."""

_KEY_NAMES = {
    "question_mark": "?",
    "exclamation_mark": "!",
    "slash": "/",
    "asterisk": "*",
    "plus": "+",
    "escape": "Échap",
    "enter": "Entrée",
    "space": "Espace",
    "tab": "Tab",
    "shift+tab": "Maj+Tab",
    "down": "↓",
    "up": "↑",
    "pagedown": "Page bas",
    "pageup": "Page haut",
    "home": "Début",
    "end": "Fin",
}


def key_name(key: str) -> str:
    """A key as people call it: "ctrl+g" → "Ctrl+G", "slash" → "/"."""
    if key in _KEY_NAMES:
        return _KEY_NAMES[key]
    if key.startswith("ctrl+"):
        return f"Ctrl+{key[5:].upper()}"
    return key.upper() if len(key) > 1 else key


def keys_shown(action: Action) -> str:
    """The keys of an act as people call them."""
    return " ".join(map(key_name, action.keys.split(",")))


def of(*scopes: Scope) -> Iterator[Action]:
    """Acts of some scopes, scope by scope."""
    return (action for scope in scopes for action in ACTIONS if action.scope is scope)


def bindings(*scopes: Scope) -> list[Binding]:
    """Textual's bindings for some scopes; each carries the id that a profile may name to change its key."""
    return [
        Binding(
            action.keys,
            _WHO_ACTS.get(action.scope, "") + action.do,
            str(action.label),
            id=action.id,
            tooltip=str(action.tooltip),
            show=action.shown,
            priority=action.priority,
        )
        for action in of(*scopes)
    ]
