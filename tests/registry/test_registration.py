"""A bundle goes into the registry as code beside data and comes out the same."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date

import pytest

from ml.errors import InvalidBundle, ModelMissing
from ml.fingerprint import folder_fingerprint
from ml.registry.bundle import NewBundle, require_plain_data
from ml.registry.client import connect
from ml.registry.registration import download_bundle, register_bundle
from ml.registry.tracking import Training, training_run
from ml.registry.versions import (
    CANDIDATE,
    ModelVersion,
    Tag,
    by_alias,
    complete_versions,
    find_by_training_key,
    search,
    training_key,
)
from ml.settings import Settings
from tests.registry.echo_model import ECHO, word_in

MakeBundle = Callable[..., NewBundle]


def _register(settings: Settings, bundle: NewBundle, key: str) -> ModelVersion:
    with training_run(settings, Training(key, key, "code", ())) as run:
        return register_bundle(settings, ECHO, bundle, run_id=run.run_id, key=key)


def test_a_bundle_is_registered_served_and_downloaded_without_a_pickle(
    registry: Settings, make_bundle: MakeBundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    import mlflow
    import pandas as pd

    monkeypatch.setenv("SHELDUCK_HOME", str(registry.home))

    bundle = make_bundle("popularity")
    registered = _register(registry, bundle, "round trip")
    assert registered.trained_as_of == date(2017, 12, 2)
    assert (
        by_alias(registry, ECHO.name, CANDIDATE)
        == registered
        == find_by_training_key(registry, ECHO.name, "round trip")
    )

    fetched = download_bundle(registry, ECHO.name, registered.version)
    assert folder_fingerprint(fetched) == registered.content_hash == folder_fingerprint(bundle.folder)
    assert word_in(fetched) == "popularity"

    served = mlflow.pyfunc.load_model(f"models:/{ECHO.name}/{registered.version}")
    answer = served.predict(pd.DataFrame({"user_id": ["1", "2"]}), params={"times": 2})
    assert answer["word"].tolist() == ["popularity" * 2] * 2
    files = [path.name for path in (registry.registry_dir / "artifacts" / "models").rglob("*") if path.is_file()]
    assert ECHO.serving.name in files and "model.json" in files
    assert [name for name in files if name.endswith((".pkl", ".lock", ".toml"))] == []


def test_a_known_training_key_reuses_its_version(registry: Settings, make_bundle: MakeBundle) -> None:
    first = _register(registry, make_bundle("reused"), "reused")
    before = len(complete_versions(registry, ECHO.name))
    assert _register(registry, make_bundle("again"), "reused") == first
    assert len(complete_versions(registry, ECHO.name)) == before


def test_a_registration_killed_before_its_end_is_never_found_and_is_replaced(
    registry: Settings, make_bundle: MakeBundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    bundle = make_bundle("killed")

    def killed(*args: object, **kwargs: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(type(connect(registry)), "set_model_version_tag", killed)
        _register(registry, bundle, "killed")
    assert find_by_training_key(registry, ECHO.name, "killed") is None
    finished = _register(registry, bundle, "killed")
    (left,) = search(connect(registry), ECHO.name, f"tags.{Tag.training_key} = 'killed'")
    assert int(left.version) == finished.version


def test_a_damaged_download_is_fetched_again_and_a_changed_model_refused(
    registry: Settings, make_bundle: MakeBundle
) -> None:
    registered = _register(registry, make_bundle("damaged"), "damaged")
    fetched = download_bundle(registry, ECHO.name, registered.version)
    (fetched / "damaged" / "model.json").write_text('{"weight": 2}')
    assert folder_fingerprint(download_bundle(registry, ECHO.name, registered.version)) == registered.content_hash

    assert download_bundle(registry, ECHO.name, 999, registered.content_hash) == fetched  # nobody was asked about 999

    (fetched / "damaged" / "model.json").unlink()
    source = next(path for path in (registry.registry_dir / "artifacts").rglob("damaged/model.json"))
    source.write_text('{"weight": 3}')
    with pytest.raises(ModelMissing, match="found files that differ from the ones registered"):
        download_bundle(registry, ECHO.name, registered.version)
    assert not list((registry.registry_dir / "bundles").glob(".tmp-*"))


def test_a_bundle_with_a_pickle_or_without_a_file_is_refused_and_never_registered(
    registry: Settings, make_bundle: MakeBundle
) -> None:
    bundle = make_bundle("strange")
    require_plain_data(bundle.folder)
    (bundle.folder / "strange" / "model.pkl").write_bytes(b"cos\nsystem\n")
    with pytest.raises(InvalidBundle, match=r"nothing that runs code; found model.pkl"):
        _register(registry, bundle, "strange")
    shutil.rmtree(bundle.folder)
    bundle.folder.mkdir()
    with pytest.raises(InvalidBundle, match="at least one file; found none"):
        _register(registry, bundle, "strange")
    assert search(connect(registry), ECHO.name, f"tags.{Tag.training_key} = 'strange'") == []


def test_a_training_key_depends_on_data_code_settings_and_seed() -> None:
    base = {"data_hashes": {"now": "a"}, "code": "c", "settings": {"k": 1}, "seed": 1}
    changes = [{}, {"data_hashes": {"now": "b"}}, {"code": "d"}, {"settings": {"k": 2}}, {"seed": 2}]
    keys = [training_key(**(base | change)) for change in changes]  # type: ignore[arg-type]
    assert len(set(keys)) == len(changes) and keys[0] == training_key(**base)  # type: ignore[arg-type]
