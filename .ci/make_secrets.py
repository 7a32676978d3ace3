"""Writes a .env with fresh secrets for docker compose; keeps a file that exists. Run by ``make secrets``."""

from __future__ import annotations

import base64
import os
import secrets
import sys
from pathlib import Path

target = Path(sys.argv[1])
if target.exists():
    sys.exit(f"{target} exists and is kept. Delete it first if you want new secrets.")
names = ["POSTGRES_PASSWORD", "AIRFLOW_ADMIN_PASSWORD", "AIRFLOW_JWT_SECRET", "AIRFLOW_SECRET_KEY"]
names += ["MLFLOW_ADMIN_PASSWORD", "MLFLOW_FLASK_SERVER_SECRET_KEY"]
lines = [f"{name}={secrets.token_urlsafe(32)}" for name in names]
lines.append(f"AIRFLOW_FERNET_KEY={base64.urlsafe_b64encode(os.urandom(32)).decode()}")
with os.fdopen(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
    file.write("# Secrets of docker compose, made by `make secrets`. Never commit this file.\n")
    file.write("\n".join(lines) + "\n")
print(f"Wrote {target} (readable by you only).")
