"""Searches in the demo's FHIR resources, as the Annuaire Santé answers them (annuaire.md §1.2, §1.3).

A string without modifier is a prefix, accents and letter case aside; `:exact` is equality to the letter; `:contains`
is anywhere. Repeated parameters are AND, commas are OR. An unknown parameter is an error.
"""

from __future__ import annotations

import secrets
import unicodedata
from collections.abc import Callable, Iterable, Sequence

from mss_tui.demo.annuaire.fhir import Resource
from mss_tui.record import dataclass

DEFAULT_COUNT, MAX_COUNT = 50, 200
MAX_PAGES = 200

Query = Sequence[tuple[str, str]]


class Wrong(Exception):
    """The search is not one; the text goes into an OperationOutcome."""


def _names(resource: Resource, *keys: str) -> list[str]:
    found: list[str] = []
    for name in resource.get("name", ()):
        for key in keys:
            value = name.get(key, ())
            found += [value] if isinstance(value, str) else value
    return found


def _mailboxes(resource: Resource) -> list[str]:
    return [telecom["value"] for telecom in resource.get("telecom", ()) if telecom["system"] == "email"]


def _address(key: str) -> Callable[[Resource], list[str]]:
    return lambda resource: [str(address.get(key, "")) for address in resource.get("address", ())]


_STRINGS: dict[str, dict[str, Callable[[Resource], list[str]]]] = {
    "Practitioner": {
        "family": lambda resource: _names(resource, "family"),
        "given": lambda resource: _names(resource, "given"),
        "name": lambda resource: _names(resource, "family", "given", "text"),
        "mailbox-mss": _mailboxes,
    },
    "PractitionerRole": {"mailbox-mss": _mailboxes},
    "Organization": {
        "name": lambda resource: [resource["name"]],
        "mailbox-mss": _mailboxes,
        "address-city": _address("city"),
        "address-postalcode": _address("postalCode"),
    },
}


def _codings(resource: Resource, key: str) -> list[tuple[str, str]]:
    concepts = [item.get("code", item) if key == "qualification" else item for item in resource.get(key, ())]
    return [(coding["system"], coding["code"]) for concept in concepts for coding in concept["coding"]]


def _identifiers(resource: Resource) -> list[tuple[str, str]]:
    return [(identifier["system"], identifier["value"]) for identifier in resource["identifier"]]


_TOKENS: dict[str, dict[str, Callable[[Resource], list[tuple[str, str]]]]] = {
    "Practitioner": {"qualification-code": lambda resource: _codings(resource, "qualification")},
    "PractitionerRole": {"role": lambda resource: _codings(resource, "code")},
    "Organization": {"type": lambda resource: _codings(resource, "type")},
}
for _tokens in _TOKENS.values():
    _tokens["identifier"] = _identifiers
    _tokens["active"] = lambda resource: [("", str(resource["active"]).lower())]
    _tokens["_id"] = lambda resource: [("", resource["id"])]

_REFERENCES = {"PractitionerRole": {"practitioner", "organization"}}
_CONTROLS = {"_count", "_total", "_include", "_revinclude", "_elements", "_format", "_pretty"}
_INCLUDES = {
    ("PractitionerRole", "_include"): {"PractitionerRole:practitioner", "PractitionerRole:organization", "*"},
    ("Practitioner", "_revinclude"): {"PractitionerRole:practitioner"},
    ("Organization", "_revinclude"): {"PractitionerRole:organization"},
}


def fold(text: str) -> str:
    """As the server's index folds: no accents, lower case."""
    plain = unicodedata.normalize("NFD", text)
    return "".join(char for char in plain if not unicodedata.combining(char)).lower()


def _string(modifier: str, wanted: Sequence[str]) -> Callable[[str], bool]:
    if modifier == "exact":
        return lambda value: value in wanted
    folded = [fold(word) for word in wanted]
    if modifier == "contains":
        return lambda value: any(word in fold(value) for word in folded)
    return lambda value: any(fold(value).startswith(word) for word in folded)


def _token(wanted: Sequence[str]) -> Callable[[tuple[str, str]], bool]:
    def matches(pair: tuple[str, str]) -> bool:
        for word in wanted:
            system, bar, code = word.rpartition("|")
            if (not bar or system == pair[0] or not system) and (not code or code == pair[1]):
                return True
        return False

    return matches


