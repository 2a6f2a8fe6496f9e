"""Archives read leniently: every observed variant opens, every difference is said, nothing hides the rest."""

from __future__ import annotations

import stat
import zipfile

import pytest

from mss_tui.documents.facts import facts_of
from mss_tui.documents.fault import DocumentFault
from mss_tui.documents.jobs import cda_job, file_job, xdm_job
from mss_tui.documents.xdm import read_xdm
from mss_tui.model.document import Archive, Level
from tests.support.xdm import (
    DEMO,
    INS,
    NIR,
    OTHER_INS,
    TEST,
    changed,
    laboratory,
    n1,
    n3,
    unzipped,
    xdm,
    zipped,
)  # fmt: skip

META, DOC = "IHE_XDM/SUBSET01/METADATA.XML", "IHE_XDM/SUBSET01/DOC0001.XML"


def said(archive: Archive) -> str:
    return "\n".join(map(str, archive.warnings))


def test_an_archive_gives_its_documents_with_what_the_cda_says() -> None:
    archive = read_xdm(xdm(n3(laboratory()), n1()))
    assert said(archive) == ""
    first, second = archive.documents
    assert (first.cda and first.cda.header.level, second.cda and second.cda.header.level) == (Level.N3, Level.N1)
    assert (first.title, first.type and first.type.label) == ("CR de biologie", "CR d'examens biologiques")
    assert (first.hash_ok, first.size_ok, second.hash_ok) == (True, True, True)
    assert first.cda is not None
    assert (first.cda.header.patient.ins, first.cda.header.critical) == (INS, ("HH",))
    assert first.cda.header.authors[0].address == "labo@biosud.mssante.fr"


def test_the_cda_is_believed_over_metadata() -> None:
    archive = read_xdm(changed(xdm(n3()), metadata=(b"CR de biologie", b"Autre titre")))
    assert archive.documents[0].title == "CR de biologie"


@pytest.mark.parametrize(
    ("old", "new"), [(b"Sortie ce jour", b"Sortie DEMAIN"), (b"</ClinicalDocument>", b"</ClinicalDocument> ")]
)
def test_a_changed_document_is_said_and_still_shown(old: bytes, new: bytes) -> None:
    archive = read_xdm(changed(xdm(n3()), document=(old, new)))
    assert "empreinte ou taille différente" in said(archive)
    assert archive.documents[0].cda is not None


def test_hash_case_does_not_matter() -> None:
    entries = unzipped(xdm(n3()))
    digest = read_xdm(xdm(n3())).documents[0]
    written = dict(digest.slots)["hash"][0].encode()
    entries[META] = entries[META].replace(written, written.lower())
    assert read_xdm(zipped(entries)).documents[0].hash_ok


@pytest.mark.parametrize(
    "rename",
    [
        lambda name: f"samplexdm/{name}",
        lambda name: name.removeprefix("IHE_XDM/"),
        lambda name: name.replace("SUBSET01", "LUCY_0"),
        lambda name: name.replace("DOC0001.XML", "doc0001.xml"),
        lambda name: name.replace("/", "\\"),
        lambda name: name.replace("METADATA.XML", "Metadata.xml"),
    ],
    ids=["extra folder", "no IHE_XDM", "other subset", "other case", "backslashes", "metadata case"],
)
def test_observed_layouts_open(rename: object) -> None:
    entries = {rename(name): octets for name, octets in unzipped(xdm(n3())).items()}  # type: ignore[operator]
    archive = read_xdm(zipped(entries))
    assert archive.documents[0].hash_ok
    assert archive.documents[0].cda is not None


@pytest.mark.parametrize("junk", ["__MACOSX/._METADATA.XML", ".DS_Store", "IHE_XDM/SUBSET01/.METADATA.XML.swp"])
def test_litter_of_other_systems_is_ignored(junk: str) -> None:
    archive = read_xdm(zipped({**unzipped(xdm(n3())), junk: b"\x00\x05"}))
    assert (len(archive.documents), said(archive)) == (1, "")


