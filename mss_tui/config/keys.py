"""Every key of the configuration, declared once; the checker, the loader, `config show` and the schema read this."""

from __future__ import annotations

from mss_tui.config.key import Key, Kind
from mss_tui.language import LANGUAGES
from mss_tui.phrase import Phrase, say

NAME = r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}"
"""Names of profiles and accounts; an account's is also a file name below `$CREDENTIALS_DIRECTORY`."""

THEMES = ("auto", "ansi", "mono", "dark", "light")

_HOST = r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|[0-9A-Fa-f:]{2,45}"
_URL = r"https://[^\s@/?#]+(?:/[^\s?#]*)?"
_KEY = r"[!-~]|(?:ctrl\+)?[a-z][a-z0-9_]*"
_FOLDERS = ("drafts", "sent", "archive", "junk", "trash")


def _server(name: str, what: Phrase, *, secured: bool = True) -> Key:
    """A table that names a server; ManageSieve knows STARTTLS alone (RFC 5804 §2.2)."""
    keys: tuple[Key, ...] = (
        Key("host", Kind.TEXT, say("nom du serveur"), pattern=_HOST, required=True),
        Key("port", Kind.NUMBER, say("port"), span=(1, 65535), required=True),
    )
    if secured:
        security = Key(
            "security", Kind.TEXT, say("comment TLS commence"), default="starttls", choices=("starttls", "tls")
        )
        keys = (*keys, security)
    return Key(name, Kind.TABLE, what, keys=keys, required=secured, shared=True)


INHERITS = Key("inherits", Kind.TEXT, say("nom dont les valeurs sont reprises"), pattern=NAME)

