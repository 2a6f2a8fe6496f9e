"""The sentences for what goes wrong with the server of absence messages."""

from __future__ import annotations

from mss_tui.errors import ConnectionLost, HostileServer, ServerRefused, TlsRefused
from mss_tui.phrase import Phrase, say


def refused(code: str, text: str) -> ServerRefused:
    """The server understood and said no."""
    full = code.startswith("QUOTA")
    return ServerRefused(
        say("Il n'y a plus de place pour un script d'absence.")
        if full
        else say("Le serveur des messages d'absence a refusé la demande."),
        meaning=say("L'absence n'a pas été changée."),
        remedy=say("Réglez-la dans la messagerie web de votre opérateur, ou mettez un rappel."),
        detail=text,
    )


def no_tls(reason: Phrase) -> TlsRefused:
    """It does not encrypt."""
    return TlsRefused(
        say("Connexion refusée : le serveur des messages d'absence ne chiffre pas ({reason}).", reason=reason),
        meaning=say("Rien ne lui a été envoyé."),
        remedy=say("Vérifiez « sieve » dans le profil, ou appelez votre opérateur."),
    )


def hostile(reason: Phrase) -> HostileServer:
    """It broke the protocol or a limit."""
    return HostileServer(
        say("Le serveur des messages d'absence a été déconnecté : {reason}.", reason=reason),
        meaning=say("Ce qu'il a envoyé n'a pas été retenu."),
        remedy=say("Si cela se répète, appelez votre opérateur."),
    )


def lost() -> ConnectionLost:
    """The connection is gone."""
    return ConnectionLost(
        say("La connexion au serveur des messages d'absence est coupée."),
        meaning=say("L'absence a peut-être été changée."),
        remedy=say("Regardez avec « mss-tui absence show », puis recommencez."),
    )
