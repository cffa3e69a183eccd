#!/usr/bin/env bash
# Starts Fairhold where a platform runs `bash start.sh`: builds the release when it is
# missing, then serves. Fairhold itself reads PORT and listens on 0.0.0.0:$PORT.
set -euo pipefail
cd -- "$(dirname -- "${BASH_SOURCE[0]}")"

binary=${CARGO_TARGET_DIR:-target}/release/fairhold
if [[ ! -x $binary ]]; then
  cargo build --release --locked --bin fairhold
fi

# A demo is for everybody who finds it. Once there is an API key, this counts no more; a shop makes
# one before it opens (docs/security.md).
export FAIRHOLD_ALLOW_OPEN_ACCESS="${FAIRHOLD_ALLOW_OPEN_ACCESS-true}"

# `exec`: the platform's signals reach Fairhold, which drains on them.
exec "$binary" serve "$@"
