"""A training of segments from a snapshot to a champion, and the days before and after it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from ml.audiences.columns import Scheme
from ml.audiences.outputs import SEGMENT, SEGMENT_MEMBER
from ml.audiences.parts import Segmented
from ml.audiences.segments import clustering
from ml.audiences.segments.bundle import INDEX, read_bundle
from ml.audiences.segments.columns import FEAT_CUSTOMER, PROFILE, PURCHASE_DAY
from ml.audiences.segments.daily import segmented
from ml.audiences.segments.model import MODEL
from ml.audiences.segments.promotion import promote_candidate
from ml.audiences.segments.training import EVIDENCE, train, training_days
from ml.audiences.shoppers import Shop
from ml.capabilities import named
from ml.day import Day
from ml.errors import ModelMissing, NothingToLearn
from ml.registry.candidates import Answer
from ml.registry.client import connect, may_have_models
from ml.registry.ledger import promotions
from ml.registry.registration import download_bundle
from ml.registry.versions import version_info
from ml.settings import Settings
from ml.warehouse.slices import file_hash, read_slice
from tests.audiences.segments.crowd import AS_OF, crowd
from tests.slow import takes_long

AUDIENCES = named("audiences")
WEEK = timedelta(days=7)


def snapshot(settings: Settings, day: date, profile: pl.DataFrame) -> Path:
    """The shop as of a day, as the warehouse exports it."""
    folder = settings.slices_dir / f"{day}-abcdefabcdef"
    folder.mkdir(parents=True)
    first = profile.select("user_id", pl.lit(40).alias("lifetime_days_since_first_purchase"))
    bought = profile.select("user_id", pl.lit(day - timedelta(days=40)).alias("event_date"))
    tables = {PROFILE: profile, FEAT_CUSTOMER: first, PURCHASE_DAY: bought}
    for name, table in tables.items():
        table.write_parquet(folder / f"{name}.parquet")
    record = {
        "as_of_date": day.isoformat(),
        "inputs_hash": "abc",
        "inputs": [],
        "history_days": 365,
        "tables": {name: len(table) for name, table in tables.items()},
        "files": {name: file_hash(folder / f"{name}.parquet") for name in tables},
    }
    (folder / "slice.json").write_text(json.dumps(record))
    return folder


def day_of(settings: Settings, folder: Path) -> Segmented:
    """The segments of a day that is compared with itself a week before."""
    shop = Shop(Day(settings, AUDIENCES, read_slice(folder)))
    profile = shop.day.table(PROFILE)
    shop.__dict__["shoppers"] = {0: profile, 7: profile}
    return segmented(shop)


def behavioural(made: Segmented, table: str = SEGMENT_MEMBER.name) -> pl.DataFrame:
    return made.tables[table].filter(pl.col("scheme") == Scheme.BEHAVIOUR.value)


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return Settings(home=tmp_path_factory.mktemp("segments") / "var", threads=1)


@pytest.fixture(scope="module")
def folder(settings: Settings) -> Path:
    return snapshot(settings, AS_OF, crowd())


@pytest.fixture(scope="module")
@takes_long
def version(settings: Settings, folder: Path) -> int:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clustering, "_RESAMPLES", 3)
        patch.setattr(clustering, "SEGMENTS", range(3, 6))
        return train(settings, [folder], provenance={"dag_run_id": "a run"})


def test_a_training_reads_the_snapshot_of_its_own_day(settings: Settings) -> None:
    assert training_days(settings, AS_OF) == [AS_OF]
    assert AUDIENCES.training is not None and AUDIENCES.models == (MODEL,)


def test_before_the_first_training_there_are_classes_and_stages_and_the_manifest_says_how_to_train(
    settings: Settings, folder: Path
) -> None:
    made = day_of(settings, folder)
    assert set(made.tables[SEGMENT_MEMBER.name]["scheme"]) == {"rfm", "lifecycle"}
    assert made.told["model_name"] == "rules" and made.told["model_version"] is None
    assert AUDIENCES.training_command(AS_OF) in str(made.told["untrained"])
    assert set(made.held) == {0, 7} and len(made.held[7]) == 2 * len(crowd())
    assert made.tables["cohort_retention"].select("active", "months_after").row(0) == (len(crowd()), 0)


def test_a_training_registers_plain_data_and_shows_curves_map_sizes_and_importances(
    settings: Settings, version: int
) -> None:
    bundle_folder = download_bundle(settings, MODEL, version)
    assert [path.name for path in bundle_folder.iterdir()] == [INDEX]
    bundle = read_bundle(bundle_folder)
    assert bundle.trained_as_of == AS_OF and len(bundle.segments) == 4
    client = connect(settings)
    run = client.get_run(version_info(settings, MODEL, version).run_id)
    assert run.data.metrics["segments"] == 4.0 and run.data.tags["dag_run_id"] == "a run"
    assert {"silhouette/k4", "stability/k4", "silhouette/k5", "share/s1"} <= set(run.data.metrics)
    assert run.data.tags[EVIDENCE].startswith("4 segments") and "| s1 |" in run.data.tags["mlflow.note.content"]
    files = {file.path for file in client.list_artifacts(run.info.run_id)}
    tables = {"k_curves.json", "segments.json", "importances.json"}
    assert tables | {"map.png", "k_curves.png", "importances.png"} <= files
    shares = json.loads(Path(client.download_artifacts(run.info.run_id, "importances.json")).read_text())["data"]
    assert abs(sum(share for _, share in shares) - 1) < 1e-3 and len(shares) == 7


def test_the_same_training_is_reused(settings: Settings, folder: Path, version: int) -> None:
    assert train(settings.model_copy(update={"threads": 2}), [folder], provenance={}) == version


def test_a_promoted_model_decides_and_a_refit_keeps_its_segments(
    settings: Settings, folder: Path, version: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert promote_candidate(settings, version, who="a test", approval=Answer("I looked at the map", "run")) == version
    (row,) = promotions(settings, MODEL)
    assert row.effective_from == AS_OF and row.why.startswith("I looked at the map; 4 segments")
    today = day_of(settings, folder)
    assert (today.told["model_name"], today.told["model_version"]) == (MODEL, version)
    assert len(behavioural(today)) == len(crowd()) and "untrained" not in today.told
    assert today.policy_id == today.told["policy_id"] and len(today.policy_id) == 12
    monkeypatch.setattr(clustering, "_RESAMPLES", 3)
    later = snapshot(settings, AS_OF + WEEK, crowd(seed=9))
    second = train(settings, [later], provenance={})
    promote_candidate(settings, second, who="a test")
    next_week = day_of(settings, later)
    assert next_week.told["model_version"] == second and float(str(next_week.told["agreement"])) > 0.9
    same = behavioural(next_week, SEGMENT.name).filter(pl.col("change") == "same")
    assert same["segment_id"].to_list() == ["s1", "s2", "s3", "s4"] and same["came_from"].to_list()[0] == ["s1"]
    assert day_of(settings, folder).tables[SEGMENT_MEMBER.name].equals(today.tables[SEGMENT_MEMBER.name])


def test_a_shadow_run_is_decided_by_the_version_that_it_names(settings: Settings, folder: Path, version: int) -> None:
    day = Day(settings, AUDIENCES, read_slice(folder), decided_by={MODEL: version_info(settings, MODEL, version)})
    for decided, rows in ((day, len(crowd())), (replace(day, decided_by={MODEL: None}), 0)):
        shop = Shop(decided)
        shop.__dict__["shoppers"] = {0: decided.table(PROFILE)}
        assert len(behavioural(segmented(shop))) == rows


def test_the_served_model_answers_with_nothing_while_nothing_is_published(
    settings: Settings, version: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHELDUCK_HOME", str(settings.home))
    from ml.audiences.segments.serving import PublishedSegments

    served = PublishedSegments(download_bundle(settings, MODEL, version))
    answer = served.answer(pl.DataFrame({"user_id": ["regulars 001"]}).to_pandas(), {})
    assert answer.is_empty() and {"segment_id", "map_x", "version"} <= set(answer.columns)


def test_a_version_whose_evidence_was_removed_is_not_promoted(settings: Settings, version: int) -> None:
    run_id = version_info(settings, MODEL, version).run_id
    client = connect(settings)
    kept = client.get_run(run_id).data.tags[EVIDENCE]
    client.delete_tag(run_id, EVIDENCE)
    with pytest.raises(ModelMissing, match="no evidence"):
        promote_candidate(settings, version, who="a test")
    client.set_tag(run_id, EVIDENCE, kept)


def test_a_shop_where_nobody_bought_anything_gets_no_model(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "var")
    with pytest.raises(NothingToLearn, match=r"no purchase.*SHELDUCK_PURCHASE_EVENTS"):
        train(settings, [snapshot(settings, AS_OF, crowd(each=0))], provenance={})
    assert not may_have_models(settings)