def _criterion(kind: str, name: str, modifier: str, value: str) -> Callable[[Resource], bool]:
    wanted = value.split(",")
    if name in _STRINGS[kind]:
        of, test = _STRINGS[kind][name], _string(modifier, wanted)
        return lambda resource: any(map(test, of(resource)))
    if name in _TOKENS[kind]:
        pairs, accepts = _TOKENS[kind][name], _token(wanted)
        return lambda resource: any(map(accepts, pairs(resource))) != (modifier == "not")
    if name in _REFERENCES.get(kind, ()):
        ids = {word.rpartition("/")[2] for word in wanted}
        return lambda resource: resource.get(name, {}).get("reference", "").rpartition("/")[2] in ids
    raise Wrong(f"Parameter {name} not found for resource {kind}")


@dataclass(frozen=True, slots=True)
class _Page:
    kind: str
    found: Sequence[Resource]
    first: int
    count: int
    query: Query


class FhirSearch:
    """Searches, and the pages that are still to come.

    Args:
        base: URL of the service, for links.
    """

    def __init__(self, resources: dict[str, list[Resource]], base: str) -> None:
        self._resources = resources
        self._by_reference = {f"{r['resourceType']}/{r['id']}": r for group in resources.values() for r in group}
        self._base = base
        self._pages: dict[str, _Page] = {}

    def read(self, kind: str, key: str) -> Resource | None:
        """One resource."""
        return self._by_reference.get(f"{kind}/{key}")

    def search(self, kind: str, query: Query, url: str) -> Resource:
        """The first page of a search.

        Args:
            url: what was asked, for the link `self`.

        Raises:
            Wrong: an unknown type or parameter, a wrong count.
        """
        if kind not in self._resources:
            raise Wrong(f"Unknown resource type '{kind}'")
        tests = []
        count = DEFAULT_COUNT
        for parameter, value in query:
            name, _, modifier = parameter.partition(":")
            if name == "_count":
                if not value.isdecimal() or not int(value[:6]) >= 1:
                    raise Wrong("_count is not a number")
                count = min(int(value[:6]), MAX_COUNT)
            elif name in ("_include", "_revinclude"):
                if value not in _INCLUDES.get((kind, name), ()):
                    raise Wrong(f"{name}={value} is not supported for resource {kind}")
            elif name not in _CONTROLS:
                tests.append(_criterion(kind, name, modifier, value))
        found = [resource for resource in self._resources[kind] if all(test(resource) for test in tests)]
        return self._bundle(_Page(kind, found, 0, count, query), url)

    def next(self, token: str) -> Resource:
        """The page that a `next` link names; it works once.

        Raises:
            Wrong: it is unknown or too old.
        """
        page = self._pages.pop(token, None)
        if page is None:
            raise Wrong("The url can't be processed. Maybe it is too old or corrupted.")
        return self._bundle(page, f"{self._base}/_page?id={token}")

    def _bundle(self, page: _Page, url: str) -> Resource:
        shown = page.found[page.first : page.first + page.count]
        entries = [*shown, *self._included(page, shown)]
        links = [{"relation": "self", "url": url}]
        rest = page.first + page.count
        if rest < len(page.found):
            token = secrets.token_urlsafe(24)
            while len(self._pages) >= MAX_PAGES:
                del self._pages[next(iter(self._pages))]
            self._pages[token] = _Page(page.kind, page.found, rest, page.count, page.query)
            links.insert(0, {"relation": "next", "url": f"{self._base}/_page?id={token}"})
        counted = {"total": len(page.found)} if ("_total", "accurate") in page.query else {}
        return {
            "resourceType": "Bundle",
            "type": "searchset",
            "id": secrets.token_hex(16),
            **counted,
            "entry": [
                {"fullUrl": f"{self._base}/{resource['resourceType']}/{resource['id']}", "resource": resource}
                for resource in entries
            ],
            "link": links,
        }

    def _included(self, page: _Page, shown: Iterable[Resource]) -> list[Resource]:
        """Other resources that belong to the page, each once; they are mixed with the matches, without a mark."""
        wanted = {value for name, value in page.query if name in ("_include", "_revinclude")}
        keys = {f"{resource['resourceType']}/{resource['id']}" for resource in shown}
        found: dict[str, Resource] = {}
        for name in ("practitioner", "organization"):
            if not wanted & {f"PractitionerRole:{name}", "*"}:
                continue
            if page.kind == "PractitionerRole":
                references = [resource.get(name, {}).get("reference", "") for resource in shown]
                found |= {ref: self._by_reference[ref] for ref in references if ref in self._by_reference}
            else:
                roles = (r for r in self._resources["PractitionerRole"] if r.get(name, {}).get("reference") in keys)
                found |= {role["id"]: role for role in roles}
        return list(found.values())
