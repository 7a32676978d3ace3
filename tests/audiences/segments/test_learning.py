"""Segments from refit to refit."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest

from ml.audiences.columns import Scheme
from ml.audiences.outputs import SEGMENT_MEMBER
from ml.audiences.segments import clustering, learning
from ml.audiences.segments.bundle import Bundle, read_bundle, write_bundle
from ml.audiences.segments.columns import Known
from ml.audiences.segments.daily import segments_of
from ml.audiences.segments.identity import Change
from ml.audiences.segments.learning import learned, sample
from ml.audiences.segments.shown import changes_told
from ml.errors import InvalidBundle
from ml.tables import Col
from tests.audiences.segments.crowd import AS_OF, GROUPS, crowd

WEEK = timedelta(days=7)
LESS = tuple(name for name in GROUPS if name != "gone")


@pytest.fixture(autouse=True, scope="module")
def few() -> Iterator[None]:
    """Few numbers and resamples: what they decide is tested in test_clustering."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clustering, "SEGMENTS", range(3, 5))
        patch.setattr(clustering, "_RESAMPLES", 3)
        yield


@pytest.fixture(scope="module")
def before(few: None) -> Bundle:
    return learned(crowd(), AS_OF - WEEK, 1).bundle


def by_group(bundle: Bundle, shoppers: pl.DataFrame) -> dict[str, str]:
    """By group the segment of most of its members."""
    members = segments_of({0: shoppers}, bundle).tables[SEGMENT_MEMBER.name]
    mine = members.filter(pl.col("scheme") == Scheme.BEHAVIOUR.value)
    named = mine.with_columns(pl.col(Col.user_id).str.replace(r" \d+$", "").alias("group"))
    return dict(named.group_by("group").agg(pl.col("segment_id").mode().first()).iter_rows())


def test_the_groups_are_found_and_buyers_alone_are_learned_from(before: Bundle) -> None:
    segments = by_group(before, crowd())
    assert len({segments[name] for name in GROUPS}) == 4 and segments["prospect"] == "no_purchase"
    assert before.highest == 4 and before.agreement is None and "4 segments" in before.why
    assert {each.change for each in before.segments} == {Change.NEW}
    names = {each.segment_id: each.name_en for each in before.segments}
    assert "oupon-redeeming" in names[segments["coupon hunters"]] and "apsing" in names[segments["gone"]]


def test_a_refit_keeps_ids_names_and_members(before: Bundle) -> None:
    later = crowd(seed=9)
    again = learned(later, AS_OF, 77, before).bundle
    assert by_group(again, later) == by_group(before, crowd())
    assert {each.change for each in again.segments} == {Change.SAME} and again.vanished == {}
    assert again.agreement is not None and again.agreement > 0.9
    names = [{each.segment_id: each.name_en for each in bundle.segments} for bundle in (before, again)]
    assert names[0] == names[1]


def test_a_group_that_goes_vanishes_and_one_that_comes_is_new_under_an_id_of_its_own(before: Bundle) -> None:
    gone = learned(crowd(groups=LESS), AS_OF, 1, before).bundle
    lost = by_group(before, crowd())["gone"]
    assert list(gone.vanished) == [lost] and len(gone.segments) == 3
    assert f"{lost} vanished" in changes_told(gone)
    back = learned(crowd(), AS_OF + WEEK, 1, gone).bundle
    (fresh,) = (each for each in back.segments if each.change is Change.NEW or each.segment_id not in before.ids)
    assert fresh.segment_id == "s5" and by_group(back, crowd())["gone"] == "s5" and back.highest == 5


def test_the_same_profiles_give_the_same_bytes(before: Bundle) -> None:
    shuffled = crowd().sample(fraction=1.0, shuffle=True, seed=3)
    assert learned(shuffled, AS_OF - WEEK, 1).bundle.model_dump_json() == before.model_dump_json()


def test_of_a_large_shop_a_sample_is_learned_from_and_everybody_is_placed(
    before: Bundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(learning, "SAMPLE", 150)
    one, same = sample(crowd()), sample(crowd(seed=4).head(-1))
    assert len(one) == 150 and len(set(one[Col.user_id]) & set(same[Col.user_id])) >= 149, "the same people every week"
    part = learned(crowd(), AS_OF, 1, before)
    assert len(part.points) == 150 and by_group(part.bundle, crowd()) == by_group(before, crowd())


def test_a_model_places_shoppers_it_never_saw_and_features_it_does_not_know(before: Bundle) -> None:
    odd = crowd(each=1).with_columns(
        pl.lit(None, pl.Float64).alias(Known.price_index), pl.lit(1e9).alias(Known.mean_basket_value_365d)
    )
    placed = segments_of({0: odd}, before).tables[SEGMENT_MEMBER.name].filter(pl.col("scheme") == "behaviour")
    buyers = placed.filter(pl.col("segment_id") != "no_purchase")
    assert len(buyers) == 4 and buyers.select(pl.col("map_x", "map_y").is_finite().all()).row(0) == (True, True)


@pytest.mark.parametrize("each", [1, 3])
def test_a_shop_of_few_is_one_segment_of_average_shoppers(each: int) -> None:
    small = learned(crowd(each, groups=("regulars",)), AS_OF, 1).bundle
    assert [(one.segment_id, one.name_en) for one in small.segments] == [("s1", "Average shoppers")]
    members = segments_of({0: crowd(each, groups=("regulars",))}, small).tables[SEGMENT_MEMBER.name]
    assert (
        members.filter(pl.col("scheme") == "behaviour")["segment_id"].to_list() == ["no_purchase"] * 5 + ["s1"] * each
    )


def test_a_bundle_is_read_as_it_was_written_and_a_broken_one_is_refused(before: Bundle, tmp_path: Path) -> None:
    write_bundle(tmp_path / "one", before)
    assert read_bundle(tmp_path / "one") == before
    torn = before.model_copy(update={"scales": before.scales[1:]})
    write_bundle(tmp_path / "torn", torn)
    with pytest.raises(InvalidBundle, match="a number per scale"):
        read_bundle(tmp_path / "torn")
    write_bundle(tmp_path / "none", before.model_copy(update={"segments": ()}))
    with pytest.raises(InvalidBundle, match="at least one segment"):
        read_bundle(tmp_path / "none")
    with pytest.raises(InvalidBundle, match=r"segments\.json"):
        read_bundle(tmp_path / "absent")
