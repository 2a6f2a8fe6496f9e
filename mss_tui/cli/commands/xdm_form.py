"""The form of `xdm build`: its options, the profile for the author, an earlier document for the patient."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, time
from typing import Any

from mss_tui.cli.context import Context
from mss_tui.config.load import FILE_NAME
from mss_tui.documents.form import AuthorForm, DocumentForm, type_of
from mss_tui.errors import ConfirmationNeeded, UsageError
from mss_tui.model.document import Archive, Identifier, Patient, XdmEntry
from mss_tui.model.paris import PARIS
from mss_tui.model.people import Person, Profile
from mss_tui.phrase import Phrase, say
from mss_tui.services.document_making import new_oid, next_version
from mss_tui.text import clean

_DAY = re.compile(r"(\d{2})/(\d{2})/(\d{4})\Z")


def profile_of(context: Context) -> Profile | None:
    """The profile, None where nothing is configured: every author's option must then be given."""
    sources = context.sources
    if not (sources.named or sources.user.exists() or (sources.site / FILE_NAME).exists()):
        return None
    return context.loaded.profile


def author_of(context: Context) -> AuthorForm:
    """The author: the options, then the profile's person. Words all in capitals are the family name."""
    options, profile = context.options, profile_of(context)
    person = profile.person if profile is not None else Person("")
    words = (options.author or person.name).split()
    family = [w for w in words if w == w.upper() and len(w) > 1] or words[-1:]
    return AuthorForm(
        family=" ".join(family),
        given=" ".join(w for w in words if w not in family),
        rpps=options.rpps or person.rpps,
        structure=options.structure or person.entity,
        structure_id=options.structure_id,
        title="" if options.author else person.title,
        address=profile.accounts[0].address if profile is not None else "",
    )


def patient_of(context: Context, known: Patient | None) -> Patient:
    """The patient: an earlier document's, changed by the options; nothing else is filled in.

    Raises:
        UsageError: an option has not its form.
        ConfirmationNeeded: an INS leaves only from a qualified identity, which the sender has to say (ECO.2.2.6).
    """
    o = context.options
    patient = known or Patient()
    given = {
        "ins": re.sub(r"\s", "", o.ins).upper(), "ins_oid": o.oid, "birth_name": o.birth_name, "birth_given": o.given,
        "birth_givens": o.givens or o.given, "used_name": o.used_name, "used_given": o.used_given,
        "birth_date": _digits(o.birth_date), "sex": o.sex.upper(), "birth_county": o.birth_place,
        "birth_city": o.birth_city,
    }  # fmt: skip
    changes: dict[str, Any] = {name: clean(value, 200) for name, value in given.items() if value}
    patient = replace(patient, **changes)
    if o.local_id:
        root, _, extension = o.local_id.partition("^")
        patient = replace(patient, ids=(Identifier(clean(root, 200), clean(extension, 200)),))
    if patient.ins and not o.ins_qualified:
        raise ConfirmationNeeded(
            say("Une INS ne part que d'une identité au statut « qualifiée »."),
            meaning=say("Rien n'a été fabriqué."),
            remedy=say("Confirmez-le par --ins-qualified, ou envoyez sans INS avec --local-id."),
        )
    return patient


def _digits(day: str) -> str:
    found = _DAY.match(day.strip())
    return f"{found[3]}{found[2]}{found[1]}" if found else day.strip()


def moment_of(written: str, now: datetime) -> datetime:
    """The date of an act: the day at noon in Paris, `now` where none is given.

    Raises:
        UsageError: it is no date.
    """
    if not written:
        return now
    try:
        day = datetime.strptime(_digits(written), "%Y%m%d").date()  # noqa: DTZ007 - a day has no zone
    except ValueError as error:
        raise UsageError(say("« {day} » n'est pas une date (JJ/MM/AAAA).", day=clean(written, 40))) from error
    return datetime.combine(day, time(12), PARIS)


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


def form_of(context: Context, earlier: XdmEntry | None, patient: Patient | None, now: datetime) -> DocumentForm:
    """The form of a document to make.

    Raises:
        UsageError: something is missing; the sentence names it.
        ConfirmationNeeded: the INS is not said to be qualified.
    """
    o = context.options
    old = earlier.cda.header if earlier is not None and earlier.cda is not None else None
    kind = type_of(o.type) if o.type or old is None else old.code
    replaces, set_id, version = next_version(earlier) if earlier is not None else (None, Identifier(new_oid()), 1)
    return DocumentForm(
        patient=patient_of(context, patient if patient is not None else old.patient if old is not None else None),
        author=author_of(context),
        type=kind,
        title=o.title or str(kind.label),
        sector=o.sector,
        made=now,
        act=moment_of(o.act_date, now),
        id=new_oid(),
        set_id=set_id,
        version=version,
        replaces=replaces,
    )