PROFILE = (
    INHERITS,
    Key(
        "person",
        Kind.TABLE,
        say("qui agit"),
        keys=(
            Key("name", Kind.TEXT, say("prénom et NOM"), required=True),
            Key("title", Kind.TEXT, say("titre : Dr, Mme…"), default=""),
            Key("rpps", Kind.TEXT, say("numéro RPPS, 11 chiffres"), default="", pattern=r"[0-9]{11}|"),
            Key("entity", Kind.TEXT, say("cabinet, établissement ou service"), default=""),
            Key("service", Kind.FLAG, say("ce nom est celui d'un service : demander qui agit"), default=False),
        ),
    ),
    Key("accounts", Kind.WORDS, say("boîtes du profil, la première d'abord"), pattern=NAME, required=True),
    Key(
        "calls",
        Kind.TABLES,
        say("qui appeler"),
        keys=(
            Key("who", Kind.TEXT, say("nom ou service"), required=True),
            Key("phone", Kind.TEXT, say("numéro"), pattern=r"[0-9+][0-9 .+]*", required=True),
        ),
    ),
    Key(
        "searches",
        Kind.TABLES,
        say("recherches gardées, que F propose ; sans donnée de patient"),
        keys=(
            Key("name", Kind.TEXT, say("nom"), required=True),
            Key("query", Kind.TEXT, say("ce que l'on taperait"), required=True),
        ),
    ),
    Key("lang", Kind.TEXT, say("langue de l'interface"), default="fr", choices=LANGUAGES),
    Key("theme", Kind.TEXT, say("couleurs de l'écran"), default="auto", choices=THEMES),
    Key(
        "keys",
        Kind.TABLES,
        say("touches à la place des nôtres ; les actes sont dans « mss-tui help --json »"),
        keys=(
            Key("act", Kind.TEXT, say("nom de l'acte"), pattern=r"[a-z0-9-]+\.[a-z0-9-]+", required=True),
            Key("key", Kind.TEXT, say("touche : une lettre, ctrl+t, f5…"), pattern=_KEY, required=True),
        ),
    ),
    Key("folder", Kind.TEXT, say("dossier ouvert au départ"), default="INBOX"),
    Key("read_only", Kind.FLAG, say("rien n'est changé sur le serveur"), default=False),
    Key("low_bandwidth", Kind.FLAG, say("ligne lente : moins d'octets"), default=False),
    Key(
        "cache",
        Kind.TEXT,
        say("où les messages lus restent : en mémoire, ou en copie chiffrée sur ce poste"),
        default="memory",
        choices=("memory", "encrypted"),
    ),
    Key(
        "cache_key",
        Kind.TABLE,
        say("clé des registres de patients et de la copie chiffrée ; sinon une phrase de passe, pour la copie"),
        keys=(
            Key("keyring", Kind.FLAG, say("clé tirée au hasard, gardée dans le trousseau du poste"), default=False),
            Key("command", Kind.ARGV, say("commande qui écrit la phrase de passe")),
        ),
    ),
    Key(
        "cache_wipe",
        Kind.FLAG,
        say("quitter l'écran verrouillé efface la copie : trois codes faux, ou Ctrl+Q"),
        default=True,
    ),
    Key(
        "patient_informed_days",
        Kind.NUMBER,
        say("durée de l'information du patient, en jours"),
        span=(1, 3650),
    ),
    Key("days_off", Kind.NUMBERS, say("jours sans lecture, lundi est 1"), span=(1, 7)),
    Key(
        "leave",
        Kind.TABLE,
        say("congés"),
        keys=(
            Key("from", Kind.DATE, say("premier jour"), required=True),
            Key("until", Kind.DATE, say("dernier jour"), required=True),
        ),
    ),
    Key("undo_seconds", Kind.NUMBER, say("secondes pour reprendre un envoi ; 0 : aucune"), default=10, span=(0, 600)),
    Key(
        "receipts",
        Kind.TABLE,
        say("accusés demandés quand un message est commencé"),
        keys=(
            Key("delivery", Kind.FLAG, say("de réception, par les serveurs"), default=True),
            Key("reading", Kind.FLAG, say("de lecture, par le destinataire"), default=False),
        ),
    ),
    Key("signature", Kind.WORDS, say("lignes mises sous les messages commencés à l'écran")),
    Key("editor", Kind.ARGV, say("éditeur que Ctrl+R ouvre sur le texte ; sinon VISUAL ou EDITOR")),
    Key("external_editor", Kind.FLAG, say("Ctrl+R peut ouvrir un éditeur externe"), default=True),
    Key("dictionary", Kind.PATH, say("fichier des mots que l'orthographe admet en plus ; sinon aucun n'est gardé")),
    Key(
        "product",
        Kind.TEXT,
        say("référence du produit (X-MSS-NIL), donnée par convergence.esante.gouv.fr"),
        default="",
        pattern=r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}|",
    ),
    Key(
        "lock",
        Kind.TABLE,
        say("verrouillage de l'écran"),
        keys=(
            Key("minutes", Kind.NUMBER, say("minutes sans touche avant le verrouillage"), default=5, span=(1, 120)),
            Key(
                "unlock",
                Kind.TEXT,
                say("ce qui rouvre : l'identité (code, mot de passe, PSC) ou une simple touche"),
                default="identity",
                choices=("identity", "key"),
            ),
        ),
    ),
    Key("shared_host", Kind.FLAG, say("poste partagé : rien ne reste sur disque, demander qui agit"), default=False),
    Key("clipboard", Kind.FLAG, say("la copie peut aller au presse-papiers du terminal"), default=False),
    Key("departure", Kind.DATE, say("dernier jour dans la structure")),
    Key(
        "validation",
        Kind.TEXT,
        say("document parti sans validation : rien, à confirmer, bloqué"),
        default="",
        choices=("", "confirm", "block"),
    ),
    Key("save_to", Kind.PATH, say("dossier sûr où les messages sont enregistrés hors messagerie")),
    Key("alert_command", Kind.ARGV, say("commande lancée, sans contenu, quand un résultat critique arrive")),
    Key(
        "handover",
        Kind.TABLES,
        say("à qui un document peut être remis : un dossier surveillé, ou l'entrée d'une commande"),
        keys=(
            Key("name", Kind.TEXT, say("nom que l'on choisit"), required=True),
            Key("folder", Kind.PATH, say("dossier surveillé, du DPI par exemple")),
            Key("command", Kind.ARGV, say("commande qui lit le document sur son entrée, comme lp")),
            Key(
                "content",
                Kind.TEXT,
                say("ce qui est remis : le CDA tel que reçu, ses PDF, son texte"),
                default="document",
                choices=("document", "pdf", "text"),
            ),
            Key("mode", Kind.TEXT, say("droits du fichier, en octal"), default="0600", pattern=r"0[4-7][0-7]{2}"),
        ),
    ),
    Key("ocr", Kind.ARGV, say("commande qui écrit le texte de l'image (PGM) donnée sur son entrée, comme tesseract")),
    Key(
        "journal",
        Kind.TABLE,
        say("conservation du journal"),
        keys=(
            Key("months", Kind.NUMBER, say("mois gardés"), default=6, span=(1, 120)),
            Key("anchor", Kind.TEXT, say("où la chaîne est ancrée"), default="", choices=("", "journald", "syslog")),
            Key("host", Kind.TEXT, say("serveur syslog (TLS)"), default="", pattern=rf"{_HOST}|"),
            Key("port", Kind.NUMBER, say("son port"), default=6514, span=(1, 65535)),
            Key("ca", Kind.PATH, say("autorités acceptées pour ce serveur : fichier PEM, ou « system »")),
        ),
    ),
)

