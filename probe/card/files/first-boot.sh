#!/bin/sh
# Makes of a stock card a probe, once, without a network and without a hand on it. cloud-init starts it as root.
# What it does and what went wrong is written beside it, where a laptop can read it: first-boot.log.
set -eu
export PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8
boot=$(cd "$(dirname "$0")/.." && pwd)
ours=$boot/contrechamp
data=/var/lib/contrechamp
log=$ours/first-boot.log

mount -o remount,rw "$boot" 2>/dev/null || true
exec >>"$log" 2>&1
step() {
  echo "$(cut -d ' ' -f 1 /proc/uptime) s: $1"
  echo "contrechamp: $1" >/dev/kmsg || true
}
trap 'code=$?; [ $code = 0 ] || step "STOPPED (code $code): the line above says at what. See firmware/pi/README.md"; sync' EXIT

step "started"
[ -e "$ours/done" ] && { step "this card is a probe already"; exit 0; }
cd "$ours"
sha256sum --check --quiet --ignore-missing MANIFEST || { step "the card is damaged: write it anew"; exit 1; }

# A part of its own for what is written: the root can then be read-only, and a power cut cannot hurt it.
last_part() {
  lsblk -nrpo NAME,TYPE "$disk" | awk '$2 == "part" { print $1 }' | tail -n 1
}
apart() {
  root=$(findmnt -no SOURCE /)
  disk=/dev/$(lsblk -no PKNAME "$root")
  blkid -L contrechamp >/dev/null && return 0
  part=$(last_part)
  # One behind the root that has no file system is ours: the power went before it got one.
  if [ "$part" = "$root" ] || [ -n "$(blkid -o value -s TYPE "$part")" ]; then
    # Bookworm's awk writes numbers beyond 31 bits as 5e+09, unless it is told how.
    end=$(sfdisk --list-free --quiet --bytes "$disk" |
      awk 'NR > 1 { if ($4 > most) most = $4 } END { printf "%.0f", most }')
    [ "$end" -ge 1600000000 ] || return 1
    size=$(( end > 4300000000 ? 4096 : (end >> 20) - 8 ))
    number=$(($(lsblk -nro TYPE "$disk" | grep -c part) + 1))
    echo ", ${size}M, L" | sfdisk --append --force --no-reread --quiet "$disk"
    partx --add --nr "$number" "$disk" || partprobe "$disk"
    udevadm settle --timeout=20 || true
    part=$(last_part)
    [ "$part" != "$root" ] || return 1
  fi
  mkfs.ext4 -q -F -L contrechamp -m 1 "$part"
  udevadm settle --timeout=20 || true
}
mkdir -p "$data"
if apart; then
  step "a part of its own for what is written: $(blkid -L contrechamp)"
  grep -q "LABEL=contrechamp" /etc/fstab ||
    echo "LABEL=contrechamp $data ext4 noatime,nosuid,nodev,errors=remount-ro 0 2" >>/etc/fstab
  mountpoint -q "$data" || mount -o noatime,nosuid,nodev "$(blkid -L contrechamp)" "$data"
  layered=yes
else
  step "no room for a part of its own: the root stays writable. Write a stock card anew to mend that"
  layered=
fi

step "the probe's own user"
id contrechamp >/dev/null 2>&1 ||
  useradd --system --user-group --home-dir "$data/probe" --no-create-home --shell /usr/sbin/nologin contrechamp
install -d -o root -g root -m 755 "$data" "$data/slots"
install -d -o contrechamp -g contrechamp -m 700 "$data/probe"
install -d -o root -g root -m 700 "$data/network"

step "the probe's programs"
tag=cp$(python3 -c 'import sys; print(*sys.version_info[:2], sep="")')
list=$ours/wheels-$tag.txt
[ -e "$list" ] || { step "this card has no programs for this system's Python ($tag)"; exit 1; }
rm -rf "$data/slots/a"
# ensurepip is not on a stock card, so pip comes along as a wheel, which can be run as it lies. What the system has for
# its camera (libcamera, picamera2, numpy) is used from there: it is built for that very system.
python3 -m venv --without-pip --system-site-packages "$data/slots/a"
if python3 -c 'import numpy, sys; sys.exit(int(numpy.__version__.split(".")[0]) < 2)' 2>/dev/null; then
  but='^(pip|numpy)-'
else
  but='^pip-'
fi
(cd wheels && grep -Ev "$but" "$list" | xargs "$data/slots/a/bin/python" "$(grep -h '^pip-' "$list")/pip" \
  install --quiet --no-index --no-deps --no-cache-dir --disable-pip-version-check --root-user-action ignore)
