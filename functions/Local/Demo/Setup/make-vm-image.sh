#!/bin/bash
# Makes the smallest machine that boots: OUTDIR/vmlinuz and OUTDIR/initrd, from Debian's own kernel and busybox.
# The guest says SAAS-GUEST-BOOTED on ttyS0, keeps running, and powers off when it is asked by ACPI. On the kernel's
# command line, saas.poweroff=SECONDS makes it power off by itself, and saas.deaf not listen to ACPI.
# Repeating it is cheap: an image made by the same script from the same kernel and busybox is left as it is.
#
#   make-vm-image.sh OUTDIR      OUTDIR and the folders above it must be searchable by everyone, because QEMU
#                                runs as its own user; exits 4 and names the folder if they are not.
set -euo pipefail
umask 022

if [ $# -ne 1 ]; then
  echo "usage: $0 OUTDIR" >&2
  exit 2
fi

mkdir -p "$1"
out=$(cd "$1" && pwd -P)
self=$(readlink -f "$0")
unpacked=/var/lib/saas/guest-kernel # where setup.sh unpacks the kernel package if none is installed

folder=$out
while [ "$folder" != / ]; do
  if [ -z "$(find "$folder" -maxdepth 0 -perm -o+x)" ]; then
    echo "make-vm-image: $folder is closed to other users, so QEMU could not read the image: choose another OUTDIR" >&2
    exit 4
  fi
  folder=$(dirname "$folder")
done

# The newest readable kernel of the patterns given, the first pattern that has one.
newest() {
  local pattern found
  for pattern in "$@"; do
    found=$(compgen -G "$pattern" | sort -V | tail -n 1 || true)
    if [ -r "$found" ]; then
      echo "$found"
      return
    fi
  done
}

kernel=$(newest "$unpacked/boot/vmlinuz-*-amd64" '/boot/vmlinuz-*-cloud-amd64' '/boot/vmlinuz-*-amd64')
busybox=$(command -v busybox || true)
if [ -z "$kernel" ] || [ -z "$busybox" ] || ! command -v cpio >/dev/null; then
  echo "make-vm-image: needs a Debian kernel, busybox-static and cpio: run $(dirname "$self")/setup.sh" >&2
  exit 3
fi
modules=${kernel%/boot/*}/lib/modules/${kernel##*/vmlinuz-}

# The stamp is written last, so a run that was cut off is made again.
stamp=$(cat "$self" "$kernel" "$busybox" | sha256sum | cut -d ' ' -f 1)
if [ -s "$out/vmlinuz" ] && [ -s "$out/initrd" ] && [ "$(cat "$out/stamp" 2>/dev/null)" = "$stamp" ]; then
  exit 0
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tree=$work/tree
mkdir -p "$tree"/{bin,dev,proc,sys,modules,etc/acpi/PWRF}
cp "$busybox" "$tree/bin/busybox"

# In the order they depend on one another: the power button, then the virtio disk and network card.
for module in drivers/acpi/button drivers/input/evdev drivers/virtio/virtio_ring drivers/virtio/virtio \
  drivers/virtio/virtio_pci_modern_dev drivers/virtio/virtio_pci_legacy_dev drivers/virtio/virtio_pci \
  drivers/block/virtio_blk net/core/failover drivers/net/net_failover drivers/net/virtio_net; do
  for file in "$modules/kernel/$module".ko*; do
    [ -e "$file" ] || continue # built into this kernel
    case $file in
      *.xz) xz -dc "$file" >"$tree/modules/$(basename "$file" .xz)" ;;
      *) cp "$file" "$tree/modules/" ;;
    esac
    echo "$(basename "${file%.xz}")" >>"$tree/modules/order"
  done
done

cat >"$tree/etc/acpi/PWRF/00000080" <<'EOF'
#!/bin/busybox sh
echo SAAS-GUEST-POWEROFF >/dev/console
/bin/busybox poweroff -f
EOF

cat >"$tree/init" <<'EOF'
#!/bin/busybox sh
/bin/busybox --install -s /bin
export PATH=/bin
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
exec </dev/console >/dev/console 2>&1
touch /modules/order
while read -r module; do insmod "/modules/$module"; done </modules/order
grep -qw saas.deaf /proc/cmdline || acpid -d >/dev/null 2>&1 &
read -r uptime _ </proc/uptime
cpus=$(grep -c ^processor /proc/cpuinfo)
memory=$(awk '/^MemTotal/ { print $2 }' /proc/meminfo)
disks=$(ls /sys/block | tr '\n' ' ')
echo "SAAS-GUEST-BOOTED uptime=${uptime}s cpus=$cpus memory=${memory}kB disks=${disks% } cmdline=$(cat /proc/cmdline)"
seconds=$(sed -n 's/.*saas\.poweroff=\([0-9]*\).*/\1/p' /proc/cmdline)
if [ -n "$seconds" ]; then
  sleep "$seconds"
  poweroff -f
fi
while :; do sleep 3600; done
EOF
chmod 755 "$tree/init" "$tree/etc/acpi/PWRF/00000080"

(cd "$tree" && find . | sort | cpio --quiet -o -H newc -R 0:0) >"$work/initrd"
rm -f "$out/stamp"
cp "$kernel" "$out/vmlinuz.new"
cp "$work/initrd" "$out/initrd.new"
chmod 644 "$out/vmlinuz.new" "$out/initrd.new"
mv "$out/vmlinuz.new" "$out/vmlinuz"
mv "$out/initrd.new" "$out/initrd"
echo "$stamp" >"$out/stamp"
