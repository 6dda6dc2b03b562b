#!/bin/sh
# Makes of Debian what Raspberry Pi OS is in the points that matter here. Runs inside the tree, which is being made.
set -eu
disk=$1
mkdir -p /boot/firmware
cat >/etc/fstab <<END
proc /proc proc defaults 0 0
PARTUUID=$disk-01 /boot/firmware vfat defaults 0 2
PARTUUID=$disk-02 / ext4 defaults,noatime 0 1
END
echo raspberrypi >/etc/hostname
cat >/etc/cloud/cloud.cfg.d/99_raspberry-pi.cfg <<END
datasource_list: [ NoCloud, None ]
datasource:
  NoCloud:
    seedfrom: file:///boot/firmware
ssh_deletekeys: false
ssh_genkeytypes: []
END
for unit in cloud-init-local cloud-init-main; do
  mkdir -p /etc/systemd/system/$unit.service.d
  printf '[Unit]\nRequiresMountsFor=/boot/firmware\n' >/etc/systemd/system/$unit.service.d/boot.conf
done
mkdir -p /etc/netplan
printf 'network:\n  version: 2\n  renderer: NetworkManager\n' >/etc/netplan/00-network-manager-all.yaml
chmod 600 /etc/netplan/00-network-manager-all.yaml
# The hardware of this machine: its own Wi-Fi, the adapter that listens, and a phone.
echo mac80211_hwsim >/etc/modules-load.d/hardware.conf
echo 'options mac80211_hwsim radios=4' >/etc/modprobe.d/hardware.conf
printf 'virtio_blk\nvirtio_pci\n' >>/etc/initramfs-tools/modules
# The bench looks at it over a serial cable; it does nothing by itself.
cat >/etc/systemd/system/bench-shell.service <<END
[Unit]
DefaultDependencies=no
[Service]
ExecStart=/usr/bin/python3 -u /usr/local/sbin/bench-shell
Restart=always
RestartSec=1
[Install]
WantedBy=sysinit.target
END
systemctl enable bench-shell.service
systemctl disable apt-daily.timer apt-daily-upgrade.timer e2scrub_all.timer 2>/dev/null || true
passwd -l root >/dev/null
update-initramfs -u
