"""A refused rule or consent stops the day until it is accepted or waived; other tables' refusals stop nothing."""

from __future__ import annotations

import itertools
import json
import shlex
from datetime import date, timedelta

import polars as pl
import pytest
from typer.testing import CliRunner

from ml.cli import app
from ml.errors import LandingError, RestrictionRefused
from ml.landing.arrivals import read_arrivals, told_arrivals
from ml.landing.folder import close_day
from ml.landing.load import land
from ml.landing.waive import newest_closed_day, waive
from ml.warehouse.connection import connect
from ml.warehouse.restrictions import Restrictions, Waiver, restrictions, waive_command
from tests.landing.conftest import DAY, Shop, event

pytestmark = pytest.mark.slow

NEXT, AFTER = DAY + timedelta(days=1), DAY + timedelta(days=2)
_HEADER = "rule_id,rule_type,item_field,item_value,enabled"
GOOD = "recall,exclude,item_id,g00,"
BAD = "recall,exclude,item_id,g00,perhaps"
_CONSENTS = "user_id,purpose,granted,granted_ts"


def _rules(shop: Shop, *lines: str, day: date = DAY, name: str = "rules.csv") -> None:
    shop.drop(name, "\n".join((_HEADER, *lines)) + "\n", table="rules", day=day)


def _consents(shop: Shop, *lines: str, day: date = DAY) -> None:
    shop.drop("consents.csv", "\n".join((_CONSENTS, *lines)) + "\n", table="consents", day=day)


def _as_of(shop: Shop, day: date) -> Restrictions:
    with connect(shop.settings) as connection:
        return restrictions(connection, day)


def _standing(shop: Shop, *days: date) -> list[list[str]]:
    """The keys that stop each day, after landing up to the last."""
    shop.land(max(days))
    return [[refusal.key for refusal in _as_of(shop, day).refused] for day in days]


def test_a_refused_rule_stops_the_day_and_the_error_names_both_ways_out(shop: Shop) -> None:
    _rules(shop, BAD)
    shop.land()
    with pytest.raises(RestrictionRefused) as stopped:
        _as_of(shop, DAY).require_settled()
    told = str(stopped.value)
    assert f"1 refused: rules/dt={DAY}/rules.csv, row 2, key recall: enabled is no true or false" in told
    assert f"shelduck waive --why REASON --as-of {DAY} rules recall" in told
    assert f"Mend rules/dt={DAY}/rules.csv" in told and f"shelduck run --as-of {DAY}" in told


def test_a_refused_row_of_another_table_stops_nothing(shop: Shop) -> None:
    shop.events(event("e1"), event("e2", quantity="-1"))
    shop.drop("items.csv", "item_id\ni1\n", table="items")
    shop.land()
    assert shop.quarantine() and _as_of(shop, DAY) == Restrictions(DAY)


def test_days_before_the_refusal_are_not_stopped(shop: Shop) -> None:
    _rules(shop, BAD, day=NEXT)
    assert _standing(shop, DAY, NEXT) == [[], ["recall"]]


def test_a_key_accepted_on_a_later_day_settles_it_from_then_on(shop: Shop) -> None:
    _rules(shop, BAD)
    _rules(shop, GOOD, day=NEXT)
    assert _standing(shop, DAY, NEXT, AFTER) == [["recall"], [], []]


def test_a_key_accepted_before_the_refusal_settles_nothing(shop: Shop) -> None:
    _rules(shop, GOOD)
    _rules(shop, BAD, day=NEXT)
    assert _standing(shop, DAY, NEXT) == [[], ["recall"]]


def test_the_same_row_sent_again_after_a_refusal_settles_it_though_it_says_nothing_new(shop: Shop) -> None:
    _rules(shop, GOOD)
    _rules(shop, BAD, day=NEXT)
    _rules(shop, GOOD, day=AFTER)
    assert _standing(shop, DAY, NEXT, AFTER) == [[], ["recall"], []]


def test_a_key_accepted_the_same_day_settles_it_only_from_another_file(shop: Shop) -> None:
    _rules(shop, BAD, GOOD)
    assert _standing(shop, DAY) == [["recall"]]
    _rules(shop, BAD)
    _rules(shop, GOOD, name="corrected.csv")
    assert _standing(shop, DAY) == [[]]


