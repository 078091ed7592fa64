#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A CNI plugin for pods that never talk to anyone: an interface with an address and nothing at its other end.
# containerd calls it under two names, `loopback` and `alone` (CNI specification 0.4, section Parameters).
set -eu
netns="nsenter --net=$CNI_NETNS"
case "$CNI_COMMAND ${0##*/}" in
  VERSION*) echo '{ "cniVersion": "0.4.0", "supportedVersions": ["0.3.1", "0.4.0"] }' ;;
  'ADD loopback')
    $netns ip link set lo up
    echo '{ "cniVersion": "0.3.1", "interfaces": [{ "name": "lo", "sandbox": "'"$CNI_NETNS"'" }],
      "ips": [{ "version": "4", "address": "127.0.0.1/8", "interface": 0 }] }'
    ;;
  'ADD alone')
    $netns ip link add "$CNI_IFNAME" type veth peer name "$CNI_IFNAME-peer"
    $netns ip address add 10.11.12.13/24 dev "$CNI_IFNAME"
    $netns ip link set "$CNI_IFNAME" up
    echo '{ "cniVersion": "0.3.1", "interfaces": [{ "name": "'"$CNI_IFNAME"'", "sandbox": "'"$CNI_NETNS"'" }],
      "ips": [{ "version": "4", "address": "10.11.12.13/24", "interface": 0 }] }'
    ;;
  'DEL alone') [ ! -e "$CNI_NETNS" ] || $netns ip link del "$CNI_IFNAME" 2>/dev/null || true ;;
esac
