#!/usr/bin/busybox sh
# The guest's only program of its own: it runs /bench/run.sh, and says on the console, in marked lines, what came of it.
/usr/bin/busybox --install -s /usr/bin
export PATH=/usr/bin:/usr/sbin HOME=/tmp TERM=dumb PYTHONPATH=/opt/probe:/opt/needs PYTHONUNBUFFERED=1
mkdir -p /proc /sys /dev /tmp /run
mount -t proc none /proc
mount -t sysfs none /sys
mount -t devtmpfs none /dev
ip link set lo up
echo # a serial port that was just opened spoils the first line
echo "@up $(cut -d ' ' -f 1 /proc/uptime)"

# start NAME COMMAND...: beside what follows; its output is told by `ended NAME`.
start() {
  name=$1
  shift
  "$@" >"/tmp/$name.out" 2>"/tmp/$name.err" &
  eval "pid_$name=$!"
}

# ended NAME: wait for it; tell its output, its end and the most memory that it took.
ended() {
  name=$1
  eval "pid=\$pid_$name"
  peak=0
  while kill -0 "$pid" 2>/dev/null; do
    now=$(sed -n 's/^VmHWM:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$pid/status" 2>/dev/null)
    peak=${now:-$peak}
    sleep 0.3
  done
  code=0
  wait "$pid" || code=$?
  sed "s/^/@$name.out /" "/tmp/$name.out"
  sed "s/^/@$name.err /" "/tmp/$name.err"
  echo "@$name.peak $peak"
  echo "@$name.code $code"
}

# tell NAME COMMAND...: run it to its end.
tell() {
  start "$@"
  ended "$1"
}

# stop NAME: ask it to end.
stop() { eval "kill -TERM \$pid_$1"; }

# until_said NAME WORD: wait until it has said a word, or is over.
until_said() {
  eval "pid=\$pid_$1"
  while kill -0 "$pid" 2>/dev/null && ! grep -q "$2" "/tmp/$1.out"; do
    sleep 0.2
  done
}

# monitor INTERFACE MHZ: a radio of the bench's own.
monitor() {
  ip link set "$1" down
  iw dev "$1" set type monitor
  ip link set "$1" up
  iw dev "$1" set freq "$2"
}

probe() { exec python3 /opt/probe/bin/contrechamp-probe "$@"; }

. /bench/run.sh
echo "@done $(cut -d ' ' -f 1 /proc/uptime)"
poweroff -f
