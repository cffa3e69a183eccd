# syntax=docker/dockerfile:1

# Requires BuildKit. Its cache mounts keep the registry and the compiled dependencies between builds, so
# that a change to Fairhold compiles only Fairhold.
ARG RUST_VERSION=1.95.0

# The slim image has no make, which the build of jemalloc needs.
FROM rust:${RUST_VERSION}-bookworm AS build
WORKDIR /build
# Queries are checked against the committed .sqlx folder, not against a database.
ENV SQLX_OFFLINE=true
COPY . .
# static/ and migrations/ are embedded at compile time, and Cargo may miss a file added there: touching
# the crate roots forces a rebuild.
# ARM kernels differ in page size: jemalloc is built for the largest, 64 KiB.
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/build/target,sharing=locked \
    touch src/lib.rs src/main.rs \
    && if [ "$(uname -m)" = aarch64 ]; then export JEMALLOC_SYS_WITH_LG_PAGE=16; fi \
    && cargo build --release --locked --features jemalloc --bin fairhold \
    && install -D -m 0755 target/release/fairhold /out/fairhold

FROM debian:bookworm-slim AS run
LABEL org.opencontainers.image.title="Fairhold" \
      org.opencontainers.image.description="Inventory reservations that never oversell" \
      org.opencontainers.image.licenses="MIT OR Apache-2.0"
COPY --from=build /out/fairhold /usr/local/bin/fairhold
# Certificate authorities, to connect to an identity provider (FAIRHOLD_JWKS_URL).
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt

# The image contains no PostgreSQL: set DATABASE_URL to run it. A platform may set another PORT.
# Without an API key or FAIRHOLD_ALLOW_OPEN_ACCESS, requests from outside the container are refused
# (docs/security.md).
ENV PORT=8080 \
    FAIRHOLD_LOG_FORMAT=json
EXPOSE 8080

# A numeric user, so that platforms can verify that it is not root. It owns no files and writes none, so
# the file system can be mounted read-only.
USER 10001:10001
WORKDIR /

# On this signal, Fairhold finishes requests in flight, then exits.
STOPSIGNAL SIGTERM

# Ready means that the database responds, too. Bash opens the connection, because the image has no HTTP
# client. FAIRHOLD_LISTEN overrides PORT, as in Fairhold itself.
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --start-interval=1s --retries=3 \
    CMD ["bash", "-c", "port=${FAIRHOLD_LISTEN##*:}; exec 3<>\"/dev/tcp/127.0.0.1/${port:-$PORT}\" && printf 'GET /readyz HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: close\\r\\n\\r\\n' >&3 && read -r _ status _ <&3 && [[ $status == 200 ]]"]

ENTRYPOINT ["/usr/local/bin/fairhold"]
CMD ["serve"]
