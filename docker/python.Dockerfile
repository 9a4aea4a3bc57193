# syntax=docker/dockerfile:1
# What runs in Python, from one lock: three images that share all their libraries. From the root of the repository:
#   docker build -f docker/python.Dockerfile --target ray    -t matih-ml/ray:0.1.0 .
#   docker build -f docker/python.Dockerfile --target mlflow -t matih-ml/mlflow:0.1.0 .
#   docker build -f docker/python.Dockerfile --target feast  -t matih-ml/feast:0.1.0 .
ARG BASE_PYTHON=python:3.11-slim-bookworm

FROM ${BASE_PYTHON} AS environment
COPY local-platform/python/bootstrap.lock local-platform/python/requirements.lock /lock/
# Every wheel by its hash, nothing that is compiled here. Trusts whom the base image trusts.
RUN --mount=type=cache,target=/root/.cache \
    python -m venv /opt/matih/bootstrap \
    && /opt/matih/bootstrap/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary=:all: -r /lock/bootstrap.lock \
    && python -m venv /opt/matih/python \
    && UV_LINK_MODE=copy UV_SYSTEM_CERTS=true /opt/matih/bootstrap/bin/uv pip install --python /opt/matih/python/bin/python --require-hashes --compile-bytecode -r /lock/requirements.lock \
    && rm -r /opt/matih/bootstrap

FROM ${BASE_PYTHON} AS base
COPY --from=environment /opt/matih/python /opt/matih/python
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.licenses="Apache-2.0"
# The only place that is written to is /tmp; libraries look for a home.
ENV PATH=/opt/matih/python/bin:/usr/local/bin:/usr/bin:/bin \
    HOME=/tmp \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    OMP_NUM_THREADS=1 \
    MALLOC_ARENA_MAX=2
WORKDIR /tmp
USER 10001:10001

# Ray, and what training and scoring need inside it. KubeRay says what is run, by bash.
FROM base AS ray
LABEL org.opencontainers.image.title="MATIH ML Ray"
ENV RAY_AUTH_MODE=token \
    RAY_USAGE_STATS_ENABLED=0 \
    RAY_DISABLE_IMPORT_WARNING=1
EXPOSE 6379 8265 10001 8000 8080
CMD ["ray", "--version"]

FROM base AS mlflow
LABEL org.opencontainers.image.title="MATIH ML MLflow"
# The job runner would be eight more processes and two gigabytes for nothing.
ENV MLFLOW_SERVER_ENABLE_JOB_EXECUTION=false \
    MLFLOW_SQLALCHEMYSTORE_POOL_SIZE=5 \
    MLFLOW_SQLALCHEMYSTORE_MAX_OVERFLOW=10 \
    MLFLOW_DISABLE_TELEMETRY=true \
    DO_NOT_TRACK=true \
    GIT_PYTHON_REFRESH=quiet
EXPOSE 5000
ENTRYPOINT ["python", "-m", "mlflow", "server"]
CMD ["--host", "0.0.0.0", "--port", "5000", "--workers", "1", "--artifacts-destination", "s3://mlflow", "--default-artifact-root", "mlflow-artifacts:/", "--serve-artifacts", "--enable-workspaces"]

FROM base AS feast
LABEL org.opencontainers.image.title="MATIH ML Feast server"
COPY feature-gateway/src/main/python /opt/matih/feast
ENV PYTHONPATH=/opt/matih/feast \
    FEAST_HOST=0.0.0.0 \
    FEAST_PORT=6566 \
    FEAST_USAGE=False
EXPOSE 6566
ENTRYPOINT ["python", "-m", "matih_feast"]
