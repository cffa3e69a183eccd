#!/usr/bin/env bash
# Starts Fairhold where a platform runs `bash start.sh`: builds the release when it is
# missing, then serves. Fairhold itself reads PORT and listens on 0.0.0.0:$PORT.
set -euo pipefail
cd -- "$(dirname -- "${BASH_SOURCE[0]}")"

binary=${CARGO_TARGET_DIR:-target}/release/fairhold
if [[ ! -x $binary ]]; then
  cargo build --release --locked --bin fairhold
fi

# `exec`: the platform's signals reach Fairhold, which drains on them.
exec "$binary" serve "$@"
