# List the recipes
[private]
default:
    @{{ just_executable() }} --list --unsorted

# Build the release and serve, by default with the embedded PostgreSQL
run *arguments:
    cargo run --release --locked -- {{ arguments }}

# Run all tests
test *arguments:
    cargo test {{ arguments }}

# Kill processes and cut connections under load for SECONDS, check every rule against the responses, then model-check larger cases of the protocol
torture SECONDS='60' SEED='1':
    cargo test --test torture -- --seconds {{ SECONDS }} --seed {{ SEED }} --back-within 5 --offered-within 1 --every-fault
    FAIRHOLD_TEST_SEARCH=far cargo test --test protocol -- every_rule_holds

# Check formatting, lints and documentation
check:
    cargo fmt --check
    cargo clippy --workspace --all-targets --locked -- -D warnings
    RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --locked --document-private-items

# Update .sqlx from the queries and migrations; `just prepare --check` only compares
prepare *arguments:
    scripts/sqlx-prepare {{ arguments }}

# Update docs/openapi.json, which a test compares
openapi:
    cargo run --quiet -- openapi > docs/openapi.json

# Check every rule against the tables and the ledger
audit:
    cargo run --release --locked --quiet -- audit

# Open the database in psql
psql *arguments:
    psql "$(cargo run --release --locked --quiet -- database-url)" {{ arguments }}

# Check the dependencies: licenses, sources, bans, advisories
deny:
    cargo deny check

# Run every check that a change must pass
ci:
    .ci/run

# Build the image and serve, with PostgreSQL in a second container
docker:
    docker compose up --build
