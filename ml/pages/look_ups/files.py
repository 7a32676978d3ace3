"""The files of a look-up: its records, and where names can be searched the words of the names, spread over shards.

A shard is a script that hands over one compressed text, because a page that was opened from a folder may load scripts
beside it and nothing else. ``look-up-records.js`` reads them and computes the same shards and words.
"""

from __future__ import annotations

import json
import re
import unicodedata
import zlib
from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from ml.documents import Cell, Field, Link, LookUp, Mark, Names, Page, Part
from ml.words import LANGUAGES, Text, said

_NAMES: Final = 2048
"""Names of a file of them, and those of a shard of words on average."""
_AT_ONCE: Final = 4096
"""Records in memory at a time."""
_WORD: Final = re.compile(r"[^\W_]+")
_IDEOGRAPH: Final = re.compile(r"([\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff])")
_TERM: Final = 3
"""Letters of a word by which it is found."""
_LONGEST: Final = 40
"""Words of a name that are searched."""


def look_ups_of(page: Page) -> list[LookUp]:
    """The look-ups of a page, from above."""
    return [look_up for section in page.sections for look_up in section.look_ups]


def files_of(look_ups: Sequence[LookUp]) -> Iterator[tuple[str, str]]:
    """The files of a page's look-ups: name in the site's folder, text. The same records give the same bytes."""
    for names in dict.fromkeys(look_up.names for look_up in look_ups):
        yield from _names_files(names)
    for look_up in look_ups:
        yield from _record_files(look_up)
        if look_up.by_name:
            yield from _word_files(look_up)


def description(look_up: LookUp) -> dict[str, Any]:
    """What the page tells its script of a look-up, as JSON values; texts by language."""
    return {
        "name": look_up.name,
        "shards": shards_of(len(look_up.ids), look_up.together),
        "words": shards_of(len(look_up.ids), _NAMES) if look_up.by_name else 0,
        "names": _NAMES,
        "title": _languages(look_up.title),
        "missing": _languages(look_up.missing),
        "parts": [_part(part) for part in look_up.parts],
    }


def shards_of(records: int, each: int) -> int:
    """How many shards hold ``records`` with ``each`` in one, on average: a power of two."""
    return 1 << max((records - 1) // each, 0).bit_length()


def shard(text: str, shards: int) -> int:
    """The shard that holds ``text``, by its CRC-32."""
    return zlib.crc32(text.encode("utf-8", "surrogatepass")) % shards


def words(text: str) -> list[str]:
    """The words of a name as they are compared: runs of letters and digits without regard to case and width, and each
    ideograph alone, since texts in Chinese have no spaces."""
    plain = unicodedata.normalize("NFKC", text).lower()
    return _WORD.findall(_IDEOGRAPH.sub(r" \1 ", plain))


def _record_files(look_up: LookUp) -> Iterator[tuple[str, str]]:
    shards = shards_of(len(look_up.ids), look_up.together)
    by_shard: list[list[str]] = [[] for _ in range(shards)]
    for each in sorted(look_up.ids):
        by_shard[shard(each, shards)].append(each)
    at_once = max(_AT_ONCE // look_up.together, 1)
    for start in range(0, shards, at_once):
        some = range(start, min(start + at_once, shards))
        bodies = dict(look_up.records([each for number in some for each in by_shard[number]]))
        for number in some:
            there = (each for each in by_shard[number] if each in bodies)
            content = ",".join(f"{json.dumps(each)}:{bodies[each]}" for each in there)
            yield _file(look_up.name, number, f"{{{content}}}")


def _names_files(names: Names) -> Iterator[tuple[str, str]]:
    """Names in their order, so many to a file: the first files hold what most records mention."""
    for start in range(0, len(names.ids), _NAMES):
        some = slice(start, start + _NAMES)
        yield _file("names", start // _NAMES, _json([names.ids[some], names.texts[some]]))


def _word_files(look_up: LookUp) -> Iterator[tuple[str, str]]:
    """By the first letters of their words, the numbers of the names of the look-up's ids, the most mentioned first."""
    shards, own = shards_of(len(look_up.ids), _NAMES), set(look_up.ids)
    found: dict[int, dict[str, list[int]]] = {number: {} for number in range(shards)}
    for number, (each, name) in enumerate(zip(look_up.names.ids, look_up.names.texts, strict=True)):
        for term in dict.fromkeys(word[:_TERM] for word in words(name)[:_LONGEST] if each in own):
            found[shard(term, shards)].setdefault(term, []).append(number)
    for shard_number, terms in found.items():
        yield _file(f"{look_up.name}-words", shard_number, _json(terms))


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _file(name: str, number: int, content: str) -> tuple[str, str]:
    packer = zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS)
    packed = b64encode(packer.compress(content.encode()) + packer.flush()).decode()
    path = f"look-up/{name}/{number:x}.js"
    return path, f'shelduck.data("{path}","{packed}");\n'


def _part(part: Part) -> dict[str, Any]:
    return {
        "key": part.key,
        "heading": _languages(part.heading),
        "text": _languages(part.text),
        "facts": [[_languages(label), *_cell(cell)] for label, cell in part.facts],
        "fields": [_field(each) for each in part.fields],
        "more": {"text": _languages(part.more[0]), "to": part.more[1]},
    }


def _field(each: Field) -> dict[str, Any]:
    return {
        "key": _languages(each.key),
        "label": _languages(each.label),
        "numeric": each.is_numeric,
        "to": each.to,
        "words": {value: _languages(text) for value, text in each.words.items()},
        "command": each.command,
        "detail": each.is_detail,
        "bar": each.is_bar,
        "unit": _languages(each.unit),
    }


def _cell(cell: Cell) -> tuple[Mapping[str, str], str]:
    if isinstance(cell, Link):
        return _languages(cell.text), cell.href
    return _languages(cell.text if isinstance(cell, Mark) else cell), ""


def _languages(text: Text) -> dict[str, str]:
    return {language: said(text, language) for language in LANGUAGES}
