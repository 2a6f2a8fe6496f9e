"""The sentences for what goes wrong on a connection."""

from __future__ import annotations

from mss_tui.adapters.imap.response import Status
from mss_tui.errors import (
    AuthRefused,
    CannotConnect,
    ConnectionLost,
    DeadlinePassed,
    HostileServer,
    MssError,
    NotFound,
    ServerRefused,
)
from mss_tui.phrase import Phrase, say
from mss_tui.text import DisplayText, clean

_AGAIN = say("Recommencez ; la connexion se rétablit d'elle-même.")
_PERHAPS = say("La modification demandée a peut-être été faite.")
_LOOK = say("Relisez le dossier avant de recommencer.")


def hostile(reason: Phrase) -> HostileServer:
    """The server broke the protocol or a limit."""
    return HostileServer(
        say("Le serveur de messagerie a été déconnecté : {reason}.", reason=reason.template.format_map(reason.values)),
        meaning=say("Ce qu'il a envoyé n'a pas été retenu."),
        remedy=say("Si cela se répète, appelez votre opérateur."),
    )


def unreachable(host: str, error: OSError) -> CannotConnect:
    """No connection could be made."""
    return CannotConnect(
        say("Le serveur {host} ne répond pas.", host=clean(host)),
        remedy=say("Vérifiez le réseau et l'adresse du serveur dans le profil, puis recommencez."),
        detail=clean(error.strerror or "", 200),
    )


def lost(bye: DisplayText = DisplayText("")) -> ConnectionLost:
    """The connection is gone; `bye` is what the server said before."""
    return ConnectionLost(say("La connexion à la messagerie est coupée."), remedy=_AGAIN, detail=bye)


def unknown_outcome(error: MssError) -> ConnectionLost:
    """The connection is gone after a change was asked for: nobody knows whether it was made."""
    return ConnectionLost(
        say("La connexion à la messagerie est coupée."),
        meaning=_PERHAPS,
        remedy=_LOOK,
        detail=error.detail,
    )


def late(*, changing: bool = False) -> DeadlinePassed:
    """A deadline passed; after a change was asked for, nobody knows whether it was made."""
    what = say("Le serveur de messagerie n'a pas répondu à temps.")
    if not changing:
        return DeadlinePassed(what, remedy=_AGAIN)
    return DeadlinePassed(what, meaning=_PERHAPS, remedy=_LOOK)


def bye(status: Status) -> ServerRefused:
    """The server closes before anything was asked."""
    return ServerRefused(
        say("Le serveur de messagerie refuse la connexion."),
        remedy=say("Recommencez dans quelques minutes ou appelez votre opérateur."),
        detail=status.text,
    )


def auth_refused(detail: DisplayText = DisplayText("")) -> AuthRefused:
    """The credential was refused; it is not tried again."""
    return AuthRefused(
        say("La messagerie a refusé l'authentification."),
        meaning=say("Elle ne sera pas essayée une seconde fois avec le même secret."),
        remedy=say("Vérifiez l'identifiant et le mot de passe ou le jeton du profil."),
        detail=detail,
    )


def not_found() -> NotFound:
    """The message is not there (any more)."""
    return NotFound(
        say("Ce message n'est plus dans ce dossier."),
        meaning=say("Il a été déplacé, supprimé, ou le dossier a été refait."),
        remedy=say("Relisez le dossier."),
    )


def no_folder(folder: str, detail: DisplayText = DisplayText("")) -> NotFound:
    """The folder is not there."""
    return NotFound(say("Le dossier « {folder} » n'existe pas.", folder=clean(folder, 80)), detail=detail)


def not_opened(folder: str, detail: DisplayText) -> NotFound:
    """The folder cannot be opened, and the server does not say in a code why."""
    return NotFound(
        say("Le dossier « {folder} » ne peut pas être ouvert.", folder=clean(folder, 80)),
        remedy=say("Relisez la liste des dossiers."),
        detail=detail,
    )


def refused(status: Status, folder: str = "") -> MssError:
    """The server understood and said no, or did not understand."""
    match status.code:
        case "NONEXISTENT" | "TRYCREATE":
            return no_folder(folder, status.text)
        case "OVERQUOTA":
            what = say("La boîte est pleine.")
            remedy = say("Classez puis supprimez des messages, corbeille comprise.")
        case "NOPERM":
            what = say("L'opérateur ne vous donne pas ce droit sur ce dossier.")
            remedy = say("Demandez-le à l'administrateur de la boîte.")
        case "LIMIT":
            what = say("L'opérateur n'accepte pas davantage de connexions ou de dossiers.")
            remedy = say("Fermez une autre messagerie ouverte sur cette boîte.")
        case "UNAVAILABLE" | "INUSE" | "SERVERBUG":
            what = say("La messagerie est momentanément indisponible.")
            remedy = say("Recommencez dans quelques minutes.")
        case _:
            what = say("Le serveur de messagerie a refusé la demande.")
            remedy = say("Relisez le dossier, puis recommencez.")
    return ServerRefused(what, remedy=remedy, detail=status.text)
