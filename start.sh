#!/usr/bin/env bash
# Starts Fairhold on platforms that run `bash start.sh`: builds the release if it is missing, then
# serves. Fairhold reads PORT and listens on 0.0.0.0:$PORT.
set -euo pipefail
cd -- "$(dirname -- "${BASH_SOURCE[0]}")"

binary=${CARGO_TARGET_DIR:-target}/release/fairhold
if [[ ! -x $binary ]]; then
  cargo build --release --locked --bin fairhold
fi

# A demo is open to everyone. This has no effect once an API key exists; create one before opening a real
# shop (docs/security.md).
export FAIRHOLD_ALLOW_OPEN_ACCESS="${FAIRHOLD_ALLOW_OPEN_ACCESS-true}"

# `exec`, so that the platform's signals reach Fairhold.
exec "$binary" serve "$@"
