"""The libraries that read hostile bytes are loaded by the worker, not by the program that shows the inbox."""

from __future__ import annotations

import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    "module",
    [
        "mss_tui.services.documents",
        "mss_tui.services.recognition",
        "mss_tui.services.checking",
        "mss_tui.services.attached",
        "mss_tui.tui.screens.documents_main",
        "mss_tui.tui.screens.composer",
        "mss_tui.tui.screens.main",
    ],
)
def test_neither_xml_nor_pdf_libraries_are_imported(module: str) -> None:
    asked = f"import sys, {module}; print(sorted({{'lxml', 'pypdfium2', 'PIL'}} & set(sys.modules)))"
    ran = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
