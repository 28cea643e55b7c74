#!/usr/bin/env bash
# The one test command: installs what is missing, builds, runs every suite, fails if anything failed.
#   tests/run.sh              everything
#   tests/run.sh NAME ...     only the named suites (folders below tests/)
#   tests/run.sh --soak       the long runs at full length: those of the named suites, or of all that have one
set -uo pipefail
cd "$(dirname "$0")/.."

say() { printf '\n== %s\n' "$*"; }

# Every long run lasts as many minutes; without it, and in CI, one.
hang=8
if [ "${1:-}" = --soak ]; then
    shift
    export SAAS_SOAK_MINUTES="${SAAS_SOAK_MINUTES:-10}"
    hang=$((SAAS_SOAK_MINUTES * 2 + 30))
    [ $# -gt 0 ] || set -- Scheduler.Host
fi

say "Tools"
command -v dotnet >/dev/null || { echo "The .NET 10 SDK is needed: dotnet is not on PATH." >&2; exit 2; }
command -v npm >/dev/null || { echo "Node is needed (Azurite): npm is not on PATH." >&2; exit 2; }
if [ ! -e tests/node_modules/.package-lock.json ] || [ tests/package-lock.json -nt tests/node_modules/.package-lock.json ]; then
    (cd tests && npm ci --no-audit --no-fund --loglevel=error) || exit 1
fi
# libvirt, QEMU, a kernel and busybox: installs them as root, says what to run otherwise.
bash functions/Local/Demo/Setup/setup.sh || exit 1
# Debian packages that only tests need.
bash tests/setup.sh || exit 1

say "Build"
dotnet build Saas.sln --nologo -v quiet -clp:NoSummary || exit 1

suites=("$@")
if [ ${#suites[@]} -eq 0 ]; then
    for project in tests/*/*.Tests.csproj; do
        suites+=("$(basename "$(dirname "$project")")")
    done
fi

passed=0 failed=0 skipped=0 broken=()
results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT

for suite in "${suites[@]}"; do
    say "$suite"
    dotnet test "tests/$suite" --no-build --nologo --blame-hang-timeout "${hang}m" 2>&1 | tee "$results/log"
    status=${PIPESTATUS[0]}
    # Passed!  - Failed:     0, Passed:    20, Skipped:     0, Total:    20, Duration: 93 ms - …
    line=$(grep -E 'Failed: +[0-9]+, Passed: +[0-9]+' "$results/log" | tail -n 1)
    count() { sed -E "s/.*$1: +([0-9]+).*/\1/" <<<"$line"; }
    if [ -n "$line" ]; then
        passed=$((passed + $(count Passed))) failed=$((failed + $(count Failed))) skipped=$((skipped + $(count Skipped)))
    fi
    if [ "$status" -ne 0 ] || [ -z "$line" ]; then
        broken+=("$suite")
    fi
done

say "Result after ${SECONDS} s"
if [ ${#broken[@]} -gt 0 ]; then
    echo "Not green: ${broken[*]}"
    [ "$failed" -gt 0 ] || failed=${#broken[@]}
fi
echo "$passed passed, $failed failed, $skipped skipped"
[ ${#broken[@]} -eq 0 ] && [ "$skipped" -eq 0 ]