def test_a_repetition_that_says_something_else_stops_the_day_and_an_equal_one_does_not(shop: Shop) -> None:
    _rules(shop, GOOD, GOOD)
    assert _standing(shop, DAY) == [[]]
    _rules(shop, GOOD, "recall,exclude,item_id,g01,")
    assert _standing(shop, DAY) == [["recall"]]
    _rules(shop, GOOD)
    _rules(shop, "recall,exclude,item_id,g01,", name="second.csv")
    assert _standing(shop, DAY) == [["recall"]]


def test_a_file_refused_whole_stops_the_day_until_it_is_mended(shop: Shop) -> None:
    shop.drop("rules.parquet", b"PAR1 cut off", table="rules")
    assert _standing(shop, DAY) == [[f"rules/dt={DAY}/rules.parquet"]]
    shop.drop(
        "rules.parquet", pl.DataFrame({"rule_id": ["r"], "rule_type": ["explore"], "amount": [0.1]}), table="rules"
    )
    assert _standing(shop, DAY) == [[]]


def test_a_row_without_a_readable_key_is_known_by_its_file(shop: Shop) -> None:
    _rules(shop, ",exclude,item_id,g00,", "too,few")
    assert _standing(shop, DAY) == [[f"rules/dt={DAY}/rules.csv"] * 2]


def test_a_refused_consent_stops_the_day_and_names_nobody(shop: Shop) -> None:
    _consents(shop, "alice,personalisation,nope,2025-03-03T08:00:00Z")
    shop.land()
    (refusal,) = _as_of(shop, DAY).refused
    assert refusal.key.startswith("key-")
    with pytest.raises(RestrictionRefused) as stopped:
        _as_of(shop, DAY).require_settled()
    everything = (
        str(stopped.value) + str(shop.query("select * from raw.quarantine")) + str(read_arrivals(shop.settings, DAY))
    )
    assert "alice" not in everything and refusal.key in str(stopped.value)
    _consents(shop, "alice,personalisation,false,2025-03-03T08:00:00Z", day=NEXT)
    assert _standing(shop, DAY, NEXT) == [[refusal.key], []]


def test_an_older_consent_of_the_same_shopper_does_not_settle_a_refused_withdrawal(shop: Shop) -> None:
    _consents(shop, "alice,personalisation,nope,2025-03-03T08:00:00Z")
    _consents(shop, "alice,personalisation,true,2025-03-01T08:00:00Z", day=NEXT)
    assert len(_standing(shop, NEXT)[0]) == 1


@pytest.mark.parametrize("order", list(itertools.permutations((DAY, NEXT, AFTER))))
def test_whatever_the_order_of_loading_the_same_days_stop_and_the_same_rows_are_stored(
    shop: Shop, order: tuple[date, ...]
) -> None:
    _rules(shop, GOOD)
    _rules(shop, BAD, day=NEXT)
    _rules(shop, GOOD, day=AFTER)
    folder = shop.settings.landing_dir / "rules"
    for day in order:
        (folder / f"dt={day}").rename(folder / f"_{day}")
    for day in order:
        (folder / f"_{day}").rename(folder / f"dt={day}")
        shop.land(AFTER)
    assert _standing(shop, DAY, NEXT, AFTER) == [[], ["recall"], []]
    assert shop.query("select _arrival_date from raw.rules order by 1") == [(DAY,), (AFTER,)]


def test_a_refusal_that_was_mended_leaves_no_trace_in_later_days(shop: Shop) -> None:
    _rules(shop, GOOD)
    _rules(shop, BAD, day=NEXT)
    _rules(shop, GOOD, day=AFTER)
    shop.land(AFTER)
    _rules(shop, GOOD, day=NEXT)
    shop.land(AFTER)
    assert shop.query("select _arrival_date from raw.rules") == [(DAY,)]


def test_a_waiver_lets_the_day_pass_and_says_who_and_why(shop: Shop) -> None:
    _rules(shop, BAD)
    shop.land()
    file = waive(
        shop.settings, Waiver("rules", "recall", "ada", "the recall is over", newest_closed_day(shop.settings))
    )
    assert file.parent.name == f"dt={DAY}"
    assert _standing(shop, DAY, AFTER) == [[], []]
    (waiver,) = _as_of(shop, AFTER).waivers
    assert (waiver.table, waiver.key, waiver.who, waiver.why) == ("rules", "recall", "ada", "the recall is over")


