"""Every probe of docs/security.md is refused and leaves nothing behind (make test-security; a sample in make test)."""

from __future__ import annotations

import pytest

from ml.operations.environment import PROJECT_ROOT
from ml.registry.client import connect
from tests.security.catalogue import PROBES, SAMPLE
from tests.security.neighbours import CAN_BE, WHO
from tests.security.place import CANARY, Answer, Place
from tests.security.probe import Probe, as_table


def _breach(place: Place, probe: Probe) -> str | None:
    """What the probe gained or left behind; None where it was refused."""
    if probe.who == WHO and not CAN_BE:
        pytest.skip("only root can become another user")
    gained = probe.attempt(place)
    found = place.damage() if gained is None else gained
    return None if found is None else f"{probe.tries}: {found}"


@pytest.mark.security
@pytest.mark.parametrize("probe", PROBES, ids=lambda probe: probe.id)
def test_the_probe_is_refused(place: Place, probe: Probe) -> None:
    assert _breach(place, probe) is None


@pytest.mark.parametrize("probe", [each for each in SAMPLE if each.who != WHO], ids=lambda probe: probe.id)
def test_a_sample_of_the_probes_is_refused(small_place: Place, probe: Probe) -> None:
    assert _breach(small_place, probe) is None


def test_those_with_a_login_get_what_is_theirs(small_place: Place) -> None:
    """Refusals prove nothing where everything is refused."""
    note = f"/get-artifact?run_id={small_place.run_id}&path=note.txt"
    assert small_place.as_admin("GET", note).text == small_place.as_reader("GET", note).text == "a note"
    plot = f"/api/2.0/mlflow/artifacts/list?run_id={small_place.run_id}&path=plots"
    assert "plots/plot.txt" in small_place.as_admin("GET", plot).text
    stored = f"/ajax-api/2.0/mlflow/upload-artifact?run_uuid={small_place.own_run}&path=a/b.txt"
    assert small_place.as_admin("POST", stored, b"stored").status == 200
    read = f"/get-artifact?run_id={small_place.own_run}&path=a/b.txt"
    assert small_place.as_admin("GET", read).text == "stored"
    assert small_place.as_admin("GET", "/").status == 200
    own = {"Origin": small_place.mlflow}
    assert (
        small_place.as_admin("POST", "/ajax-api/2.0/mlflow/experiments/search", {"max_results": 1}, headers=own).status
        == 200
    )


def test_the_projects_client_logs_in_by_itself(small_place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("MLFLOW_TRACKING_USERNAME", "MLFLOW_TRACKING_PASSWORD"):
        monkeypatch.setenv(name, "put back afterwards")
        monkeypatch.delenv(name)
    there = small_place.settings.model_copy(update={"mlflow_tracking_uri": small_place.mlflow})
    try:
        assert connect(there).get_run(small_place.run_id).info.run_id == small_place.run_id
    finally:
        connect(small_place.settings)


def test_a_gain_is_told_from_a_refusal() -> None:
    assert Answer(200, {}, "").gain and Answer(500, {}, "").gain and Answer(307, {}, "").gain
    assert Answer(403, {}, CANARY).gain
    assert [Answer(status, {}, "no").gain for status in (400, 401, 403, 404, 405, 422)] == [None] * 6


def test_damage_is_noticed(small_place: Place) -> None:
    assert small_place.damage() is None
    for path in (small_place.outside / "x", small_place.settings.home / "planted"):
        path.write_text("x")
        assert small_place.damage()
        path.unlink()


def test_every_probe_has_its_own_name_and_stands_in_the_documentation() -> None:
    assert len(PROBES) >= 100
    assert len({probe.id for probe in PROBES}) == len(PROBES)
    page = (PROJECT_ROOT / "docs" / "security.md").read_text()
    assert as_table(PROBES).strip() in page, "write its list anew: python -m tests.security.catalogue"
    assert f"{len(PROBES)} probes" in page
