#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The service of the guest: says when everything is up, waits to be told to go on, runs the job of
# conformance/vm/guest.sh and ends the machine, whose disk is thrown away.
ports=/dev/virtio-ports

end() {
  sync
  echo b >/proc/sysrq-trigger
  sleep 60
}

until [ -e $ports/runts.output ] && [ -e $ports/runts.control ]; do sleep 0.1; done
exec 5<>$ports/runts.control 6>$ports/runts.output
systemctl is-system-running --wait >/dev/null 2>&1
echo up >&5
# The machine may be saved here and come to life again much later. Nothing of the host is mounted before: a machine
# with such a mount cannot be saved.
read -r now <&5
date --set "@$now" >/dev/null

share=trans=virtio,version=9p2000.L,msize=512000
mkdir -p /out
mount -t 9p -o "$share" out /out || end
place=$(cat /out/place)
mkdir -p "$place"
# With all of its caches: an executable is not fetched again for each call.
mount -t 9p -o "$share,cache=loose" work "$place" || end
cd "$place" || end

user=$(cat /out/user)
if [ "$user" = root ]; then
  setsid sh /out/job </dev/null >&6 2>&1 5>&- 6>&-
else
  # As after a login: in a scope of the user's own manager, with what is needed to find that manager.
  uid=$(id -u "$user")
  systemctl start "user@$uid.service"
  bus="XDG_RUNTIME_DIR=/run/user/$uid DBUS_SESSION_BUS_ADDRESS=unix:path=/run/user/$uid/bus"
  # shellcheck disable=SC2086
  setpriv --reuid "$uid" --regid "$(id -g "$user")" --init-groups \
    env HOME="/home/$user" USER="$user" LOGNAME="$user" $bus \
    systemd-run --user --quiet --scope -p Delegate=yes setsid sh /out/job </dev/null >&6 2>&1 5>&- 6>&-
fi
echo $? >/out/status
end
