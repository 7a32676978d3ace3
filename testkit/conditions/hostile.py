"""Texts that nobody should write as a condition: damaged ones, attacks, noise."""

from __future__ import annotations

import random
import string
from collections.abc import Iterator
from typing import Final

from testkit.conditions.generated import written

HOSTILE: Final = (
    *("", " ", "\n", "\0", "'", "''", "'''", '"', "(", ")", "()", "(((", "not", "and", "%", "=", ",", "top", "null"),
    *("1", "true", "spend", "spend spend", "spend >", "> 1", "spend > > 1", "spend = = 1", "spend > 1 1", "spend > 1;"),
    *(
        "spend > 1 -- and",
        "spend > 1 /* x */",
        "1=1",
        "' or '1'='1",
        "channel = '' or 1=1",
        "channel = 'x' union select",
    ),
    *(
        "tag('wine'); drop table tag_member",
        "tag(tag('wine'))",
        "tag('wine', 'wine')",
        "tag()",
        "tag",
        "tag('wine' and",
    ),
    *("spend > 1e999", "spend > -1e999", "spend > 1e-999999999", "spend > " + "9" * 3900, "spend > ." + "9" * 3900),
    *(
        "spend > nan",
        "spend > inf",
        "spend > 0x10",
        "spend > 1_000",
        "spend > ٣",
        "spend > １",
        "spend > 1e99999999999999 %",
    ),
    *(
        "(" * 1900 + "spend > 1",
        "(" * 1900 + "spend > 1" + ")" * 1900,
        "not " * 900 + "is_loyal",
        "(" * 5000,
        "a" * 100_000,
    ),
    *(" or ".join(["is_loyal"] * 330), " and ".join(["tag('wine')"] * 230), "(is_loyal and (is_loyal or " * 70),
    *(
        "channel = '\ud800'",
        "\udcff",
        "channel = '\U0010ffff\u202e\u200b'",
        "ſpend > 1",
        "spend\u00a0>\u30001",
        "ﬁ > 1",
    ),
    *("__class__ = 1", "{spend} > 1", "%s %(x)s {0}", "spend > {0}", "since > '2025-02-30'", "since > '10000-01-01'"),
    *("since > '٢٠٢٥-01-01'", "since between '2025-03-02' and '2025-03-01'", "spend between 2 and 1", "spend in ()"),
    *("bought(days = 1e400) > 1", "bought(days = -1) > 1", "bought(days = 2.5) > 1", "bought(days = 1, days = 2) > 1"),
    *("on_shelf('for_you', top 0)", "on_shelf('for_you', top 1e2)", "on_shelf('for_you', top 99999999999999999999)"),
    *("likely_to_buy(category = 'WINE') > 1 %", "likely_to_buy(category = 'WINE', category = 'WINE') > 1", "age > 3"),
)
_LETTERS: Final = (*string.printable, "'", "'", "(", ")", "é", "中", "\0", "\u202e", "\ud800", "\U0001f600", "𝟛")


def damaged(chance: random.Random, text: str) -> str:
    """``text`` with one to three letters or parts changed."""
    for _ in range(chance.randint(1, 3)):
        at, end = sorted((chance.randint(0, len(text)), chance.randint(0, len(text))))
        kind = chance.randrange(5)
        if kind == 0:
            text = text[:at] + text[at + 1 :]
        elif kind == 1:
            text = text[:at] + chance.choice(_LETTERS) + text[at:]
        elif kind == 2:
            text = text[:at] + text[min(end, at + 9) :]
        elif kind == 3:
            text = text[:at]
        else:
            text = text[:at] + text[at : min(end, at + 200)] * 2 + text[end:]
    return text


def any_texts(chance: random.Random, count: int) -> Iterator[str]:
    """Conditions as they should be, damaged ones, hostile ones and plain noise."""
    yield from HOSTILE
    for number in range(count - len(HOSTILE)):
        if number % 5 == 0:
            yield "".join(chance.choices(_LETTERS, k=chance.randint(0, 60)))
        elif number % 5 == 1:
            yield written(chance).text
        else:
            yield damaged(chance, chance.choice(HOSTILE)[:300] if number % 5 == 2 else written(chance).text)
