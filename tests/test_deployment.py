"""Dockerfile, docker-compose.yml and `make secrets` say the same as the lock, the code and each other."""

from __future__ import annotations

import fnmatch
import json
import os
import re
import runpy
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from dags.common.defaults import WAREHOUSE_POOL
from ml.operations.environment import PROJECT_ROOT, QUIET_TOOLS
from ml.registry.server import APP, SAFER, create_app
from ml.settings import Settings

DOCKERFILE = (PROJECT_ROOT / "Dockerfile").read_text()
COMPOSE_TEXT = (PROJECT_ROOT / "docker-compose.yml").read_text()
COMPOSE: dict[str, Any] = yaml.safe_load(COMPOSE_TEXT)
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
PROJECT: dict[str, Any] = tomllib.loads((PROJECT_ROOT / "pyproject.toml").read_text())["project"]
LOCKED = {
    package["name"]: package.get("version")
    for package in tomllib.loads((PROJECT_ROOT / "uv.lock").read_text())["package"]
}
SECRETS = runpy.run_path(str(PROJECT_ROOT / ".ci" / "make_secrets.py"))
ONE_SHOT = {"databases", "init"}
AIRFLOW = {"api-server", "scheduler", "dag-processor", "triggerer"}
OWN = AIRFLOW | {"init", "mlflow"}


def _environment(service: str) -> dict[str, str]:
    environment: dict[str, str] = SERVICES[service].get("environment", {})
    return environment


def test_the_stack_is_the_one_that_is_documented() -> None:
    assert set(SERVICES) == {"postgres", "mlflow"} | ONE_SHOT | AIRFLOW


def test_base_images_are_pinned_by_version_and_distribution() -> None:
    bases = [image for image in re.findall(r"^FROM (\S+)", DOCKERFILE, re.M) if image != "base"]
    images = {service["image"] for name, service in SERVICES.items() if name not in OWN}

    assert bases == ["python:3.11-slim-bookworm"]
    assert images == {"postgres:17-bookworm"}


def test_the_image_is_installed_from_the_lock_by_the_uv_that_make_uses() -> None:
    syncs = re.findall(r"uv sync [^\\\n]*", DOCKERFILE)
    (uv,) = set(re.findall(r"uv==(\S+)", DOCKERFILE))
    (makes,) = set(re.findall(r"uv==(\S+)", (PROJECT_ROOT / "Makefile").read_text()))

    assert len(syncs) == 2
    assert all("--frozen" in sync and "--no-dev" in sync for sync in syncs)
    assert uv == makes
    assert not re.search(r"pip install (?!.*uv==)", DOCKERFILE), "pip installs nothing but uv; the lock has the rest"


def test_the_image_carries_the_projects_version() -> None:
    images = {SERVICES[name]["image"] for name in OWN}

    assert images == {f"shelduck:{PROJECT['version']}"}
    assert LOCKED["shelduck"] == PROJECT["version"]


def test_the_image_is_built_once_and_never_pulled() -> None:
    assert [name for name, service in SERVICES.items() if "build" in service] == ["init"]
    assert all(SERVICES[name]["pull_policy"] == "never" for name in OWN - {"init"})


def test_the_lock_holds_what_the_services_need() -> None:
    needed = {"apache-airflow-providers-fab", "asyncpg", "psycopg2-binary", "flask-wtf", "mlflow"}

    assert needed <= set(LOCKED), "FAB's login, PostgreSQL's drivers and MLflow's login"


@pytest.mark.parametrize("package", ["apache-airflow", "mlflow", "apache-airflow-providers-fab"])
def test_versions_in_the_documentation_are_the_locks(package: str) -> None:
    page = (PROJECT_ROOT / "docs" / "deployment.md").read_text()

    assert f"| {package} | {LOCKED[package]} |" in page


def test_it_refuses_to_start_without_each_secret_that_make_secrets_makes() -> None:
    required = set(re.findall(r"\$\{(\w+):\?run make secrets\}", COMPOSE_TEXT))

    assert required == set(SECRETS["NAMES"])


def test_no_secret_has_a_default() -> None:
    secret = re.compile(r"PASSWORD|SECRET|FERNET|_CONN$|_URI$")
    values = {
        (name, variable): str(value)
        for name, service in SERVICES.items()
        for variable, value in service.get("environment", {}).items()
        if secret.search(variable) and variable != "SHELDUCK_MLFLOW_TRACKING_URI"
    }

    assert len(values) > len(SECRETS["NAMES"])
    assert [key for key, value in values.items() if ":?run make secrets}" not in value] == []
    assert not re.search(r"PASSWORD|SECRET|FERNET", DOCKERFILE)


