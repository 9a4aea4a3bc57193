# syntax=docker/dockerfile:1
# One Java service. From the root of the repository:
#   docker build -f docker/service.Dockerfile --build-arg SERVICE=ml-api -t matih-ml/ml-api:0.1.0 .
# The base images are arguments, so that a mirror or a local base does as well. Both must hold the same
# build of JDK 25: the ahead-of-time cache is bound to it.
ARG BASE_JDK=eclipse-temurin:25-jdk-noble
ARG BASE_JRE=eclipse-temurin:25-jre-noble

FROM ${BASE_JDK} AS build
WORKDIR /src
COPY mvnw pom.xml ./
COPY .mvn .mvn
COPY common common
COPY model-bundle model-bundle
COPY evidence-verifier evidence-verifier
COPY local-platform local-platform
COPY ml-api ml-api
COPY training-orchestrator training-orchestrator
COPY model-registry-gateway model-registry-gateway
COPY feature-gateway feature-gateway
COPY serving-router serving-router
COPY docker/Secrets.java docker/Secrets.java
# All services at once: the five images share this step, which takes far longer than the rest. The modules that
# this build has no sources of are no part of it.
RUN --mount=type=cache,target=/root/.m2 \
    sed -i -e '/<module>acceptance</d' -e '/<module>benchmarks</d' -e '/<module>helm</d' pom.xml \
    && ./mvnw -q --no-transfer-progress package -DskipTests -Dspotless.check.skip=true
ARG SERVICE
RUN : "${SERVICE:?--build-arg SERVICE=ml-api, training-orchestrator, ...}"
# Libraries change seldom and are most of the bytes: they are layers of their own below the service's classes.
RUN java -Djarmode=tools -jar "${SERVICE}/target/${SERVICE}.jar" extract --layers --destination /layers --application-filename application.jar
# Used for the next stage's training run only, and no part of the image.
RUN java docker/Secrets.java /training keys && cp "/training/keys/${SERVICE}.jwk.json" /training/keys/signing.jwk.json \
    && mkdir -p /empty

FROM ${BASE_JRE} AS application
WORKDIR /app
COPY --from=build /layers/dependencies/ ./
COPY --from=build /layers/snapshot-dependencies/ ./
COPY --from=build /layers/application/ ./
COPY docker/java.options ./

# Starts the service up to the point where it would listen, and writes down the classes that it has loaded and linked.
FROM application AS trained
# No secrets: something must be said, and the stage is thrown away.
# hadolint ignore=DL3064
ENV SPRING_FLYWAY_ENABLED=false \
    SERVER_PORT=0 \
    DATA_DIR=/tmp/data \
    JWKS_FILE=/keys/jwks.json \
    SIGNING_KEY_FILE=/keys/signing.jwk.json \
    RAY_TOKEN=none \
    FEAST_TOKEN=only-for-the-training-run \
    S3_ACCESS_KEY=none \
    S3_SECRET_KEY=none
RUN --network=none --mount=type=bind,from=build,source=/training/keys,target=/keys \
    ["java", "-XX:AOTCacheOutput=/app/classes.aot", "@/app/java.options", "-Dspring.context.exit=onRefresh", "-jar", "/app/application.jar"]

FROM application
ARG SERVICE
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="MATIH ML ${SERVICE}" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.licenses="Apache-2.0"
COPY --from=trained /app/classes.aot ./
# A new volume takes its owner from here; a file system that is mounted brings its own.
COPY --from=build --chown=10001:10001 /empty /var/lib/matih-ml
# Only what an operator may want to change; it replaces all of it. What the service needs is in java.options.
ENV JDK_JAVA_OPTIONS="-XX:MaxRAMPercentage=50 -XX:+ExitOnOutOfMemoryError" \
    DATA_DIR=/var/lib/matih-ml \
    MALLOC_ARENA_MAX=2
USER 10001:10001
WORKDIR /app
EXPOSE 8000 8001 8002 8003 8004 8005 8006 8007
ENTRYPOINT ["java", "-XX:AOTCache=/app/classes.aot", "@/app/java.options", "-jar", "/app/application.jar"]
