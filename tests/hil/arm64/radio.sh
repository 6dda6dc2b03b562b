# A probe listens in the arm64 guest while a camera speaks, for test_arm64.py. init.sh has the words.
for module in /modules/*; do
  case $module in *mac80211_hwsim*) more="radios=3" ;; *) more="" ;; esac
  insmod "$module" $more
done
ip link set hwsim0 up # hears what any of the radios sends, on any channel
monitor wlan2 2437

# How long things take here is not known: each waits for what it needs, and the times are only limits.
start ear python3 -u /bench/stimuli/ear.py hwsim0 300
until_said ear ready
start loud probe listen --monitor wlan1 --for 90 --json
until_said loud listening
sleep 5 # it has been on every channel once
sed 's/^/@quiet.out /' /tmp/loud.out

speak() { { echo 20; sleep 300; } | python3 -u /bench/stimuli/air.py wlan2 2437 "$ADDRESS" "$SSID"; }
start air speak
until_said loud '"recognised": \[{'
stop loud
ended loud
stop ear
ended ear

# The control: another radio searches actively, for one moment and on one channel.
start control python3 -u /bench/stimuli/ear.py hwsim0 60
until_said control ready
ip link set wlan0 up
iw dev wlan0 scan freq 2437 >/dev/null
sleep 1
stop control
ended control
