"""Adds the secrets of docker compose to .env, each made at random; what stands there already is kept.

Run by ``make secrets``, again after an upgrade that needs a new one. To rotate one, see docs/deployment.md.
"""

from __future__ import annotations

import base64
import os
import secrets
import sys
from pathlib import Path

NAMES = (
    "POSTGRES_PASSWORD",
    "AIRFLOW_DB_PASSWORD",
    "AIRFLOW_ADMIN_PASSWORD",
    "AIRFLOW_JWT_SECRET",
    "AIRFLOW_SECRET_KEY",
    "AIRFLOW_FERNET_KEY",
    "MLFLOW_DB_PASSWORD",
    "MLFLOW_ADMIN_PASSWORD",
    "MLFLOW_FLASK_SERVER_SECRET_KEY",
)
"""Each stands in docker-compose.yml as ``${NAME:?run make secrets}``."""


def add_secrets(target: Path) -> list[str]:
    """Append what is missing to ``target``, readable by its owner only; returns the names that were added."""
    text = target.read_text() if target.exists() else "# Made by `make secrets`. Never commit this file.\n"
    present = {line.split("=", 1)[0].strip() for line in text.splitlines() if line.partition("=")[2].strip()}
    missing = [name for name in NAMES if name not in present]
    if missing:
        lines = [text.rstrip("\n"), *(f"{name}={_secret()}" for name in missing)]
        _replace(target, "\n".join(lines) + "\n")
    return missing


def _secret() -> str:
    # 32 bytes in this alphabet are also what Airflow's Fernet key must be; it is safe in URLs, ini files and make.
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()


def _replace(target: Path, text: str) -> None:
    temporary = target.with_name(f"{target.name}.new")
    temporary.unlink(missing_ok=True)
    with os.fdopen(os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
        file.write(text)
    temporary.replace(target)


if __name__ == "__main__":
    path = Path(sys.argv[1])
    added = add_secrets(path)
    print(f"Added to {path}: {', '.join(added)}" if added else f"{path} holds every secret already; nothing changed.")
