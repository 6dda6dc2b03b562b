#!/bin/sh
# The machine's init: no services. What it starts comes with the run, in the folder that it shares with its host.
export PATH=/usr/sbin:/usr/bin:/sbin:/bin TERM=dumb HOME=/root
mount -t proc none /proc
mount -t sysfs none /sys
mkdir -p /mnt/bench
modprobe -a 9pnet_virtio 9p
mount -t 9p -o trans=virtio,version=9p2000.L,ro bench /mnt/bench
. /mnt/bench/start.sh
