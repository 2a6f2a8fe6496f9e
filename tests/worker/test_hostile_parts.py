"""Hostile parts through the real process: a text, or one sentence within the deadline; and the next one opens."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator

import psutil
import pytest
from PIL import Image

from mss_tui.adapters.worker import ProcessWorker
from mss_tui.errors import DeadlinePassed, InternalError
from mss_tui.mime.letter import Letter, Octets
from mss_tui.mime.preview import Preview
from mss_tui.mime.view import View
from tests.mime.test_pieces import pdf
from tests.mime.test_split import HTML, PDF, PLAIN, multipart


@pytest.fixture
async def worker() -> AsyncIterator[ProcessWorker]:
    worker = ProcessWorker()
    yield worker
    await worker.close()


async def test_every_job_answers_as_data(worker: ProcessWorker) -> None:
    message = multipart("mixed", "m", multipart("alternative", "a", PLAIN, HTML), PDF).encode()
    assert (await worker.run("text", View, b"Oui.\n> non", {"charset": "utf-8"})).quoted_from == 1
    assert (await worker.run("html", View, b"<p>Oui")).text == "Oui"
    both = await worker.run("alternative", View, b"Oui<p>Oui oui oui", {"first": 3})
    assert both.text == "Oui oui oui"
    letter = await worker.run("letter", Letter, message)
    assert [leaf.section for leaf in letter.structure.leaves()] == ["1.1", "1.2", "2"]
    assert letter.view.text == "Bonjour Docteur"
    assert (await worker.run("section", Octets, message, {"section": "2"})).data == b"%PDF"
    assert "[pièce : a.pdf]" in (await worker.run("message", View, message)).text
    assert (await worker.run("csv", View, b"a;b")).text == "a  b"
    assert "Bonjour" in (await worker.run("pdf", View, pdf("Bonjour"))).text
    assert (await worker.run("pdf_page", Preview, pdf("Bonjour"))).columns > 0


BOMBS = {
    "attributes": b"<a " + b" ".join(b"a%d=1" % n for n in range(200_000)) + b">x</a>",
    "nesting": b"<div>" * 50_000,
    "nested tables": b"<table><tr><td>" * 3_000,
    "nested quotations": b"<blockquote>" * 2_000 + b"x\n" * 1_000,
    "cells": (b"<tr>" + b"<td>x" * 200) * 2_000,
    "colspan": b"<table><tr>" + b"<td colspan=1000000 rowspan=1000000>x" * 100,
    "margins": b"<p style='margin-top:99999999em;padding-left:99999999em'>x" * 1_000,
    "unclosed": b"<b>" * 300_000,
    "inline": b"<b>x</b>" * 300_000,
    "lists": b"<ul><li>" * 1_000,
    "style sheet": b"<style>" + b"a{b" * 300_000 + b"</style>x",
    "hidden in hidden": b"<div style='font-size:0'>" * 2_000,
    "references": b"&#27;&#x9b;&#xd800;" * 100_000,
}


@pytest.mark.parametrize("name", BOMBS)
async def test_a_bomb_of_html_costs_a_sentence_at_most(worker: ProcessWorker, name: str) -> None:
    problem = ""
    try:
        await worker.run("html", View, BOMBS[name], {"charset": "utf-8"})
    except (DeadlinePassed, InternalError) as error:
        problem = str(error)
    assert not problem or "vue brute" in problem
    assert (await worker.run("text", View, b"suivant")).text == "suivant"


async def test_the_attribute_bomb_meets_the_deadline(worker: ProcessWorker) -> None:
    with pytest.raises(DeadlinePassed):
        await worker.run("html", View, BOMBS["attributes"], seconds=0.5)


async def test_a_picture_as_large_as_allowed_fits_in_the_memory(worker: ProcessWorker) -> None:
    out = io.BytesIO()
    Image.new("RGB", (6_300, 6_300)).save(out, "PNG")
    shown = await worker.run("image", Preview, out.getvalue(), {"columns": 60, "rows": 20}, seconds=30)
    assert (shown.columns, shown.rows) == (40, 20)


async def test_what_was_read_leaves_a_small_process(worker: ProcessWorker) -> None:
    """Recycling would hide a leak of ours: the same process must serve all of them."""
    await worker.run("html", View, b"<p>x")
    pid = worker.pid
    for _ in range(30):
        await worker.run("html", View, b"<table><tr><td>x<td>y</table>" * 200)
    assert worker.pid == pid
    assert psutil.Process(pid).memory_info().rss < 40_000_000
