"""IHE_XDM.ZIP: the archive of clinical documents that a message carries (documents.md §1.3, §1.4)."""

from __future__ import annotations

from collections.abc import Sequence

from mss_tui.demo.documents.cda import cda
from mss_tui.demo.documents.clinical import Clinical, oid
from mss_tui.documents import build
from mss_tui.documents.build_metadata import described


def archive(documents: Sequence[Clinical]) -> bytes:
    """The ZIP; the same documents give the same bytes."""
    first = documents[0]
    sender = build.Envelope(
        institution=f"{first.structure.name} (démonstration : patients, professionnels et structures sont inventés)",
        contact="mss-tui demo",
        product="mss-tui demo",
        source_id=oid("source"),
        unique_id=oid(first.key + "-lot"),
        now=first.made,
    )
    made = [
        described(cda(document), class_code=document.type.class_code, action="C" if document.replaces else "")
        for document in documents
    ]
    return build.archive(made, sender)