def test_metadata_with_a_mark_blanks_old_namespaces_and_an_attribute_for_the_file_is_read() -> None:
    entries = unzipped(xdm(n3()))
    meta = entries[META].replace(b"rim:3.0", b"rim:2.1").replace(b'<Slot name="URI">', b'<Slot name="x">')
    entries[META] = b"\xef\xbb\xbf  " + meta.split(b"?>", 1)[1].strip().replace(
        b"<ExtrinsicObject ", b'<ExtrinsicObject uri="DOC0001.XML" '
    )
    assert read_xdm(zipped(entries)).documents[0].cda is not None


def test_a_uri_may_climb_inside_the_archive_but_not_out_of_it() -> None:
    entries = unzipped(xdm(n3()))
    entries["IHE_XDM/DOC0001.XML"] = entries.pop(DOC)
    inside = {**entries, META: entries[META].replace(b">DOC0001.XML<", b">../DOC0001.XML<")}
    assert read_xdm(zipped(inside)).documents[0].hash_ok
    outside = {**entries, META: entries[META].replace(b">DOC0001.XML<", b">../../../DOC0001.XML<")}
    assert "n'est pas dans l'archive" in said(read_xdm(zipped(outside)))


def test_a_name_given_twice_is_believed_by_nobody() -> None:
    pairs = list(unzipped(xdm(n3())).items())
    with pytest.warns(UserWarning, match="Duplicate name"):
        data = zipped([*pairs, (DOC, n3(ins=OTHER_INS))])
    archive = read_xdm(data)
    assert "deux fois dans l'archive" in said(archive)
    assert archive.documents[0].cda is None


@pytest.mark.parametrize("name", ["../../evil.txt", "/etc/evil", "C:\\evil", "..\\evil"])
def test_names_that_point_outside_are_left_out(name: str) -> None:
    archive = read_xdm(zipped({**unzipped(xdm(n3())), name: b"x"}))
    assert "sort de l'archive" in said(archive)
    assert archive.documents[0].hash_ok


def test_a_link_is_left_out() -> None:
    link = zipfile.ZipInfo("IHE_XDM/SUBSET01/LIEN.XML")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    archive = read_xdm(zipped([*unzipped(xdm(n3())).items(), (link, b"/etc/passwd")]))
    assert "est un lien" in said(archive)


def test_an_entry_out_of_proportion_is_left_out_and_the_documents_stay() -> None:
    archive = read_xdm(zipped({**unzipped(xdm(n3())), "IHE_XDM/SUBSET01/BIG.TXT": bytes(20_000_000)}))
    assert "hors de toute proportion" in said(archive)
    assert archive.documents[0].hash_ok


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"pas une archive", "abîmée ou incomplète"),
        (xdm(n3())[:-60], "abîmée ou incomplète"),
        (zipped({"README.TXT": b"x"}), "n'est pas une archive XDM"),
        (zipped({f"F{i}.TXT": b"" for i in range(300)}), "plus que les 200"),
        (changed(xdm(n3()), metadata=(b"</RegistryObjectList>", b"")), "pas un XML bien formé"),
    ],
    ids=["no zip", "cut", "no metadata", "too many", "metadata broken"],
)
def test_what_cannot_be_read_is_one_sentence(data: bytes, words: str) -> None:
    with pytest.raises(DocumentFault, match=words):
        read_xdm(data)
    assert words in str(xdm_job(data, {}).what)


@pytest.mark.parametrize(
    "prolog",
    [
        b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>',
        b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>',
    ],
    ids=["external entity", "nested entities"],
)
def test_a_doctype_is_refused_for_that_document_alone(prolog: bytes) -> None:
    evil = n3(title="&e;" if b"&" not in prolog else "x").replace(b"<ClinicalDocument", prolog + b"<ClinicalDocument")
    entries = unzipped(xdm(n3(), n1()))
    entries[DOC] = evil
    archive = read_xdm(zipped(entries))
    assert archive.documents[0].fault is not None
    assert archive.documents[1].cda is not None
    assert "localhost" not in said(archive)


def test_several_patients_are_said() -> None:
    entries = unzipped(xdm(n3(), n1()))
    entries[DOC] = n3(ins=OTHER_INS)
    assert "plusieurs patients" in said(read_xdm(zipped(entries)))


