"""What the bounded worker can do: names of jobs and the functions, `module:function`, that the child imports for them.

A job is a pure function of (octets, options) whose result msgspec can encode; what it cannot read it says in there.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

JOBS: Mapping[str, str] = MappingProxyType(
    {
        "text": "mss_tui.mime.body:text_job",
        "html": "mss_tui.mime.html:html_job",
        "alternative": "mss_tui.mime.html:alternative_job",
        "letter": "mss_tui.mime.letter:letter_job",
        "message": "mss_tui.mime.letter:message_job",
        "whole": "mss_tui.mime.letter:whole_job",
        "section": "mss_tui.mime.letter:section_job",
        "report": "mss_tui.mime.report:report_job",
        "macros": "mss_tui.mime.macros:macros_job",
        "csv": "mss_tui.mime.table:csv_job",
        "xdm.open": "mss_tui.documents.jobs:xdm_job",
        "xdm.file": "mss_tui.documents.jobs:file_job",
        "xdm.check": "mss_tui.documents.jobs:check_job",
        "cda.open": "mss_tui.documents.jobs:cda_job",
        "pdf": "mss_tui.mime.preview:pdf_job",
        "pdf_page": "mss_tui.mime.preview:pdf_page_job",
        "pdf_scan": "mss_tui.mime.scan:scan_job",
        "image": "mss_tui.mime.preview:image_job",
    }
)