def test_each_service_gets_only_its_own_secrets() -> None:
    def holders(secret: str) -> set[str]:
        return {name for name in SERVICES if f"${{{secret}:?" in str(SERVICES[name])}

    assert holders("POSTGRES_PASSWORD") == {"postgres", "databases"}
    assert holders("MLFLOW_DB_PASSWORD") == {"databases", "mlflow"}
    assert holders("MLFLOW_ADMIN_PASSWORD") == {"mlflow", "scheduler"}
    assert holders("AIRFLOW_DB_PASSWORD") == AIRFLOW | ONE_SHOT
    assert holders("AIRFLOW_ADMIN_PASSWORD") == {"init"}


def test_every_service_that_keeps_running_has_a_health_check_and_starts_again() -> None:
    running = {name for name, service in SERVICES.items() if "healthcheck" in service}

    assert running == set(SERVICES) - ONE_SHOT
    assert {SERVICES[name]["restart"] for name in running} == {"unless-stopped"}
    assert {SERVICES[name]["restart"] for name in ONE_SHOT} == {"no"}
    assert all(SERVICES[name]["init"] and SERVICES[name]["mem_limit"] for name in SERVICES)


def test_nothing_starts_before_what_it_needs() -> None:
    def needs(name: str) -> dict[str, str]:
        return {other: how["condition"] for other, how in SERVICES[name]["depends_on"].items()}

    assert needs("databases") == {"postgres": "service_healthy"}
    assert needs("init") == needs("mlflow") == {"databases": "service_completed_successfully"}
    assert all(needs(name) == {"init": "service_completed_successfully"} for name in AIRFLOW)


def test_only_loopback_ports_are_published_and_only_by_what_people_open() -> None:
    published = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}

    assert set(published) == {"api-server", "mlflow"}
    assert all(port.startswith("127.0.0.1:") for ports in published.values() for port in ports)
    assert COMPOSE["networks"]["inside"] == {"internal": True}
    assert {name for name, service in SERVICES.items() if "outside" in service["networks"]} == set(published)
    assert all("inside" in service["networks"] for service in SERVICES.values())


def test_nobody_is_root_and_nobody_can_change_the_code() -> None:
    (user,) = re.findall(r"^USER (\S+)", DOCKERFILE, re.M)
    own = [SERVICES[name] for name in OWN]

    assert int(user.partition(":")[0]) >= 1000
    assert all("user" not in service for service in own)
    assert all(service["read_only"] and service["cap_drop"] == ["ALL"] for service in own)
    assert all("no-new-privileges:true" in service["security_opt"] for service in SERVICES.values())


def test_only_the_service_that_runs_tasks_writes_the_shops_data() -> None:
    holders = {name for name, service in SERVICES.items() if "data:/data" in service.get("volumes", [])}

    assert holders == {"scheduler"}
    assert "data:/data:ro" in SERVICES["api-server"]["volumes"]
    assert _environment("scheduler")["SHELDUCK_HOME"] == "/data"


def test_every_setting_reaches_the_tasks() -> None:
    names = {f"SHELDUCK_{field.upper()}" for field in Settings.model_fields} - {"SHELDUCK_LANDING", "SHELDUCK_GROUP"}
    passed = {name for name in _environment("scheduler") if name.startswith("SHELDUCK_")}
    fixed = {"SHELDUCK_HOME", "SHELDUCK_MLFLOW_TRACKING_URI", "SHELDUCK_AIRFLOW_DATABASE_URI"}

    assert passed == names
    assert all(_environment("scheduler")[name] == f"${{{name}:-}}" for name in names - fixed)


def test_every_optional_variable_is_in_the_example() -> None:
    optional = set(re.findall(r"\$\{(\w+):-", COMPOSE_TEXT))
    shown = set(re.findall(r"^#(\w+)=", (PROJECT_ROOT / ".env.example").read_text(), re.M))

    assert len(optional) > len(Settings.model_fields)
    assert optional <= shown


def test_airflow_asks_for_a_login_that_is_meant_for_production() -> None:
    for name in AIRFLOW | {"init"}:
        environment = _environment(name)
        assert environment["AIRFLOW__CORE__AUTH_MANAGER"].endswith("FabAuthManager")
        assert environment["AIRFLOW__CORE__EXECUTOR"] == "LocalExecutor"
        assert environment["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"].startswith("postgresql+psycopg2://airflow:")


def _init_commands() -> list[str]:
    lines = SERVICES["init"]["command"][-1].replace("\\\n", "").splitlines()
    return [line.strip() for line in lines if line.strip().startswith("airflow")]