ACCOUNT = (
    INHERITS,
    Key("address", Kind.TEXT, say("adresse MSSanté"), required=True),
    Key("type", Kind.TEXT, say("nature de la boîte"), choices=("PER", "ORG", "APP", "CAB"), required=True),
    Key("label", Kind.TEXT, say("libellé de l'expéditeur"), default=""),
    Key("red_list", Kind.FLAG, say("boîte en liste rouge"), default=False),
    Key("holder", Kind.TEXT, say("titulaire de la boîte nominative, s'il n'est pas la personne du profil"), default=""),
    Key("delegated", Kind.FLAG, say("le titulaire a délégué l'usage de cette boîte"), default=False),
    Key("policy", Kind.TEXT, say("règles de l'opérateur"), pattern=NAME, required=True, shared=True),
    _server("imap", say("serveur de lecture")),
    _server("smtp", say("serveur d'envoi")),
    _server("sieve", say("serveur du message d'absence"), secured=False),
    Key(
        "auth",
        Kind.TABLE,
        say("comment la boîte prouve son identité"),
        shared=True,
        keys=(
            Key(
                "method",
                Kind.TEXT,
                say("moyen"),
                default="password",
                choices=("password", "certificate", "token", "psc"),
            ),
            Key("user", Kind.TEXT, say("identifiant, s'il n'est pas l'adresse"), default=""),
            Key(
                "mechanism",
                Kind.TEXT,
                say("comment le mot de passe est prouvé ; vide : le plus sûr que le serveur offre"),
                default="",
                choices=("", "scram-sha-256", "scram-sha-1", "plain"),
            ),
            Key("command", Kind.ARGV, say("commande qui écrit le mot de passe ou le jeton")),
            Key("keyring", Kind.FLAG, say("mot de passe dans le trousseau du poste"), default=False),
            Key(
                "kernel_minutes",
                Kind.NUMBER,
                say("minutes où le mot de passe tapé reste dans le trousseau du noyau Linux ; 0 : aucune"),
                default=0,
                span=(0, 720),
            ),
            Key("certificate", Kind.PATH, say("certificat client : fichier PEM ou PKCS#12 (.p12)")),
            Key("key", Kind.PATH, say("sa clé privée en PEM, si elle est dans un autre fichier")),
            Key("relay", Kind.TEXT, say("relais Pro Santé Connect de l'établissement, adresse https"), pattern=_URL),
            Key("relay_ca", Kind.PATH, say("autorités du relais, si ce ne sont pas celles de « ca »")),
            Key(
                "identity",
                Kind.TEXT,
                say("identifiant national, si ce n'est pas 8 et le RPPS du profil"),
                default="",
                pattern=r"[0-9A-Za-z/.-]{0,64}",
            ),
            Key("card", Kind.FLAG, say("proposer d'abord la carte CPS plutôt que le mobile"), default=False),
        ),
    ),
    Key("ca", Kind.PATH, say("autorités acceptées : fichier PEM ou DER, ou « system »"), required=True, shared=True),
    Key(
        "ca_sha256",
        Kind.WORDS,
        say("empreintes SHA-256 des seules autorités acceptées"),
        pattern=r"(?:[0-9A-Fa-f]{2}:?){31}[0-9A-Fa-f]{2}",
        shared=True,
    ),
    Key(
        "crl",
        Kind.TABLE,
        say("révocation des certificats des serveurs"),
        shared=True,
        keys=(
            Key("path", Kind.PATH, say("listes (CRL) que le site tient : fichier, ou dossier, PEM ou DER")),
            Key(
                "strict",
                Kind.FLAG,
                say("refuser le serveur dont la révocation est inconnue ; vide : oui avec « path », non sans"),
            ),
            Key(
                "online",
                Kind.FLAG,
                say("demander à qui le certificat nomme (OCSP, CRL) ; vide : non avec « path », oui sans"),
            ),
            Key("hosts", Kind.WORDS, say("serveurs de révocation permis à une adresse privée"), pattern=_HOST),
        ),
    ),
    Key(
        "folders",
        Kind.TABLE,
        say("noms des dossiers, si le serveur ne les dit pas"),
        shared=True,
        keys=tuple(Key(role, Kind.TEXT, say("nom du dossier")) for role in _FOLDERS),
    ),
)

DIRECTORY = (
    Key("index", Kind.PATH, say("fichier de l'index de l'annuaire")),
    Key(
        "fhir",
        Kind.TABLE,
        say("interface FHIR de l'Annuaire Santé"),
        keys=(
            Key("url", Kind.TEXT, say("adresse https"), pattern=_URL, required=True),
            Key("key_command", Kind.ARGV, say("commande qui écrit la clé")),
        ),
    ),
    Key("ca", Kind.PATH, say("autorités acceptées : fichier PEM, ou « system »")),
)

DEFAULT_PROFILE = Key("profile", Kind.TEXT, say("profil pris quand aucun n'est nommé"), pattern=NAME)
STATE = Key("state", Kind.PATH, say("dossier des faits, du journal et de la boîte d'envoi"))
LOCKED = Key("locked", Kind.WORDS, say("clés que le site impose"))

DEFAULTS = (
    *(key for key in PROFILE if key is not INHERITS),
    *(key for key in ACCOUNT if key.shared),
)


def dotted(keys: tuple[Key, ...], prefix: str = "") -> dict[str, Key]:
    """Every key by its dotted name, tables included."""
    found: dict[str, Key] = {}
    for key in keys:
        found[prefix + key.name] = key
        if key.kind is Kind.TABLE:
            found |= dotted(key.keys, f"{prefix}{key.name}.")
    return found


LOCKABLE = {
    name: key
    for name, key in (dotted((*PROFILE, STATE)) | dotted(ACCOUNT) | dotted(DIRECTORY, "directory.")).items()
    if key is not INHERITS
}
"""What `locked` may name; `directory` alone means all of it."""
