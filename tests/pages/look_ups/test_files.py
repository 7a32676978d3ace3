"""The files of a look-up, read back as a browser reads them."""

from __future__ import annotations

import json
import re
import zlib
from base64 import b64decode
from collections.abc import Iterable, Sequence
from typing import Any

import pytest

from ml.documents import Field, LookUp, Names, Part
from ml.pages.look_ups.files import description, files_of, shard, words

_CALL = re.compile(r'shelduck\.data\("(.*)","([A-Za-z0-9+/=]*)"\);\n')
HOSTILE = ("</script><script>alert(1)</script>", "__proto__", "\u202egnp", 'a"b\\c\n', "顾客 7", "")


def look_up(ids: Sequence[str], names: dict[str, str] | None = None, together: int = 4) -> LookUp:
    """Of records that say their own id."""

    def records(some: Sequence[str]) -> Iterable[tuple[str, str]]:
        return [(each, json.dumps({"about": {"id": [each]}})) for each in reversed(some)]

    known = names or {}
    return LookUp(
        *("thing", "Find", "Thing {id}", "{number}", "none"),
        parts=(Part("about", "About", (Field("id", "Id"),)),),
        ids=ids,
        records=records,
        names=Names([*known], [*known.values()]),
        by_name=bool(known),
        together=together,
    )


def unpacked(files: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """By name, the content of each file."""
    found = {}
    for name, text in files:
        call = _CALL.fullmatch(text)
        assert call and call[1] == name and name.endswith(".js"), text[:80]
        found[name] = json.loads(zlib.decompress(b64decode(call[2]), -zlib.MAX_WBITS))
    return found


@pytest.mark.parametrize("ids", [[], ["one"], [*HOSTILE], [f"u{number}" for number in range(500)]])
def test_every_record_lies_in_the_shard_of_its_id_and_no_shard_is_missing(ids: list[str]) -> None:
    made = look_up(ids)
    shards = description(made)["shards"]
    found = unpacked(files_of([made]))
    assert set(found) == {f"look-up/thing/{number:x}.js" for number in range(shards)}
    for each in ids:
        assert found[f"look-up/thing/{shard(each, shards):x}.js"][each] == {"about": {"id": [each]}}
    assert sum(len(records) for records in found.values()) == len(ids)


def test_shards_grow_in_number_and_not_in_size() -> None:
    sizes = {}
    for number in (100, 10_000):
        files = dict(files_of([look_up([f"u{each}" for each in range(number)], together=32)]))
        sizes[number] = max(map(len, files.values()))
        assert len(files) >= number / 32
    assert sizes[10_000] < 2 * sizes[100]


def test_the_order_of_the_ids_changes_no_byte() -> None:
    ids = [f"u{number}" for number in range(100)]
    assert [*files_of([look_up(ids)])] == [*files_of([look_up(ids[::-1])])]
    assert [*files_of([look_up(ids)])] != [*files_of([look_up(ids[1:])])]


def test_a_name_is_found_by_the_first_letters_of_each_of_its_words() -> None:
    names = {"a": "Fluid MILK, 1 GA", "b": "全脂牛奶", "c": "Ｍilky way", "d": "mentioned only, milk"}
    made = look_up([*"abc"], names)
    terms = {}
    for name, content in unpacked(files_of([made])).items():
        if "-words/" in name:
            for term, numbers in content.items():
                assert name.endswith(f"/{shard(term, description(made)['words']):x}.js")
                terms[term] = [[*names][number] for number in numbers]
    assert terms["mil"] == ["a", "c"], "not what records only mention"
    assert terms["flu"] == ["a"] and terms["1"] == ["a"] and terms["奶"] == ["b"]


def test_look_ups_of_a_page_share_their_names() -> None:
    first = look_up(["a"], {"a": "Tea"})
    second = LookUp(**{**vars(first), "name": "other"})
    names = [name for name, _ in files_of([first, second]) if "/names/" in name]
    assert names == ["look-up/names/0.js"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Fluid-Milk, 1 GA", ["fluid", "milk", "1", "ga"]),
        ("snake_case", ["snake", "case"]),
        ("ＡＢＣ ½", ["abc", "1", "2"]),
        ("牛奶 ab茶", ["牛", "奶", "ab", "茶"]),
        ("مرحبا", ["مرحبا"]),
        ("<img> \u202e!", ["img"]),
        ("", []),
    ],
)
def test_words_of_a_name(text: str, told: list[str]) -> None:
    assert words(text) == told