def test_the_documented_roles_may_ask_for_the_list_that_shows_the_tab_day() -> None:
    (grant,) = (command for command in _init_commands() if "add-perms" in command)
    assert shlex.split(grant)[3:] == ["Viewer", "User", "--action", "can_read", "--resource", "Plugins"]


@pytest.mark.faults
def test_a_viewer_is_refused_the_list_before_and_gets_it_after_what_init_does(tmp_path: Path) -> None:
    environment = {
        **os.environ,
        "AIRFLOW_HOME": str(tmp_path),
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{tmp_path / 'airflow.db'}",
        "AIRFLOW__CORE__AUTH_MANAGER": _environment("init")["AIRFLOW__CORE__AUTH_MANAGER"],
    }

    def airflow(line: str) -> str:
        command = [sys.executable, "-m", *shlex.split(line.replace("$$AIRFLOW_ADMIN_PASSWORD", "a-password"))]
        return subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout

    def allowed() -> set[str]:
        listed = airflow("airflow roles list --permission --output json")
        rows = json.loads(listed[listed.index("[{") :])
        return {row["name"] for row in rows if row["resource"] == "Plugins" and "can_read" in row["action"]}

    *before, grant = _init_commands()
    for line in before:
        airflow(line)
    assert allowed() == {"Admin", "Op"}
    airflow(grant)
    assert allowed() == {"Admin", "Op", "Viewer", "User"}


def test_the_warehouse_has_one_slot() -> None:
    assert f"airflow pools set {WAREHOUSE_POOL} 1 " in SERVICES["init"]["command"][-1]


def test_mlflow_asks_for_a_login_and_runs_nothing_but_itself() -> None:
    command = SERVICES["mlflow"]["command"][-1]

    assert f"--app-name {APP} " in command
    assert PROJECT["entry-points"]["mlflow.app"] == {APP: f"{create_app.__module__}:{create_app.__name__}"}
    assert "--serve-artifacts --artifacts-destination /mlflow" in command
    assert "--workers 1" in command
    assert SAFER.items() <= _environment("mlflow").items()
    assert "*" not in _environment("mlflow")["MLFLOW_SERVER_ALLOWED_HOSTS"].split(",")


@pytest.mark.parametrize(("name", "value"), sorted(QUIET_TOOLS.items()))
def test_telemetry_is_off_however_the_image_is_started(name: str, value: str) -> None:
    assert re.search(rf"\b{name}={value}\b", DOCKERFILE)


def test_no_secret_and_no_data_can_slip_into_the_image() -> None:
    lines = [line for line in (PROJECT_ROOT / ".dockerignore").read_text().splitlines() if not line.startswith("#")]
    admitted = {line[1:] for line in lines if line.startswith("!")}

    assert lines[0] == "*"
    assert admitted == {"dags", "dbt_project", "expectations", "ml"} | {
        "LICENSE",
        "README.md",
        "pyproject.toml",
        "uv.lock",
    }
    assert not any(fnmatch.fnmatch(".env", pattern) for pattern in admitted)
    assert all((PROJECT_ROOT / name).exists() for name in admitted)


def test_every_database_that_a_service_opens_is_made() -> None:
    script = (PROJECT_ROOT / "deploy" / "databases.sql").read_text()
    opened = set(re.findall(r"postgresql\+psycopg2://(\w+):\S*@postgres:5432/(\w+)", COMPOSE_TEXT.replace(" ", "")))
    made = {(owner, name) for name, owner in re.findall(r"\('(\w+)', '(\w+)'\)", script)}

    assert opened == made == {("airflow", "airflow"), ("mlflow", "mlflow"), ("mlflow", "mlflow_auth")}
    assert all(name in script for name in ("AIRFLOW_DB_PASSWORD", "MLFLOW_DB_PASSWORD"))


@pytest.mark.parametrize(("target", "groups"), [("demo", "--no-default-groups"), ("test", "--all-groups")])
def test_a_fresh_clone_installs_for_the_demo_what_runs_and_for_the_tests_everything(
    tmp_path: Path, target: str, groups: str
) -> None:
    make = ["make", "--dry-run", "--directory", str(PROJECT_ROOT), f"VENV={tmp_path}", target]
    told = subprocess.run(make, capture_output=True, text=True, check=True).stdout
    (sync,) = re.findall(r"uv sync .*", told)
    assert groups in sync and "--frozen" in sync and "--extra demo" in sync
    assert "--inexact" in sync or groups == "--all-groups", "the demo removes nothing that make setup installed"
