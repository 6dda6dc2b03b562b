#!/bin/sh
# The first program after the kernel's own: lays a layer of memory over the root, which is never written to, and goes on
# with systemd. Where any step fails, the machine starts as it is: a probe that can be written to beats none.
export PATH=/usr/sbin:/usr/bin:/sbin:/bin

plain() {
  echo "contrechamp: the root stays as it is ($1)" >/dev/kmsg 2>/dev/null
  exec /sbin/init
}

[ -d /proc/self ] || mount -t proc proc /proc || plain "no proc"
[ -e /dev/null ] || mount -t devtmpfs dev /dev
grep -qw contrechamp.writable /proc/cmdline && plain "asked for: contrechamp.writable"
grep -qw overlay /proc/filesystems || modprobe overlay || plain "no overlay"
mount -t tmpfs -o mode=755,size=1m layers /mnt || plain "no memory"
mkdir /mnt/lower /mnt/upper /mnt/root || plain "no folders"
# With a source named, mount asks no fstab, whose names udev would have to know by now.
mount -o remount,ro root / || plain "cannot be made read-only"
mount --bind / /mnt/lower || plain "no lower layer"
mount -t tmpfs -o mode=755,size=96m writable /mnt/upper || plain "no upper layer"
mkdir /mnt/upper/kept /mnt/upper/work
mount -t overlay -o lowerdir=/mnt/lower,upperdir=/mnt/upper/kept,workdir=/mnt/upper/work root /mnt/root ||
  plain "no layers"
# The root is mounted already, and not as this file says.
awk '$2 != "/"' /etc/fstab >/mnt/root/etc/fstab
for place in proc sys dev run; do
  if mountpoint -q "/$place"; then mount -n --move "/$place" "/mnt/root/$place"; fi
done
cd /mnt/root || plain "no new root"
if pivot_root . mnt; then
  umount -l /mnt
  exec chroot . /sbin/init <dev/console >dev/console 2>&1
fi
for place in proc sys dev run; do
  if mountpoint -q "/mnt/root/$place"; then mount -n --move "/mnt/root/$place" "/$place"; fi
done
plain "cannot go to the new root"
