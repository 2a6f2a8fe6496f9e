"""The FHIR adapter against a real HTTPS server: what it reads, what it refuses, where the key goes."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import traceback
from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mss_tui.adapters.directory import fhir
from mss_tui.adapters.directory.calls import CALLS_A_SECOND, FAILURES, TRIES
from mss_tui.adapters.directory.fhir import FhirDirectory
from mss_tui.adapters.directory.fhir_entries import entries
from mss_tui.adapters.directory.fhir_model import Bundle, one, resources
from mss_tui.errors import (
    AuthRefused,
    CannotConnect,
    ConfigError,
    DeadlinePassed,
    HostileServer,
    MssError,
    ServerRefused,
    TlsRefused,
)
from mss_tui.ports.secrets import Secret
from tests.annuaire.conftest import FixedClock
from tests.annuaire.fhir_samples import bundle, mailbox, organization, practitioner, role
from tests.support.https_server import Authority, Handler, HttpsServer, Request, always, answer, drip, flood, head

KEY = "c0ffee00-1111-2222-3333-444455556666"
ANNE = "anne.lefebvre@medecin.mssante.fr"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("ca"))


class Waits:
    """Sleeping that moves the clock instead, and remembers."""

    def __init__(self, clock: FixedClock) -> None:
        self.clock = clock
        self.seconds: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)
        self.clock.at += timedelta(seconds=seconds)


@pytest.fixture
def waits(clock: FixedClock) -> Waits:
    return Waits(clock)


Serve = Callable[[Handler], Any]


@pytest.fixture
async def serve(authority: Authority, clock: FixedClock, waits: Waits) -> AsyncIterator[Serve]:
    """Starts a server and a client of it."""
    stack: list[Any] = []

    async def start(handler: Handler) -> tuple[HttpsServer, FhirDirectory]:
        server = await HttpsServer(authority, handler).__aenter__()
        api = FhirDirectory(f"{server.url}/fhir/v2", Secret(KEY), authority.context, clock, sleep=waits)
        stack.extend((server, api))
        return server, api

    yield start
    for thing in stack:
        if isinstance(thing, FhirDirectory):
            await thing.close()
        else:
            await thing.__aexit__(None, None, None)


def by_kind(**pages: Any) -> Handler:
    """Answers each resource type with its page, an empty one where none is given."""

    async def handle(request: Request, writer: asyncio.StreamWriter) -> None:
        page = pages.get(request.path.rpartition("/")[2], bundle())
        writer.write(page if isinstance(page, bytes) else answer(page))

    return handle


async def test_an_address_is_asked_exactly_of_the_three_resources(serve: Serve) -> None:
    anne = practitioner("003-1", "LEFEBVRE", "ANNE", "10900007018", mailbox(ANNE, "PER", rank=1))
    server, api = await serve(by_kind(Practitioner=bundle(anne)))
    (entry,) = await api.of_address("Anne.LEFEBVRE@medecin.mssante.fr")
    assert (entry.family, entry.given, entry.title, entry.rpps) == ("LEFEBVRE", "ANNE", "DR", "10900007018")
    assert (entry.type, entry.type_inferred, entry.profession, entry.speciality) == ("PER", False, "10", "SM04")
    assert [request.path for request in server.requests] == [
        "/fhir/v2/Practitioner",
        "/fhir/v2/PractitionerRole",
        "/fhir/v2/Organization",
    ]
    for request in server.requests:
        assert request.method == "GET"
        assert request.query["mailbox-mss:exact"] == f"{ANNE},Anne.LEFEBVRE@medecin.mssante.fr"
        assert request.headers["esante-api-key"] == KEY


async def test_a_role_lends_from_its_person_and_its_structure(serve: Serve) -> None:
    address = "a.lefebvre@ch-nancy.mssante.fr"
    page = bundle(
        role("005-1", "003-1", "001-1", mailbox(address, "PER", service=" Cardiologie ")),
        practitioner("003-1", "LEFEBVRE", "ANNE", "10900007018"),
        organization("001-1", "CH DE NANCY", "540990017", mailbox("autre@ch-nancy.mssante.fr", "ORG")),
    )
    _, api = await serve(by_kind(PractitionerRole=page))
    (entry,) = await api.of_address(address)
    assert (entry.family, entry.structure, entry.town, entry.service) == (
        "LEFEBVRE",
        "CH DE NANCY",
        "NANCY",
        "Cardiologie",
    )
    assert (entry.rpps, entry.finess) == ("10900007018", "540990017")


async def test_every_mailbox_of_a_person_comes_preferred_first(serve: Serve) -> None:
    person = practitioner(
        "003-1",
        "LEFEBVRE",
        "ANNE",
        "10900007018",
        mailbox("secretariat@cabinet.mssante.fr", "CAB", rank=2, description="Secrétariat du cabinet "),
        mailbox(ANNE, "PER", rank=1),
    )
    roles = bundle(role("005-1", "003-1", "gone", mailbox("a.lefebvre@ch-nancy.mssante.fr", "PER")))
    server, api = await serve(by_kind(Practitioner=bundle(person), PractitionerRole=roles))
    found = await api.of_rpps(["10900007018"])
    assert [(entry.address.partition("@")[2].partition(".")[0], entry.type) for entry in found] == [
        ("medecin", "PER"),
        ("cabinet", "CAB"),
        ("ch-nancy", "PER"),
    ]
    assert found[1].service == "Secrétariat du cabinet"
    assert found[2].structure == ""
    assert server.requests[0].query["identifier"] == "https://rpps.esante.gouv.fr|10900007018"
    assert server.requests[1].query["practitioner"] == "003-1"


async def test_other_mail_addresses_are_never_proposed(serve: Serve) -> None:
    page = bundle(
        organization(
            "001-1",
            "CH",
            "540990017",
            {"system": "email", "value": "contact@ch-nancy.fr"},
            {"system": "phone", "value": "0383000000"},
            mailbox("contact@ch-nancy.mssante.fr", "ORG"),
            mailbox("robot@ch-nancy.mssante.fr", "APP"),
        )
    )
    _, api = await serve(by_kind(Organization=page))
    assert await api.of_address("contact@ch-nancy.fr") == ()
    assert [entry.type for entry in await api.of_address("robot@ch-nancy.mssante.fr")] == ["APP"]


async def test_a_missing_type_is_inferred_and_says_so(serve: Serve) -> None:
    person = practitioner("003-1", "X", "Y", "10900007018", mailbox(ANNE))
    structure = organization("001-1", "CH", "540990017", mailbox(ANNE))
    _, api = await serve(by_kind(Practitioner=bundle(person), Organization=bundle(structure)))
    found = await api.of_address(ANNE)
    assert [(entry.type, entry.type_inferred) for entry in found] == [("PER", True), ("ORG", True)]


async def test_inactive_resources_are_left_out(serve: Serve) -> None:
    stub = {"resourceType": "Practitioner", "id": "x", "active": False, "meta": {"versionId": 7}, "identifier": []}
    closed = practitioner("003-1", "X", "Y", "10900007018", mailbox(ANNE), active=False)
    _, api = await serve(by_kind(Practitioner=bundle(stub, closed)))
    assert await api.of_address(ANNE) == ()


ODD: dict[str, Any] = {
    "null": None,
    "text": "Practitioner",
    "number": 7,
    "list": [1],
    "no type": {"id": "x"},
    "active is a text": {"resourceType": "Practitioner", "active": "perhaps"},
    "telecom is an object": {"resourceType": "Practitioner", "telecom": {"value": ANNE}},
    "nulls everywhere": dict.fromkeys(("resourceType", "id", "identifier", "name", "telecom", "active", "address")),
    "odd mailbox": practitioner("q", "X", "Y", "1", {"extension": "x"}, {"value": 3}),
    "deep": json.loads("[" * 400 + "]" * 400),
}


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD)
async def test_one_odd_entry_never_loses_the_page(serve: Serve, odd: Any) -> None:
    good = practitioner(
        "003-1", "LEFEBVRE", "ANNE", "10900007018", {"value": 3, "extension": "x"}, mailbox(ANNE), unknownKey=[{}]
    )
    good["meta"]["versionId"] = 3
    _, api = await serve(by_kind(Practitioner=bundle(odd, good)))
    (entry,) = await api.of_address(ANNE)
    assert entry.family == "LEFEBVRE"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=15,
)


@given(JSON, st.sampled_from(["telecom", "name", "identifier", "qualification", "address", "practitioner", "id"]))
def test_no_answer_can_break_the_reader(value: Any, field: str) -> None:
    good = practitioner("003-1", "LEFEBVRE", "ANNE", "10900007018", mailbox(ANNE))
    page = msgspec.json.encode(bundle(value, good | {field: value}, role("r", "003-1", "o", mailbox("r@x.fr"))))
    read = one(page, Bundle)
    assert read is not None
    for entry in entries(resources(read)):
        assert entry.address.isprintable()


async def test_what_is_shown_is_sanitised(serve: Serve) -> None:
    page = bundle(practitioner("003-1", "\x1b[2JX", "\u202eY", "10900007018", mailbox(ANNE, service="\x9b1m")))
    _, api = await serve(by_kind(Practitioner=page))
    (entry,) = await api.of_address(ANNE)
    assert (entry.family + entry.given + entry.service).isprintable()


async def test_pages_are_followed_on_the_same_origin_and_not_for_ever(serve: Serve) -> None:
    server, api = await serve(by_kind())
    pages = 0

    async def endless(request: Request, writer: asyncio.StreamWriter) -> None:
        nonlocal pages
        pages += 1
        address = mailbox(f"p{pages}@x.mssante.fr")
        following = f"{server.url}/fhir/v2/_page?id={pages}"
        writer.write(answer(bundle(practitioner(f"{pages}", "X", "Y", "10900007018", address), following=following)))

    server.handler = endless
    await api.of_rpps(["10900007018"])
    assert [request.path for request in server.requests].count("/fhir/v2/_page") == 2 * (fhir.MAX_PAGES - 1)


FOREIGN = {
    "another host": "https://127.0.0.1:{port}/fhir/v2/_page?id=1",
    "another port": "https://localhost:1/fhir/v2/_page?id=1",
    "plain http": "http://localhost:{port}/fhir/v2/_page?id=1",
    "userinfo": "https://key@localhost:{port}/fhir/v2/_page",
    "look-alike": "https://localhost:{port}.example/x",
    "file": "file:///etc/passwd",
    "no address": "::::",
}


@pytest.mark.parametrize("target", FOREIGN.values(), ids=FOREIGN)
async def test_a_next_page_elsewhere_is_refused(serve: Serve, authority: Authority, target: str) -> None:
    async with HttpsServer(authority, always(answer(bundle())), "127.0.0.1") as other:
        following = target.format(port=other.url.rpartition(":")[2])
        person = practitioner("003-1", "X", "Y", "10900007018", mailbox(ANNE))
        server, api = await serve(by_kind(Practitioner=bundle(person, following=following)))
        with pytest.raises(HostileServer):
            await api.of_address(ANNE)
        assert len(server.requests) == 1
        assert not other.raw


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_never_followed(serve: Serve, authority: Authority, status: int) -> None:
    async with HttpsServer(authority, always(answer(bundle()))) as other:
        server, api = await serve(always(answer(b"", status, Location=f"{other.url}/fhir/v2/Practitioner")))
        with pytest.raises(HostileServer, match="autre adresse"):
            await api.of_address(ANNE)
        assert len(server.requests) == 1
        assert not other.raw


async def test_a_gigabyte_is_not_read(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fhir, "MAX_BODY", 200_000)
    _, api = await serve(flood)
    with pytest.raises(HostileServer, match="trop grande"):
        await api.of_address(ANNE)


async def test_a_compressed_answer_is_refused(serve: Serve) -> None:
    server, api = await serve(always(answer(b"\x1f\x8b", Content_Encoding="gzip")))
    with pytest.raises(HostileServer):
        await api.of_address(ANNE)
    assert server.requests[0].headers["accept-encoding"] == "identity"


async def test_a_server_that_drips_meets_the_deadline(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fhir, "CALL_SECONDS", 0.3)
    _, api = await serve(drip)
    with pytest.raises(DeadlinePassed):
        await api.of_address(ANNE)


async def test_the_whole_question_has_a_deadline_too(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fhir, "WHOLE_SECONDS", 0.3)
    _, api = await serve(drip)
    with pytest.raises(DeadlinePassed):
        await api.of_address(ANNE)


async def test_a_truncated_answer_is_asked_again(serve: Serve, waits: Waits) -> None:
    good = answer(bundle(practitioner("003-1", "LEFEBVRE", "ANNE", "10900007018", mailbox(ANNE))))
    cut = answer(json.dumps(bundle(practitioner("003-1", "X", "Y", "1", mailbox(ANNE)))).encode()[:-40])
    dropped = head(length=5_000) + b'{"resourceType": "Bundle", "entry": ['
    server, api = await serve(always(cut, dropped, good, answer(bundle())))
    (entry,) = await api.of_address(ANNE)
    assert entry.family == "LEFEBVRE"
    assert len(server.requests) == 5
    assert len(waits.seconds) == 2


async def test_what_stays_truncated_is_an_error(serve: Serve) -> None:
    server, api = await serve(always(answer(b'{"resourceType": "Bundle", "entry": [')))
    with pytest.raises(CannotConnect, match="incomplète"):
        await api.of_address(ANNE)
    assert len(server.requests) == TRIES


async def test_retry_after_is_obeyed_in_seconds_and_as_a_date(serve: Serve, waits: Waits, clock: FixedClock) -> None:
    date = format_datetime(clock.at + timedelta(seconds=7 + 3), usegmt=True)
    _, api = await serve(
        always(answer(b"", 429, Retry_After="7"), answer(b"", 503, Retry_After=date), answer(bundle()))
    )
    assert await api.of_address(ANNE) == ()
    assert waits.seconds == [7.0, 3.0]


async def test_without_retry_after_delays_grow_and_differ(serve: Serve, waits: Waits) -> None:
    _, api = await serve(always(answer(b"<html>", 502), answer(b"", 504), answer(bundle())))
    await api.of_address(ANNE)
    first, second = waits.seconds
    assert 0.5 <= first <= 1.5
    assert 1.0 <= second <= 3.0


async def test_a_long_retry_after_gives_up_and_asks_nothing_until_then(
    serve: Serve, waits: Waits, clock: FixedClock
) -> None:
    server, api = await serve(always(answer(b"", 429, Retry_After="600"), answer(bundle())))
    with pytest.raises(CannotConnect):
        await api.of_address(ANNE)
    clock.at += timedelta(seconds=599)
    with pytest.raises(CannotConnect, match="annuaire local"):
        await api.of_address(ANNE)
    assert len(server.requests) == 1
    clock.at += timedelta(seconds=2)
    assert await api.of_address(ANNE) == ()
    assert waits.seconds == []


async def test_after_failures_in_a_row_nothing_is_asked_for_a_minute(serve: Serve, clock: FixedClock) -> None:
    server, api = await serve(always(*[answer(b"", 500)] * FAILURES * TRIES, answer(bundle())))
    for _ in range(FAILURES + 2):
        with pytest.raises(CannotConnect):
            await api.of_address(ANNE)
    assert len(server.requests) == FAILURES * TRIES
    clock.at += timedelta(seconds=61)
    assert await api.of_address(ANNE) == ()


async def test_never_more_calls_in_a_second_than_allowed(serve: Serve, clock: FixedClock) -> None:
    times: list[datetime] = []

    async def timed(request: Request, writer: asyncio.StreamWriter) -> None:
        times.append(clock.at)
        writer.write(answer(bundle()))

    _, api = await serve(timed)
    for number in range(20):
        await api.of_address(f"p{number}@x.mssante.fr")
    assert len(times) == 60
    for at in times:
        assert sum(at <= other < at + timedelta(seconds=1) for other in times) <= CALLS_A_SECOND <= 17


async def test_a_refused_key_is_tried_once_and_named_nowhere(serve: Serve) -> None:
    server, api = await serve(always(answer({"message": f"Unauthorized {KEY}"}, 401)))
    with pytest.raises(AuthRefused) as refused:
        await api.of_address(ANNE)
    assert len(server.requests) == 1
    assert KEY not in str(refused.value)


async def test_the_server_s_own_words_are_shown_clean(serve: Serve) -> None:
    outcome = {"resourceType": "OperationOutcome", "issue": [{"diagnostics": "Parameter x\x1b[2J not found"}]}
    server, api = await serve(always(answer(outcome, 400)))
    with pytest.raises(ServerRefused, match="Parameter x") as refused:
        await api.of_address(ANNE)
    assert "\x1b" not in str(refused.value)
    assert len(server.requests) == 1


async def test_the_key_reaches_no_log_no_error_and_no_address(serve: Serve, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    handlers = [by_kind(), always(answer(b"", 500)), always(b"nonsense\r\n\r\n"), always(b"")]
    for handler in handlers:
        server, api = await serve(handler)
        said = ""
        with contextlib.suppress(MssError):
            try:
                await api.of_address(ANNE)
            except MssError as error:
                said = "".join(traceback.format_exception(error))
                raise
        assert KEY not in said
        assert all(KEY not in request.target for request in server.requests)
        assert KEY not in repr(api.__dict__)
    assert KEY not in caplog.text


async def test_nothing_is_sent_to_a_server_that_is_not_trusted(
    authority: Authority, clock: FixedClock, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    async with HttpsServer(Authority(other), always(answer(bundle()))) as server:
        api = FhirDirectory(server.url, Secret(KEY), authority.context, clock)
        with pytest.raises(TlsRefused):
            await api.of_address(ANNE)
        assert not server.raw
        await api.close()


async def test_no_server_is_said_and_the_key_is_only_asked_for_when_needed(
    authority: Authority, clock: FixedClock
) -> None:
    asked = 0

    async def key() -> Secret:
        nonlocal asked
        asked += 1
        return Secret(KEY)

    async with HttpsServer(authority, by_kind()) as server:
        api = FhirDirectory(server.url, key, authority.context, clock)
        assert asked == 0
        await api.of_address(ANNE)
        await api.of_address(ANNE)
        assert asked == 1
        await api.close()
    api = FhirDirectory(server.url, key, authority.context, clock)
    with pytest.raises(CannotConnect, match="impossible"):
        await api.of_address(ANNE)
    await api.close()


@pytest.mark.parametrize(
    "url", ["http://x.fr/fhir", "https://key@x.fr/", "ftp://x", "", "https://", "https://x\x1b.fr"]
)
def test_only_a_plain_https_address_is_taken(authority: Authority, clock: FixedClock, url: str) -> None:
    with pytest.raises(ConfigError):
        FhirDirectory(url, Secret(KEY), authority.context, clock)


async def test_a_cancelled_question_ends_at_once_and_the_next_one_works(serve: Serve) -> None:
    started = asyncio.Event()
    slow = True

    async def handle(request: Request, writer: asyncio.StreamWriter) -> None:
        if slow:
            started.set()
            await drip(request, writer)
        writer.write(answer(bundle()))

    _, api = await serve(handle)
    task = asyncio.create_task(api.of_address(ANNE))
    await started.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    slow = False
    assert await api.of_address(ANNE) == ()


async def test_numbers_that_are_none_are_never_asked(serve: Serve) -> None:
    server, api = await serve(by_kind())
    assert await api.of_rpps(["", "abc", "1|2"]) == ()
    assert not server.requests


SAMPLES = Path(__file__).parents[3] / "shared" / "data" / "annuaire"


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the samples are not beside the checkout")
def test_the_samples_of_the_ans_are_read() -> None:
    addresses = set()
    for path in sorted(SAMPLES.glob("*/*.json")):
        found = json.loads(path.read_text(encoding="utf-8"))
        page = found if found.get("resourceType") == "Bundle" else bundle(found)
        read = one(msgspec.json.encode(page), Bundle)
        assert read is not None, path.name
        addresses |= {entry.address for entry in entries(resources(read))}
    assert len(addresses) > 5
