# Shelduck with everything that uv.lock names; docker-compose.yml runs all of its own services from this one image.
FROM python:3.11-slim-bookworm AS base
# implicit and LightGBM link against these; apt's own slim base does not promise them
RUN apt-get update \
 && apt-get install --yes --no-install-recommends libgomp1 libstdc++6 \
 && rm -rf /var/lib/apt/lists/*

FROM base AS libraries
ENV UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy UV_NO_CACHE=1 UV_PYTHON_DOWNLOADS=never UV_SYSTEM_CERTS=1
RUN python3 -m venv /opt/uv \
 && /opt/uv/bin/pip install --quiet --no-cache-dir --disable-pip-version-check uv==0.13.9
WORKDIR /opt/shelduck
COPY pyproject.toml uv.lock ./
RUN /opt/uv/bin/uv sync --quiet --frozen --no-dev --extra demo --extra text --no-install-project

FROM base
LABEL org.opencontainers.image.title="shelduck" \
      org.opencontainers.image.licenses="Apache-2.0"
RUN useradd --no-log-init --uid 10001 --user-group --no-create-home --home-dir /tmp shelduck \
 && install --directory --mode=0700 --owner=shelduck --group=shelduck /data /logs /mlflow
WORKDIR /opt/shelduck
COPY --from=libraries /opt/shelduck/.venv .venv
# the code changes more often than the libraries, so it comes last; it belongs to root: who runs it cannot change it
COPY . .
RUN --mount=type=bind,from=libraries,source=/opt/uv,target=/opt/uv \
    UV_NO_CACHE=1 UV_PYTHON_DOWNLOADS=never UV_SYSTEM_CERTS=1 \
    /opt/uv/bin/uv sync --quiet --frozen --no-dev --extra demo --extra text \
 && .venv/bin/python -m compileall -q dags expectations ml
ENV PATH=/opt/shelduck/.venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    SHELDUCK_HOME=/data \
    AIRFLOW_HOME=/tmp/airflow \
    AIRFLOW__CORE__DAGS_FOLDER=/opt/shelduck/dags \
    AIRFLOW__CORE__LOAD_EXAMPLES=False \
    AIRFLOW__USAGE_DATA_COLLECTION__ENABLED=False \
    DBT_SEND_ANONYMOUS_USAGE_STATS=False \
    DO_NOT_TRACK=1 \
    GX_ANALYTICS_ENABLED=False \
    MLFLOW_DISABLE_TELEMETRY=true \
    MLFLOW_ALLOW_PICKLE_DESERIALIZATION=false \
    PYTHONWARNINGS=ignore::UserWarning:multiprocessing.resource_tracker
USER 10001:10001
CMD ["shelduck", "--help"]
