# What the virtual machine does when it is powered up. Its address comes with the kernel's line: bench.ip=10.77.0.2
mkdir -p /dev/pts /dev/shm /run /data /etc/dropbear
mount -t devpts none /dev/pts
mount -t tmpfs none /dev/shm
mount -t tmpfs -o mode=755 none /run
mount -t tmpfs none /tmp
mount -t debugfs none /sys/kernel/debug
mkdir -p /run/lock /run/sshd
for word in $(cat /proc/cmdline); do
  case "$word" in
    bench.ip=*) address="${word#bench.ip=}" ;;
    bench.host=*) host="${word#bench.host=}" ;;
  esac
done
modprobe -a virtio_net af_packet configfs
mount -t configfs none /sys/kernel/config
if [ -b /dev/vdb ]; then mount -t ext4 -o noatime /dev/vdb /data; fi
ip link set lo up
ip address add "$address/24" dev eth0
ip link set eth0 up
ip route add default via "$host"
/lib/systemd/systemd-udevd --daemon
udevadm trigger --action=add
udevadm settle --timeout=20
# The heap's name on a Raspberry Pi, where picamera2 looks for it.
ln -s system /dev/dma_heap/linux,cma
mkdir -p /root/.ssh
cp /mnt/bench/authorized_keys /root/.ssh/
chmod -R go= /root/.ssh
dropbear -R -E -s -p 22 2>/run/dropbear.log
echo "bench: up $(cut -d' ' -f1 /proc/uptime)" >/dev/console
while :; do sleep 3600 & wait; done