def test_another_patient_in_metadata_is_said() -> None:
    archive = changed(xdm(n3()), metadata=(INS.encode(), OTHER_INS.encode()))
    assert "le patient de METADATA n'est pas celui du document" in said(read_xdm(archive))


def test_another_birth_name_in_metadata_is_said() -> None:
    archive = changed(xdm(n3()), metadata=(b"PID-5|VIAL", b"PID-5|DURAND"))
    assert "le nom du patient diffère" in said(read_xdm(archive))


@pytest.mark.parametrize(("action", "replaces", "deletes"), [("C", True, False), ("D", False, True)])
def test_replacement_and_deletion_are_read_from_the_action(action: str, replaces: bool, deletes: bool) -> None:
    related = '<relatedDocument typeCode="RPLC"><parentDocument><id root="2.25.76"/></parentDocument></relatedDocument>'
    archive = read_xdm(xdm(n3(more=related, version="2"), action=action))
    (fact,) = facts_of(archive, "IHE_XDM.ZIP")
    assert archive.documents[0].action == action
    assert (fact.replaces, fact.deletes) == ("2.25.76" if replaces else "", "2.25.77" if deletes else "")


def test_replacement_is_read_from_the_cda_alone() -> None:
    related = '<relatedDocument typeCode="RPLC"><parentDocument><id root="2.25.76"/></parentDocument></relatedDocument>'
    (document,) = read_xdm(xdm(n3(more=related))).documents
    assert (document.action, document.replaced) == ("", "2.25.76")


def test_replacement_is_read_from_an_association() -> None:
    association = (
        b'<Association id="z" associationType="urn:ihe:iti:2007:AssociationType:RPLC" sourceObject="Document01" '
        b'targetObject="urn:uuid:old"/></RegistryObjectList>'
    )
    archive = changed(xdm(n3()), metadata=(b"</RegistryObjectList>", association))
    assert read_xdm(archive).documents[0].replaced == "urn:uuid:old"


def test_masks_and_critical_codes_become_facts() -> None:
    mask = (b'nodeRepresentation="N"', b'nodeRepresentation="INVISIBLE_REPRESENTANTS_LEGAUX"')
    (fact,) = facts_of(read_xdm(changed(xdm(n3(laboratory())), metadata=mask)), "IHE_XDM.ZIP")
    assert fact.masks == {"INVISIBLE_REP_LEGAUX"}
    assert fact.interpretations == {"HH"}
    assert (fact.ins, fact.oid, fact.birth_name, fact.given) == (INS, NIR, "VIAL", "PAULE")
    assert (fact.birth_date, fact.sex, fact.sender) == ("28/03/1979", "F", "labo@biosud.mssante.fr")


@pytest.mark.parametrize("code", ["AA", "HH", "LL"])
def test_each_critical_code_is_seen(code: str) -> None:
    section = laboratory().replace('code="HH"', f'code="{code}"')
    document = read_xdm(xdm(n3(section))).documents[0]
    assert document.cda is not None
    assert document.cda.header.critical == (code,)


def test_codes_that_do_not_alert_are_not_critical() -> None:
    document = read_xdm(xdm(n3(laboratory().replace('code="HH"', 'code="H"')))).documents[0]
    assert document.cda is not None
    assert document.cda.header.critical == ()


@pytest.mark.parametrize("oid", [TEST, DEMO])
def test_an_identity_of_nobody_is_said(oid: str) -> None:
    assert "ce n'est pas un vrai patient" in said(read_xdm(xdm(n3(oid=oid))))


def test_a_document_alone_is_an_archive_of_itself_and_a_file_comes_out_byte_for_byte() -> None:
    alone = cda_job(n3(), {"name": "cr.xml"}).result()
    assert (alone.documents[0].file, alone.documents[0].hash_ok) == ("cr.xml", None)
    assert file_job(xdm(n3()), {"name": DOC}).data == n3()
    assert file_job(xdm(n3()), {"name": "autre"}).data is None
    with pytest.raises(DocumentFault, match="pas de ClinicalDocument"):
        cda_job(b"<x/>", {}).result()
