"""What `xdm build` is told: its options, the profile for the author, one document of an earlier archive."""

from __future__ import annotations

from mss_tui.cli.context import Context
from mss_tui.config.load import FILE_NAME
from mss_tui.errors import UsageError
from mss_tui.model.document import Archive, XdmEntry
from mss_tui.model.people import Person
from mss_tui.phrase import Phrase, say


def person_of(context: Context) -> tuple[Person, str]:
    """The profile's person and first address; nobody where nothing is configured: the author must then be given."""
    sources = context.sources
    if not (sources.named or sources.user.exists() or (sources.site / FILE_NAME).exists()):
        return Person(""), ""
    profile = context.loaded.profile
    return profile.person, profile.accounts[0].address


def typed(context: Context) -> dict[str, str]:
    """The options of the form by their names."""
    given = {name: value for name, value in vars(context.options).items() if isinstance(value, str)}
    return given | {"ins_qualified": "oui" if context.options.ins_qualified else ""}


def only(archive: Archive, what: Phrase) -> XdmEntry:
    """The one document of an archive that can be read.

    Raises:
        UsageError: there is none, or several.
    """
    readable = [document for document in archive.documents if document.cda is not None]
    if len(readable) != 1:
        raise UsageError(
            say("{what} : il faut une archive d'un seul document ; celle-ci en a {n}.", what=what, n=len(readable)),
            remedy=say("Donnez le fichier CDA lui-même (« xdm extract »)."),
        )
    return readable[0]
