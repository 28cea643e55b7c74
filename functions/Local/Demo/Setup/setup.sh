#!/bin/bash
# Sees to it that virtual machines can run here: installs libvirt, QEMU, busybox and a kernel from Debian packages, and
# starts libvirt's daemons where no init system does. Does nothing where all of it is there. Exits 0 when qemu:///system
# answers, 3 when root is needed (and says what to run), 1 when something failed.
set -euo pipefail
umask 022

self=$(readlink -f "$0")
uri=qemu:///system
unpacked=/var/lib/saas/guest-kernel # make-vm-image.sh looks here, too
patience=30                         # seconds until the daemon must answer

# virtlogd takes the consoles; systemd starts it when needed, elsewhere it must run already.
logs() { [ -d /run/systemd/system ] || [ -d "/proc/$(cat /run/virtlogd.pid 2>/dev/null || echo none)" ]; }

answers() { logs && command -v virsh >/dev/null && timeout 10 virsh --connect "$uri" version >/dev/null 2>&1; }

have_kernel() { compgen -G "$unpacked/boot/vmlinuz-*" >/dev/null || compgen -G '/boot/vmlinuz-*' >/dev/null; }

have_image_tools() { have_kernel && command -v busybox >/dev/null && command -v cpio >/dev/null; }

if answers && have_image_tools; then
  exit 0
fi

if [ "$(id -u)" -ne 0 ]; then
  if getent group libvirt >/dev/null && ! id -nG | grep -qw libvirt; then
    echo "Virtual machines need your user in the group libvirt, and what this installs. Run, then log in again:" >&2
    echo "  sudo $self && sudo adduser $(id -un) libvirt" >&2
  else
    echo "Virtual machines need libvirt, QEMU, a kernel and busybox. Run:" >&2
    echo "  sudo $self" >&2
  fi
  exit 3
fi

# One at a time; whoever comes second finds it done.
exec 9>/run/saas-setup.lock
flock 9
if answers && have_image_tools; then
  exit 0
fi

case $(dpkg --print-architecture) in
  amd64) qemu=qemu-system-x86 kernel=linux-image-cloud-amd64 ;;
  arm64) qemu=qemu-system-arm kernel=linux-image-cloud-arm64 ;;
  *)
    echo "setup: no virtual machines on $(dpkg --print-architecture)" >&2
    exit 1
    ;;
esac

missing=()
for package in libvirt-daemon-system libvirt-clients "$qemu" busybox-static cpio; do
  state=$(dpkg-query -W -f '${Status}' "$package" 2>/dev/null || true)
  [ "$state" = 'install ok installed' ] || missing+=("$package")
done
if [ ${#missing[@]} -gt 0 ] || ! have_kernel; then
  echo "setup: updating the package index" >&2
  apt-get update -q >/dev/null
fi

if [ ${#missing[@]} -gt 0 ]; then
  echo "setup: installing ${missing[*]}" >&2
  DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}" >/dev/null
fi

# The kernel is only unpacked: installing it would make an initramfs and boot loader entries that nobody boots.
if ! have_kernel; then
  image=$(apt-cache depends "$kernel" | sed -n 's/^ *Depends: \(linux-image-[0-9].*\)$/\1/p' | head -n 1)
  echo "setup: unpacking ${image:?no kernel package found}" >&2
  download=$(mktemp -d)
  trap 'rm -rf "$download"' EXIT
  chmod 755 "$download"
  (cd "$download" && apt-get download -q "$image" >/dev/null 2>&1)
  rm -rf "$unpacked.new"
  mkdir -p "$unpacked.new"
  dpkg-deb -x "$download"/*.deb "$unpacked.new"
  rm -rf "$unpacked"
  mv "$unpacked.new" "$unpacked"
fi

if ! answers; then
  if [ -d /run/systemd/system ]; then
    systemctl start libvirtd
  else
    # A daemon that runs already refuses by its pid file; one that cannot run shows in the wait below. Neither may inherit
    # the lock.
    virtlogd -d 9>&- || true
    libvirtd -d 9>&- || true
  fi
fi

deadline=$((SECONDS + patience))
until answers; do
  if [ "$SECONDS" -ge "$deadline" ]; then
    echo "setup: $uri does not answer; see: virsh --connect $uri version" >&2
    exit 1
  fi
  sleep 0.2
done
