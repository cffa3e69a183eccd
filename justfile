# List the recipes
[private]
default:
    @{{ just_executable() }} --list --unsorted

# Build the release and serve; the database comes along
run *arguments:
    cargo run --release --locked -- {{ arguments }}

# Run all tests
test *arguments:
    cargo test {{ arguments }}

# Kill processes and cut connections under load for so long, hold every rule against what clients were told, then search the protocol's larger cases
torture SECONDS='60' SEED='1':
    cargo test --test torture -- --seconds {{ SECONDS }} --seed {{ SEED }} --back-within 5 --offered-within 1 --every-fault
    FAIRHOLD_TEST_SEARCH=far cargo test --test protocol -- every_rule_holds

# Check formatting, lints and documentation
check:
    cargo fmt --check
    cargo clippy --all-targets --locked -- -D warnings
    RUSTDOCFLAGS="-D warnings" cargo doc --no-deps --locked --document-private-items

# Rewrite .sqlx from the queries and the migrations; `just prepare --check` only compares
prepare *arguments:
    scripts/sqlx-prepare {{ arguments }}

# Renew the committed OpenAPI document, which a test compares
openapi:
    cargo run --quiet -- openapi > docs/openapi.json

# Prove the rules from the tables and the ledger
audit:
    cargo run --release --locked --quiet -- audit

# Open the books in psql
psql *arguments:
    psql "$(cargo run --release --locked --quiet -- database-url)" {{ arguments }}

# Judge the dependencies: licences, sources, bans, advisories
deny:
    cargo deny check

# Everything that a change must pass
ci:
    .ci/run

# Build the image, and serve with PostgreSQL beside it
docker:
    docker compose up --build
