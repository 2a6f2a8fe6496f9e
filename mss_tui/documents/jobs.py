"""What the bounded worker does with documents. A fault is data: what cannot be read says so in the answer."""

from __future__ import annotations

from collections.abc import Mapping

from mss_tui.documents.answers import Checked, FileOctets, Opened
from mss_tui.documents.archive import read_zip
from mss_tui.documents.cda import read_cda
from mss_tui.documents.check import check_archive
from mss_tui.documents.fault import DocumentFault
from mss_tui.documents.xdm import read_xdm
from mss_tui.model.document import Archive, XdmEntry
from mss_tui.text import clean

Options = Mapping[str, str | int]


def _fault(fault: DocumentFault) -> Opened:
    return Opened(None, fault.what, fault.meaning, fault.remedy, fault.detail)


def xdm_job(data: bytes, options: Options) -> Opened:
    """Job `xdm.open`: an archive."""
    try:
        return Opened(read_xdm(data))
    except DocumentFault as fault:
        return _fault(fault)


def cda_job(data: bytes, options: Options) -> Opened:
    """Job `cda.open`: one CDA document, as an archive of it alone. Options: `name`."""
    try:
        cda = read_cda(data)
    except DocumentFault as fault:
        return _fault(fault)
    document = XdmEntry(
        metadata="",
        file=clean(str(options.get("name", "")), 200),
        title=cda.header.title,
        type=cda.header.code,
        class_code=None,
        format=None,
        confidentiality=(cda.header.confidentiality,) if cda.header.confidentiality.code else (),
        patient_id="",
        mime_type="text/xml",
        size=len(data),
        hash_ok=None,
        size_ok=None,
        cda=cda,
    )
    return Opened(Archive((document,), 1, cda.warnings))


def file_job(data: bytes, options: Options) -> FileOctets:
    """Job `xdm.file`: the octets of one file of an archive. Options: `name`."""
    try:
        files = read_zip(data)
    except DocumentFault:
        return FileOctets(None)
    return FileOctets(next((octets for name, octets in files.items() if clean(name, 200) == options["name"]), None))


def check_job(data: bytes, options: Options) -> Checked:
    """Job `xdm.check`: the structural rules of an archive to send."""
    try:
        return Checked(check_archive(data))
    except DocumentFault as fault:
        return Checked((fault.what,))
