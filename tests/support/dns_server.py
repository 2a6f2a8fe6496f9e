"""A DNS server on loopback that answers from a table (UDP)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import dns.flags
import dns.message
import dns.rcode
import dns.rrset

from mss_tui.adapters.finding.names import Names

Table = dict[tuple[str, str], tuple[str, ...]]
"""(name, type) → texts of the records."""


class DnsServer(asyncio.DatagramProtocol):
    """Answers; `asked` is every question. `silent` answers nothing."""

    def __init__(self, table: Table, *, silent: bool = False) -> None:
        self.table = table
        self.silent = silent
        self.asked: list[tuple[str, str]] = []
        self._transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport  # type: ignore[assignment]

    def datagram_received(self, data: bytes, address: object) -> None:
        query = dns.message.from_wire(data)
        (question,) = query.question
        name, kind = question.name.to_text(omit_final_dot=True).lower(), question.rdtype.name
        self.asked.append((name, kind))
        if self.silent:
            return
        answer = dns.message.make_response(query)
        answer.flags |= dns.flags.RA
        records = self.table.get((name, kind), ())
        if records:
            answer.answer.append(dns.rrset.from_text(question.name, 60, "IN", kind, *records))
        elif not any(known == name for known, _ in self.table):
            answer.set_rcode(dns.rcode.NXDOMAIN)
        assert self._transport is not None
        self._transport.sendto(answer.to_wire(), address)  # type: ignore[arg-type]


@asynccontextmanager
async def serving_dns(table: Table, *, silent: bool = False) -> AsyncIterator[tuple[Names, DnsServer]]:
    """The names that lead to a server with this table."""
    server = DnsServer(table, silent=silent)
    transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(lambda: server, ("127.0.0.1", 0))
    try:
        yield Names("127.0.0.1", transport.get_extra_info("sockname")[1]), server
    finally:
        transport.close()
