# The parts of other people that the chart takes ready-made, for a machine without a registry: they keep to what the
# chart asks of the official images. helm/test/images.sh builds them.
ARG BASE_DEBIAN

FROM ${BASE_DEBIAN} AS postgresql
RUN groupadd --gid 999 postgres && useradd --uid 999 --gid 999 --home-dir /var/lib/postgresql postgres
COPY postgresql /usr/local/pgsql
COPY --chmod=755 postgresql.sh /usr/local/bin/
ENV PATH=/usr/local/pgsql/bin:/usr/bin:/bin
USER 999
ENTRYPOINT ["/usr/local/bin/postgresql.sh"]

FROM ${BASE_DEBIAN} AS minio
COPY --chmod=755 minio /usr/local/bin/
ENTRYPOINT ["minio"]