def test_a_waiver_of_a_file_covers_all_that_was_refused_in_it(shop: Shop) -> None:
    _rules(shop, BAD, "too,few", ",exclude,item_id,g00,")
    shop.land()
    waive(
        shop.settings,
        Waiver("rules", f"rules/dt={DAY}/rules.csv", "ada", "a test file", newest_closed_day(shop.settings)),
    )
    assert _standing(shop, DAY) == [[]]


def test_a_waiver_counts_from_its_arrival_on_and_for_nothing_refused_later(shop: Shop) -> None:
    _rules(shop, BAD)
    _rules(shop, BAD, day=AFTER)
    shop.land(NEXT)
    close_day(shop.settings, NEXT)
    waive(shop.settings, Waiver("rules", "recall", "ada", "over", NEXT))
    assert _standing(shop, DAY, NEXT, AFTER) == [["recall"], [], ["recall"]]
    waive(shop.settings, Waiver("rules", "recall", "ada", "over", AFTER))
    assert _standing(shop, AFTER) == [[]]


def test_what_was_not_refused_cannot_be_waived(shop: Shop) -> None:
    _rules(shop, BAD, day=NEXT)
    shop.land(DAY)
    shop.land(NEXT)
    for table, key, day in (("rules", "recal", NEXT), ("items", "recall", NEXT), ("rules", "recall", DAY)):
        with pytest.raises(LandingError, match="a refused row of that key"):
            waive(shop.settings, Waiver(table, key, "ada", "over", day))
    for reason in (" ", "REASON"):
        with pytest.raises(LandingError, match="a reason"):
            waive(shop.settings, Waiver("rules", "recall", "ada", reason, NEXT))
    assert not (shop.settings.landing_dir / "waivers").exists()


def test_a_waiver_that_is_refused_itself_waives_nothing(shop: Shop) -> None:
    _rules(shop, BAD)
    shop.drop("w.jsonl", json.dumps({"table_name": "rules", "key": "recall", "who": "ada"}), table="waivers")
    assert _standing(shop, DAY) == [["recall"]]


def test_a_warehouse_of_an_earlier_version_learns_the_keys_when_it_lands(shop: Shop) -> None:
    _rules(shop, BAD)
    shop.land()
    with connect(shop.settings) as connection:
        for view in ("restricting_refusal", "restricting_key"):
            connection.execute(f"drop view raw.{view}")
        connection.execute("alter table raw.quarantine drop column key")
        connection.execute("alter table raw.quarantine drop column footer_rows")
        connection.execute("alter table raw.landing_file drop column rows_read")
        connection.execute("update raw.landing_partition set contract_hash = 'an older one'")
    land(shop.settings, DAY)
    assert _standing(shop, DAY) == [["recall"]]


def test_the_report_of_the_day_names_what_stops_it_and_how_to_waive_it(shop: Shop) -> None:
    _rules(shop, BAD)
    shop.land()
    report = read_arrivals(shop.settings, DAY)
    assert report is not None
    assert report["stopped_by"][0]["waive"] == f"shelduck waive --why REASON --as-of {DAY} rules recall"
    assert told_arrivals(report)[0].startswith("stops publication: rules/dt=")


@pytest.mark.parametrize("rule", ["recall", "the recall", "--all", "it's", "$HOME", "[/bold] x"])
def test_the_command_that_the_error_names_waives_whatever_the_rule_is_called(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, rule: str
) -> None:
    _rules(shop, BAD.replace("recall", rule))
    shop.land()
    for name, value in shop.settings.environment().items():
        monkeypatch.setenv(name, value)
    (refusal,) = _as_of(shop, DAY).refused
    words = shlex.split(waive_command(refusal, DAY).replace("REASON", "'the recall is over'"))
    answer = CliRunner().invoke(app, words[1:])
    assert answer.exit_code == 0, answer.output
    assert f"shelduck run --as-of {DAY}" in answer.output
    assert _standing(shop, DAY) == [[]]
