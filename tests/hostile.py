"""Three hundred names that something would interpret, if it were let: for every output that shows names."""

from __future__ import annotations

from itertools import product
from typing import Final

_BAITS: Final = (
    "[/bold] x",
    "[red]",
    "[bold red]alarm[/]",
    "[link=https://example.com]sale[/link]",
    "\\[bold]",
    ":bomb:",
    "\x1b[31mred",
    "\x1b]8;;https://example.com\x07click\x1b]8;;\x07",
    "\x1b[2J\x1b[H",
    "\x9b2J",
    "\rgone",
    "two\nlines",
    "a\tb\x0bc",
    "\x00\x08\x7f",
    "\u202egnp.exe",
    "\u2066left\u2069",
    "in\u200bvisible\u2060\ufeff",
    "new\u2028line\u0085",
    "\U000e0041tag",
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "\"><b id='x'>",
    "&lt;b&gt;&amp;",
    "{{ 7 * 7 }}{% raw %}",
    "**bold** _it_ `code` ~~no~~",
    "[text](javascript:alert(1))",
    "![image](https://example.com/x.png)",
    "| cell | # heading",
    "<https://example.com> https://example.com",
    "<!channel> <@U1>",
)
_AROUND: Final = ("{}", "Tea {}", "{} 500 g", "«{}»", "{} {}", "Mueller's {}", "a{}b", "50% {}", "[{}]", "日本 {} چای")

NAMES: Final = [around.replace("{}", bait) for bait, around in product(_BAITS, _AROUND)]
