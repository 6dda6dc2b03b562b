# A recorded walk in the arm64 guest, for test_arm64.py. init.sh has the words.
echo "@model $(tr -d '\0' </proc/device-tree/model) $(uname -m)"
walk=/opt/probe/hub/demo/data/walk-1
tell replay probe replay --frames $walk/frames.pcap --track $walk/track.nmea --json
