"""Passports of a trained shop: what is told of rows that are published, and of items that are not."""

from __future__ import annotations

import hashlib
import random
import shutil
from collections import Counter
from collections.abc import Iterator
from typing import Any

import polars as pl
import pytest

from ml.documents import as_markdown
from ml.errors import NotPublished
from ml.publish.manifest import Manifest
from ml.recommend.core.base import FILL
from ml.recommend.model import MODEL
from ml.recommend.outputs import RECOMMENDATION
from ml.recommend.passport import make, published_day
from ml.recommend.passport.make import passport
from ml.recommend.passport.passport import Passport, Place
from ml.recommend.passport.sections import sections
from ml.registry.client import connect
from ml.words import said
from tests.recommend.passport.conftest import EXCLUDED, NO_HISTORY, Shop

SAMPLE, ABSENT = 50, 30


def told(shop: Shop, user: str, item: str, placement: str = "") -> Passport:
    return passport(shop.settings, shop.version, user, item, placement)


def place(shop: Shop, user: str, item: str, placement: str) -> Place:
    (found,) = told(shop, user, item, placement).places
    return found


def sample(shop: Shop) -> Iterator[tuple[dict[str, object], Place]]:
    for row in shop.rows.sample(SAMPLE, seed=1).iter_rows(named=True):
        yield row, place(shop, row["user_id"], row["item_id"], row["placement"])


def absent(shop: Shop) -> Iterator[tuple[str, str, Place]]:
    """Shopper, item and place, of items that stand on no such shelf."""
    dice, rows = random.Random(5), shop.rows
    users = rows["user_id"].unique().sort().to_list()
    items = [*shop.history.frame["item_id"].unique().sort(), "never_sold", "off_sale", "unheard of"]
    there = set(rows.select("placement", "user_id", "item_id").iter_rows())
    found = 0
    while found < ABSENT:
        placement, user, item = (
            dice.choice(("for_you", "discover", "buy_again")),
            dice.choice(users),
            dice.choice(items),
        )
        if (placement, user, item) not in there:
            found += 1
            yield user, item, place(shop, user, item, placement)


def test_a_list_by_texts_is_told_without_support(trained: Shop) -> None:
    lists = pl.read_parquet(trained.version.folder / "similar_item.parquet").filter(item_id="never_sold")
    assert set(lists["relation"]) == {"similar_text"}
    buyer = trained.history.frame.filter(pl.col("item_id") == lists["related_item_id"][0])["user_id"][0]
    found = told(trained, buyer, "never_sold")
    assert ("similar_text", None, None) in [(each.relation, each.support, each.lift) for each in found.evidence.related]
    assert any("similar_text" in row and "" in row for part in sections(found) for row in part.rows)


def test_published_rows_have_their_rank_score_parts_and_proposals(trained: Shop) -> None:
    with_terms = 0
    for row, found in sample(trained):
        assert found.step == "shown" and found.row is not None and found.is_same
        assert (found.row.rank, found.row.score) == (row["rank"], row["score"])
        assert found.row.reason_text == row["reason_text"] and found.recipe == "two_stage"
        assert [rule.rule_id for rule in found.rules] == row["rules_applied"]
        if row["candidate_source"] in (FILL, "rule"):
            continue
        assert found.explanation is not None and found.explanation.terms is not None
        with_terms += 1
        terms = found.explanation.terms
        assert sum(term.amount for term in terms.terms) == pytest.approx(terms.total, abs=1e-6)
        assert terms.score == row["score"]
        proposed = {each.source for each in found.explanation.proposals if each.is_made}
        assert row["candidate_source"] in proposed
    assert with_terms > SAMPLE // 2


