"""What a probe is, and how probes are told in docs/security.md."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import groupby

from tests.security.place import Answer, Place


@dataclass(frozen=True)
class Probe:
    """One attempt. ``attempt`` tells what was gained, or None when it was refused and nothing happened."""

    who: str
    name: str
    tries: str
    attempt: Callable[[Place], str | None]
    needs_airflow: bool = False

    @property
    def id(self) -> str:
        return f"{self.who}-{self.name}"


def web(who: str, name: str, tries: str, send: Callable[[Place], Answer], *, airflow: bool = False) -> Probe:
    """A probe that is one request."""
    return Probe(who, name, tries, lambda place: send(place).gain, airflow)


def as_table(probes: Iterable[Probe]) -> str:
    """The probes as docs/security.md lists them."""
    lines = []
    for who, group in groupby(probes, lambda probe: probe.who):
        lines += [f"### {who.capitalize().replace('-', ' ')}", "", "| probe | tries to |", "|---|---|"]
        lines += [f"| {probe.name} | {probe.tries} |" for probe in group]
        lines.append("")
    return "\n".join(lines)
