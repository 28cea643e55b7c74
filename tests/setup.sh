#!/bin/bash
# Debian packages that only the tests need, beside what the demo installs for itself: clients that drive our APIs. Does
# nothing where all of it is there. Exits 3 when root is needed, and says what to run.
set -euo pipefail

packages=(
  bind9-dnsutils # dig; tests/LocalRegistry/Dns
  haproxy # tests/Registry/Middleware
  python3-hvac # Vault's client for Python; tests/Encryption/Clients
)

missing=()
for package in "${packages[@]}"; do
  state=$(dpkg-query -W -f '${Status}' "$package" 2>/dev/null || true)
  [ "$state" = 'install ok installed' ] || missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0

if [ "$(id -u)" -ne 0 ]; then
  echo "The tests need ${missing[*]}. Run:" >&2
  echo "  sudo $(readlink -f "$0")" >&2
  exit 3
fi

# One at a time; the lock is the demo's, because apt has but one, too.
exec 9>/run/saas-setup.lock
flock 9
echo "setup: installing ${missing[*]}" >&2
apt-get update -q >/dev/null
DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}" >/dev/null
