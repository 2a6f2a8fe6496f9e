"""A Secret Service (freedesktop.org) with one collection, "open" or "locked", as its argument says.

Just what the keyring library asks of it. A locked one cannot be unlocked: there is no display to ask on.
"""

from __future__ import annotations

import sys
from typing import Any

from jeepney import HeaderFields, MessageType, new_method_return
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import open_dbus_connection
from jeepney.wrappers import new_error

BASE = "/org/freedesktop/secrets"
COLLECTION, ITEM, SESSION = f"{BASE}/collection/login", f"{BASE}/collection/login/1", f"{BASE}/session/1"


def answer(member: str, body: tuple[Any, ...], locked: bool) -> tuple[str, tuple[Any, ...]] | None:
    """Signature and values of an answer; None for what is not known."""
    match member:
        case "OpenSession" if body[0] == "plain":
            return "vo", (("s", ""), SESSION)
        case "ReadAlias":
            return "o", (COLLECTION,)
        case "Get":
            return "v", (
                {"Locked": ("b", locked), "Label": ("s", "login"), "Collections": ("ao", [COLLECTION])}[body[1]],
            )
        case "SearchItems":
            return "ao", ([ITEM],)
        case "Unlock":
            return "aoo", ([], "/") if locked else (list(body[0]), "/")
        case "GetSecret":
            return "(oayays)", ((SESSION, b"", b"du-trousseau", "text/plain"),)
    return None


def main() -> None:
    """Serve until killed."""
    connection = open_dbus_connection("SESSION")
    connection.send_and_get_reply(message_bus.RequestName("org.freedesktop.secrets"))
    print("ready", flush=True)
    while True:
        asked = connection.receive()
        if asked.header.message_type is not MessageType.method_call:
            continue
        found = answer(asked.header.fields[HeaderFields.member], asked.body, sys.argv[1] == "locked")
        if found is None:
            connection.send(new_error(asked, "org.freedesktop.DBus.Error.NotSupported"))
        else:
            connection.send(new_method_return(asked, *found))


if __name__ == "__main__":
    main()
