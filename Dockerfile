# syntax=docker/dockerfile:1

# The build needs BuildKit, for its cache mounts: they keep the registry and the
# compiled dependencies between builds, so that a change of ours compiles only ours.
ARG RUST_VERSION=1.95.0

# The slim image has no make, which jemalloc is built with.
FROM rust:${RUST_VERSION}-bookworm AS build
WORKDIR /build
# Queries are checked against the committed .sqlx, never against a database.
ENV SQLX_OFFLINE=true
COPY . .
# Files are embedded at compile time (static/, migrations/), and a file that was added
# there is no change of a source: touching the roots compiles the crate again for sure.
# On ARM, kernels differ in the size of a page: jemalloc is built for the largest, 64 KiB.
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/build/target,sharing=locked \
    touch src/lib.rs src/main.rs \
    && if [ "$(uname -m)" = aarch64 ]; then export JEMALLOC_SYS_WITH_LG_PAGE=16; fi \
    && cargo build --release --locked --bin fairhold \
    && install -D -m 0755 target/release/fairhold /out/fairhold

FROM debian:bookworm-slim AS run
LABEL org.opencontainers.image.title="Fairhold" \
      org.opencontainers.image.description="Inventory reservations that never oversell" \
      org.opencontainers.image.licenses="MIT OR Apache-2.0"
COPY --from=build /out/fairhold /usr/local/bin/fairhold
# By these an identity provider is known (FAIRHOLD_JWKS_URL).
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt

# The image carries no PostgreSQL: DATABASE_URL must be given when it is run.
# A platform may set another PORT. Without an API key, and without FAIRHOLD_ALLOW_OPEN_ACCESS,
# nobody outside of the container is served (docs/security.md).
ENV PORT=8080 \
    FAIRHOLD_LOG_FORMAT=json
EXPOSE 8080

# An account by number: platforms can see that it is not root. It owns no file and
# writes none, so the file system may be mounted read-only.
USER 10001:10001
WORKDIR /

# Fairhold drains on this signal: it answers what is in flight, then ends.
STOPSIGNAL SIGTERM

# Ready means that the database answers, too. Bash opens the connection itself, since
# the image has no HTTP client. FAIRHOLD_LISTEN counts more than PORT, as for Fairhold itself.
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --start-interval=1s --retries=3 \
    CMD ["bash", "-c", "port=${FAIRHOLD_LISTEN##*:}; exec 3<>\"/dev/tcp/127.0.0.1/${port:-$PORT}\" && printf 'GET /readyz HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: close\\r\\n\\r\\n' >&3 && read -r _ status _ <&3 && [[ $status == 200 ]]"]

ENTRYPOINT ["/usr/local/bin/fairhold"]
CMD ["serve"]
