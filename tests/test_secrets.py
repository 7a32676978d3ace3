"""`make secrets`: random, once, for the owner only."""

from __future__ import annotations

import runpy
import stat
from pathlib import Path

from ml.operations.environment import PROJECT_ROOT

SECRETS = runpy.run_path(str(PROJECT_ROOT / ".ci" / "make_secrets.py"))


def test_make_secrets_writes_each_secret_once_for_its_owner_only(tmp_path: Path) -> None:
    target = tmp_path / ".env"
    target.write_text("SHELDUCK_K=10\nPOSTGRES_PASSWORD=kept\nAIRFLOW_SECRET_KEY=\n")

    added = SECRETS["add_secrets"](target)
    first = target.read_text()
    again = SECRETS["add_secrets"](target)

    values = dict(line.split("=", 1) for line in first.splitlines())
    assert values["SHELDUCK_K"] == "10"
    assert values["POSTGRES_PASSWORD"] == "kept"
    assert set(added) == set(SECRETS["NAMES"]) - {"POSTGRES_PASSWORD"}
    assert len({values[name] for name in SECRETS["NAMES"]}) == len(SECRETS["NAMES"])
    assert all(len(values[name]) >= 32 for name in added)
    assert again == []
    assert target.read_text() == first
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [target]


def test_what_make_secrets_makes_is_a_fernet_key_and_safe_in_a_url(tmp_path: Path) -> None:
    from cryptography.fernet import Fernet
    from sqlalchemy.engine import make_url

    SECRETS["add_secrets"](tmp_path / ".env")
    values = dict(line.split("=", 1) for line in (tmp_path / ".env").read_text().splitlines() if "=" in line)
    password = values["AIRFLOW_DB_PASSWORD"]

    assert Fernet(values["AIRFLOW_FERNET_KEY"]).decrypt(Fernet(values["AIRFLOW_FERNET_KEY"]).encrypt(b"x")) == b"x"
    assert make_url(f"postgresql+psycopg2://airflow:{password}@postgres:5432/airflow").password == password
    assert "%" not in password  # MLflow's ini file would interpolate it
