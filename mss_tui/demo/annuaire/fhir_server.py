"""The demo's directory service: HTTPS, GET alone, behind an API key as the Annuaire Santé is (annuaire.md §1.1)."""

from __future__ import annotations

import asyncio
import hmac
import json
import ssl
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from mss_tui.demo.annuaire.fhir import Resource
from mss_tui.demo.annuaire.fhir_search import FhirSearch, Wrong
from mss_tui.demo.line import Door, Gone, Line, TooLong
from mss_tui.record import dataclass

PATH = "/fhir/v2"
MAX_LINE, MAX_HEADERS = 8192, 60
PATIENCE = 60.0

_REASONS = {200: "OK", 400: "Bad Request", 401: "Unauthorized", 404: "Not Found", 405: "Method Not Allowed"}


@dataclass(frozen=True, slots=True)
class _Request:
    method: str
    target: str
    headers: Mapping[str, str]
    keep: bool


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    body: Any
    type: str = "application/fhir+json;charset=UTF-8"


async def _request(line: Line) -> _Request:
    first = (await line.read_line(MAX_LINE)).decode("ascii", "replace").split(" ")
    if len(first) != 3 or not first[2].startswith("HTTP/1."):
        raise Gone
    headers: dict[str, str] = {}
    for _ in range(MAX_HEADERS):
        text = (await line.read_line(MAX_LINE)).decode("latin-1")
        if not text:
            break
        name, _, value = text.partition(":")
        headers[name.strip().lower()] = value.strip()
    else:
        raise TooLong
    asked = headers.get("connection", "").lower()
    keep = asked != "close" if first[2] == "HTTP/1.1" else asked == "keep-alive"
    has_body = headers.get("content-length", "0") != "0" or "transfer-encoding" in headers
    return _Request(first[0], first[1], headers, keep and not has_body)


def _outcome(code: str, words: str) -> Resource:
    return {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": code, "diagnostics": words}]}


def _gateway(status: int, words: str) -> _Answer:
    """What the gateway says itself is no FHIR (annuaire.md §1.3)."""
    return _Answer(status, {"message": words, "http_status_code": status}, "application/json")


class DirectoryService:
    """The service. `key` is the only API key it takes."""

    def __init__(self, resources: dict[str, list[Resource]], key: str) -> None:
        self._resources = resources
        self._key = key
        self._search: FhirSearch | None = None

    async def open(self, tls: ssl.SSLContext) -> tuple[Door, str]:
        """Listen; returns the door and the service's URL."""
        door = await Door.open(self._serve, tls=tls)
        url = f"https://127.0.0.1:{door.port}{PATH}"
        self._search = FhirSearch(self._resources, url)
        return door, url

    async def _serve(self, line: Line) -> None:
        keep = True
        while keep:
            async with asyncio.timeout(PATIENCE):
                request = await _request(line)
            answer = self._answer(request)
            body = json.dumps(answer.body, ensure_ascii=False).encode("utf-8")
            keep = request.keep
            head = [
                f"HTTP/1.1 {answer.status} {_REASONS[answer.status]}",
                f"Content-Type: {answer.type}",
                f"Content-Length: {len(body)}",
                f"Connection: {'keep-alive' if keep else 'close'}",
                "",
                "",
            ]
            line.write("\r\n".join(head).encode("ascii") + body)
            await line.drain()

    def _answer(self, request: _Request) -> _Answer:
        if request.method != "GET":
            return _gateway(405, "Method Not Allowed")
        given = request.headers.get("esante-api-key", "")
        if not hmac.compare_digest(given.encode("latin-1", "replace"), self._key.encode("ascii")):
            return _gateway(401, "Unauthorized")
        target = urlsplit(request.target)
        if not target.path.startswith(PATH + "/") or self._search is None:
            return _gateway(404, "No context-path matches the request URI.")
        parts = target.path[len(PATH) + 1 :].split("/")
        try:
            query = parse_qsl(target.query, keep_blank_values=True, max_num_fields=50)
            return self._found(self._search, parts, query, request.target)
        except (Wrong, ValueError) as error:
            return _Answer(400, _outcome("exception", str(error)[:200]))

    def _found(self, search: FhirSearch, parts: list[str], query: list[tuple[str, str]], target: str) -> _Answer:
        if parts == ["metadata"]:
            return _Answer(200, {"resourceType": "CapabilityStatement", "status": "active", "fhirVersion": "4.0.1"})
        if parts == ["_page"]:
            return _Answer(200, search.next(dict(query).get("id", "")))
        if len(parts) == 2:
            resource = search.read(*parts)
            return _Answer(200, resource) if resource else _Answer(404, _outcome("processing", "Resource not found"))
        if len(parts) != 1:
            return _gateway(404, "No context-path matches the request URI.")
        return _Answer(200, search.search(parts[0], query, target))