ln -sfn a "$data/slots/current"
"$data/slots/current/bin/contrechamp-probe" --version
cp release-key "$data/slots/release-key"

step "its settings and secrets"
install -o contrechamp -g contrechamp -m 600 settings.toml "$data/probe/settings.toml"
for name in page-secret pairing-code outbox.db; do
  if [ -e "$name" ] && [ ! -e "$data/probe/$name" ]; then
    install -o contrechamp -g contrechamp -m 600 "$name" "$data/probe/$name"
  fi
done
if [ -e network-secret ]; then install -m 600 network-secret "$data/network/secret"; fi
install -m 644 network.json "$data/network/network.json"

if [ -e hostname ]; then
  cp hostname /etc/hostname
  hostname -F /etc/hostname || true
  sed -i '/^127\.0\.1\.1/d' /etc/hosts
  echo "127.0.1.1 $(cat hostname)" >>/etc/hosts
fi
if [ -e home-network ]; then
  install -D -m 600 home-network /etc/NetworkManager/system-connections/home.nmconnection
fi
if [ -e usb-network ]; then
  install -D -m 600 usb-network /etc/NetworkManager/system-connections/page-usb.nmconnection
fi
if [ -e maker-key ]; then
  id maker >/dev/null 2>&1 || useradd --create-home --shell /bin/bash maker
  install -d -o maker -g maker -m 700 /home/maker/.ssh
  install -o maker -g maker -m 600 maker-key /home/maker/.ssh/authorized_keys
  echo 'maker ALL=(ALL) NOPASSWD: ALL' >/etc/sudoers.d/maker
  chmod 440 /etc/sudoers.d/maker
  systemctl enable --quiet ssh.service || step "no ssh server here: the maker's key is of no use"
fi

step "its services"
install -m 644 units/* /etc/systemd/system/
install -D -m 644 70-contrechamp.rules /etc/udev/rules.d/70-contrechamp.rules
install -D -m 644 dnsmasq.conf /etc/NetworkManager/dnsmasq-shared.d/contrechamp.conf
install -D -m 644 networkmanager.conf /etc/NetworkManager/conf.d/contrechamp.conf
install -D -m 644 journald.conf /etc/systemd/journald.conf.d/contrechamp.conf
install -D -m 644 watchdog.conf /etc/systemd/system.conf.d/contrechamp.conf
install -D -m 644 sysctl.conf /etc/sysctl.d/70-contrechamp.conf
install -D -m 644 tmpfiles.conf /etc/tmpfiles.d/contrechamp.conf
install -D -m 644 e2fsck.conf /etc/e2fsck.conf
install -D -m 755 init.sh /usr/lib/contrechamp/init
systemctl daemon-reload
for unit in units/*; do
  if grep -q '^\[Install\]' "$unit"; then systemctl enable --quiet "$(basename "$unit")"; fi
done
# Nobody logs in by a password that is not there, nothing fetches anything by itself, and nothing swaps to the card.
for unit in apt-daily.timer apt-daily-upgrade.timer man-db.timer e2scrub_all.timer dpkg-db-backup.timer \
  NetworkManager-wait-online.service userconfig.service dphys-swapfile.service rpi-resize-swap-file.service; do
  systemctl disable --quiet "$unit" 2>/dev/null || true
done
if [ -d /etc/rpi ]; then
  mkdir -p /etc/rpi/swap.conf.d
  printf '[Main]\nMechanism=zram\n' >/etc/rpi/swap.conf.d/contrechamp.conf
  systemctl disable --quiet contrechamp-zram.service || true
fi
# Later starts need none of this, and are the sooner there.
touch /etc/cloud/cloud-init.disabled

# What the first start itself has written down on the card.
journalctl --relinquish-var || true
rm -rf /var/log/journal

step "secrets leave the part that any laptop reads"
rm -f page-secret network-secret pairing-code outbox.db home-network
if [ "$layered" ]; then
  line=$(cat "$boot/cmdline.txt")
  case "$line" in *init=*) ;; *)
    printf '%s init=/usr/lib/contrechamp/init\n' "$line" >"$boot/cmdline.new"
    sync
    mv "$boot/cmdline.new" "$boot/cmdline.txt"
    ;;
  esac
fi
touch done
step "done: starting as a probe"
sync
# So early nobody listens on the bus yet; this then asks the first program itself.
systemctl --no-block reboot 2>/dev/null