def test_absent_items_fell_out_at_a_step_that_is_true(trained: Shop) -> None:
    bought = set(trained.history.frame.select("user_id", "item_id").iter_rows())
    items = pl.read_parquet(trained.settings.slices_dir.glob("*/dim_item.parquet").__next__())
    categories = dict(items.select("item_id", "item_category").iter_rows())
    steps = Counter[str]()
    for user, item, found in absent(trained):
        steps[found.step] += 1
        assert found.row is None and found.is_same
        assert (found.step == "unknown_item") == (item == "unheard of")
        assert (found.step == "not_recommendable") == (item == "off_sale")
        if found.step in ("unknown_item", "not_recommendable"):
            continue
        assert (found.step == "already_bought") == (found.placement == "discover" and (user, item) in bought)
        assert (found.step == "never_bought") == (found.placement == "buy_again" and (user, item) not in bought)
        excluded = found.placement == "for_you" and categories[item] == EXCLUDED
        assert (found.step == "ruled_out") == excluded
        if excluded:
            assert [rule.rule_id for rule in found.rules] == ["no c1"]
        if found.step in ("ranked_below", "pruned"):
            assert found.rank is not None and found.most is not None and found.rank > found.most
        if found.step == "moved_out":
            assert found.rank is not None and found.rank <= 5 and found.rules
    assert {"already_bought", "never_bought", "ruled_out", "ranked_below"} <= set(steps)


def test_an_item_whose_place_a_rule_gave_away_names_the_rule(trained: Shop) -> None:
    """The cap lets one item of a category stand: of those that rank second in theirs some stood without it."""
    user = trained.rows["user_id"].unique().sort()[7]
    shown = set(trained.rows.filter(user_id=user, placement="for_you")["item_id"])
    others = trained.history.frame.filter(user_id=user)["item_id"].unique().sort().to_list()
    fallen = [place(trained, user, item, "for_you") for item in others if item not in shown]
    moved = [each for each in fallen if each.step == "moved_out"]
    assert moved
    for each in moved:
        assert {rule.rule_id for rule in each.rules} & {"one of a kind", "spring"}
        assert each.rules[0].terms["rule_type"] in ("cap", "pin")


def test_a_pinned_row_tells_the_rule_and_where_it_stood(trained: Shop) -> None:
    pinned = trained.rows.filter(placement="for_you", rank=2, item_id="i08").row(0, named=True)
    found = place(trained, pinned["user_id"], "i08", "for_you")
    assert [rule.rule_id for rule in found.rules] == ["spring"]
    assert found.rules[0].terms["shelf_position"] == 2
    assert found.row is not None and found.row.rank_before_rules == pinned["rank_before_rules"]


