"""What a person reads after `shelduck train`, of a training through the real DAG."""

from __future__ import annotations

import io

from rich.console import Console

from ml.console.training_report import show_training
from ml.publish.readers import manifest, version_of_day
from ml.recommend.capability import RECOMMEND
from ml.recommend.model import MODEL
from ml.registry.client import connect
from ml.registry.versions import CHAMPION, by_alias, version_info
from ml.settings import Settings
from tests.e2e.conftest import TRAINED, Shop


def _printed(settings: Settings, version: int) -> str:
    console = Console(file=io.StringIO(), width=160)
    show_training(settings, console, version)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def _version(shop: Shop) -> int:
    (version,) = (int(event.text) for event in shop.told if event.kind == "model")
    return version


def test_the_run_tells_which_version_it_ended_with(shop: Shop) -> None:
    champion = by_alias(shop.settings, MODEL, CHAMPION)
    assert champion is not None and champion.version == _version(shop)


def test_standings_winners_decision_and_address_are_printed(shop: Shop) -> None:
    said = _printed(shop.settings, _version(shop))
    for recipe in shop.settings.recipes:
        assert recipe in said
    assert "all: NDCG@10 with its 95 % interval" in said and "new: NDCG@10" in said
    assert f"Version {_version(shop)} of shelf, trained as of {TRAINED}" in said
    assert all(f"  {placement}: " in said for placement in ("for_you", "discover", "buy_again"))
    assert f"It decides from {TRAINED} on, promoted by train_recommenders" in said
    assert f"shelduck run --as-of {TRAINED}" in said
    run_id = version_info(shop.settings, MODEL, _version(shop)).run_id
    assert f"/runs/{run_id}?workflowType=machine_learning, after: shelduck up" in said
    assert str(shop.settings.home) not in said and "Left alone" not in said


def test_a_version_registered_by_hand_is_named_by_the_report(shop: Shop) -> None:
    client = connect(shop.settings)
    client.create_registered_model("mine")
    client.create_model_version("mine", "file:///nowhere")
    try:
        assert "Left alone, not registered by Shelduck: mine version 1" in _printed(shop.settings, _version(shop))
    finally:
        client.delete_registered_model("mine")


def test_the_version_names_the_policies_that_it_serves_and_each_manifest_the_version(shop: Shop) -> None:
    tags = connect(shop.settings).get_model_version(MODEL, str(_version(shop))).tags
    linked = {name.removeprefix("policy."): day for name, day in tags.items() if name.startswith("policy.")}
    published = version_of_day(shop.settings, RECOMMEND, shop.days[0])
    assert published is not None
    policy = manifest(shop.settings, RECOMMEND, published.id).policy
    assert linked == {policy["policy_id"]: str(shop.days[0])} and policy["model_version"] == _version(shop)