def test_an_item_outside_every_generator_names_the_closest(trained: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    from ml.recommend.two_stage import scoring
    from ml.recommend.two_stage.candidates import Shares

    few = Shares(own=0, taste=3, winning=2, open=1, fresh=1)
    monkeypatch.setattr(scoring, "NEW_SHARES", few)
    user = trained.rows["user_id"].unique().sort()[3]
    bought = set(trained.history.frame.filter(user_id=user)["item_id"])
    others = [item for item in trained.history.frame["item_id"].unique().sort() if item not in bought]
    found = [each for item in others if (each := place(trained, user, item, "discover")).step == "not_proposed"]
    assert found
    for each in found:
        closest = each.explanation.closest if each.explanation else None
        assert closest is not None and closest.rank is not None and closest.rank > closest.most


def test_an_item_that_the_first_trees_left_out_has_its_rank_among_them(
    trained: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ml.recommend.two_stage import scoring

    monkeypatch.setattr(scoring, "_LEAST", 6)
    monkeypatch.setattr(scoring, "_TIMES", 1)
    user = trained.rows["user_id"].unique().sort()[3]
    items = trained.history.frame["item_id"].unique().sort()
    pruned = [each for item in items if (each := place(trained, user, item, "discover")).step == "pruned"]
    assert pruned
    assert all(each.rank is not None and each.most is not None and each.rank > each.most for each in pruned)
    assert all(each.explanation and each.explanation.terms for each in pruned)


def test_a_newcomer_is_told_where_popular_items_stood(trained: Shop) -> None:
    shown = trained.rows.filter(user_id=NO_HISTORY, placement="discover")
    row = shown.row(0, named=True)
    found = told(trained, NO_HISTORY, row["item_id"], "discover")
    assert found.places[0].is_same
    assert "no parts to tell" in as_markdown("why", sections(found)), "a recommender without terms says so"
    items = trained.history.frame["item_id"].unique().sort()
    below = [place(trained, NO_HISTORY, item, "discover") for item in items if item not in set(shown["item_id"])]
    assert {each.step for each in below} <= {"ranked_below", "moved_out"}
    assert any(each.rank and each.rank > 5 for each in below)


def test_evidence_has_days_of_purchases_and_related_items(trained: Shop) -> None:
    for row in trained.rows.filter(reason_code="bought_before").sample(5, seed=2).iter_rows(named=True):
        found = told(trained, row["user_id"], row["item_id"]).evidence
        days = trained.history.frame.filter(user_id=row["user_id"], item_id=row["item_id"])
        assert [(each.day, each.purchases) for each in found.purchases] == list(
            days.select("event_date", "purchases").iter_rows()
        )
        assert found.is_promoted is False
    for row in trained.rows.filter(reason_code="similar_to").sample(2, seed=2).iter_rows(named=True):
        found = told(trained, row["user_id"], row["item_id"]).evidence
        assert set(row["evidence_item_ids"]) <= {each.item_id for each in found.purchases}
        assert set(row["evidence_item_ids"]) <= {each.item_id for each in found.related if each.relation == "similar"}


def test_every_link_of_the_chain_resolves(trained: Shop) -> None:
    row = trained.rows.filter(reason_code="bought_before").row(0, named=True)
    chain, home = told(trained, row["user_id"], row["item_id"]).chain, trained.settings.home
    links = {each.name: each for each in chain.references}
    assert set(links) == {
        *("policy", "version", "model", "training_run", "training_dag_run", "promotion", "dag_run", "snapshot", "code")
    }
    for each in chain.references:
        assert each.value or said(each.note)
        assert not each.path or (home / each.path).exists(), each
    for name in ("policy", "version", "model", "promotion", "snapshot"):
        assert links[name].path
    assert links["policy"].value in set(pl.read_parquet(home / links["policy"].path)["policy_id"])
    run = connect(trained.settings).get_run(links["training_run"].value)
    assert links["training_run"].page == f"#/experiments/{run.info.experiment_id}/runs/{trained.run_id}"
    assert connect(trained.settings).get_model_version(MODEL, links["model"].page.rpartition("/")[2])
    assert (links["dag_run"].value, links["training_dag_run"].value) == ("manual__1", "manual__training")


def test_landing_files_are_those_that_were_loaded(trained: Shop) -> None:
    row = trained.rows.filter(reason_code="bought_before").row(0, named=True)
    found = told(trained, row["user_id"], row["item_id"])
    listed = [each for each in found.chain.landing if each.files]
    assert len(found.chain.landing) > 50 and all(each.is_there for each in found.chain.landing)
    assert {each.arrival_date for each in listed} == {each.day for each in found.evidence.purchases}
    for each in listed:
        ((path, digest),) = each.files.items()
        assert hashlib.sha256((trained.settings.home / path).read_bytes()).hexdigest() == digest
        name = path.rpartition("/")[2]
        assert hashlib.sha256(f"{name} {digest}\n".encode()).hexdigest() == each.content_hash


def test_without_the_snapshot_what_is_published_is_told_and_how_to_have_the_rest(untrained: Shop) -> None:
    row = untrained.rows.filter(placement="for_you").row(0, named=True)
    before = told(untrained, row["user_id"], row["item_id"], "for_you")
    shutil.rmtree(untrained.settings.slices_dir)
    make._LATEST.keep((), ())  # type: ignore[arg-type]
    after = told(untrained, row["user_id"], row["item_id"], "for_you")
    assert after.places[0].row == before.places[0].row
    assert after.places[0].explanation is None and after.places[0].is_same is None
    assert f"shelduck run --as-of {untrained.version.as_of}" in said(after.notes[0])
    links = {each.name: each for each in after.chain.references}
    assert not links["snapshot"].path and said(links["snapshot"].note) and links["policy"].path
    assert told(untrained, row["user_id"], "i99", "for_you").places[0].step == "unknown"
    assert sections(after)


def test_policy_0_says_so_and_shows_the_terms_of_its_recommenders(untrained: Shop) -> None:
    own = untrained.rows.filter(placement="for_you", candidate_source="buy_it_again").row(0, named=True)
    new = untrained.rows.filter(placement="discover", candidate_source="popularity").row(0, named=True)
    for row, unit in ((own, "decayed_purchases"), (new, "buyers")):
        found = told(untrained, row["user_id"], row["item_id"], row["placement"])
        terms = found.places[0].explanation.terms if found.places[0].explanation else None
        assert terms is not None and terms.unit == unit and terms.score == row["score"]
        assert sum(term.amount for term in terms.terms) == pytest.approx(terms.total, abs=1e-6)
    links = {each.name: each for each in found.chain.references}
    assert "policy 0" in said(links["model"].note) and "policy 0" in said(links["training_run"].note)
    rows = untrained.rows.filter(user_id=new["user_id"], placement="discover")
    items = untrained.history.frame["item_id"].unique()
    missing = next(item for item in items if not len(rows.filter(item_id=item)))
    assert place(untrained, new["user_id"], missing, "discover").step in ("ranked_below", "already_bought")


def test_a_day_of_another_model_than_the_ledger_names_now_is_not_ranked_again(
    untrained: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    row, read = untrained.rows.row(0, named=True), published_day.manifest

    def by_version_5(*of: Any) -> Manifest:
        found = read(*of)
        return found.model_copy(update={"policy": {**found.policy, "model_version": 5}})

    monkeypatch.setattr(published_day, "manifest", by_version_5)
    make._LATEST.keep((), ())  # type: ignore[arg-type]
    found = told(untrained, row["user_id"], row["item_id"])
    assert found.places[0].row is not None and found.places[0].is_same is None
    assert said(found.notes[0]).startswith("Model version 5 ranked the day; by the ledger it is 0 now")
    assert "policy 0" not in said(found.chain.references[2].note)
    make._LATEST.keep((), ())  # type: ignore[arg-type]


def test_a_shelf_that_is_ranked_otherwise_now_is_told(untrained: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    row = untrained.rows.filter(placement="discover").row(0, named=True)
    make._LATEST.keep((), ())  # type: ignore[arg-type]
    monkeypatch.setattr("ml.recommend.models.popularity.popular", _upside_down)
    found = told(untrained, row["user_id"], row["item_id"], "discover")
    assert found.places[0].is_same is False and found.places[0].row is not None
    assert "not what was published" in said(found.notes[0])
    make._LATEST.keep((), ())  # type: ignore[arg-type]


def _upside_down(request: object, days: int) -> object:
    from ml.recommend.core.recency import popular

    return 1000.0 - popular(request, days)  # type: ignore[arg-type]


def test_shelves_are_those_with_the_item_or_all(trained: Shop) -> None:
    row = trained.rows.row(0, named=True)
    found = told(trained, row["user_id"], row["item_id"])
    with_it = trained.rows.filter(user_id=row["user_id"], item_id=row["item_id"])["placement"]
    assert {each.placement for each in found.places} == set(with_it)
    assert len(told(trained, row["user_id"], "unheard of").places) == 3


def test_unknown_shoppers_and_shelves_are_refused_with_what_to_do(trained: Shop) -> None:
    with pytest.raises(NotPublished, match=rf"shopper nobody.*table {RECOMMENDATION.name}"):
        told(trained, "nobody", "i01")
    with pytest.raises(NotPublished, match=r"placement front.*one of buy_again, discover, for_you"):
        told(trained, trained.rows["user_id"][0], "i01", "front")
