# SPDX-License-Identifier: Apache-2.0
# Prints the path of a tar archive of Debian minbase with nginx, building it at the first call: sh rootfs-archive.sh
# It comes from the Debian mirror that this machine's apt uses, and is kept below ${XDG_CACHE_HOME:-/var/cache}.
set -eu

cache=${XDG_CACHE_HOME:-/var/cache}/runts-conformance
suite=$(. /etc/os-release && echo "$VERSION_CODENAME")
archive=$cache/debian-$suite-nginx-$(dpkg --print-architecture).tar
if [ -s "$archive" ]; then
  echo "$archive"
  exit
fi

# shellcheck disable=SC2016
mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Component: main' "Codename: $suite" 'Origin: Debian' | head -n 1)
[ -n "$mirror" ] || { echo "apt knows no Debian mirror for $suite" >&2; exit 1; }
eval "$(apt-config shell http_proxy Acquire::http::Proxy https_proxy Acquire::https::Proxy)"
export http_proxy="${http_proxy:-}" https_proxy="${https_proxy:-}"

echo "building a Debian $suite root filesystem with nginx, once; this takes a minute or two" >&2
mkdir -p "$cache"
work=$(mktemp -d "$cache/building.XXXXXX")
trap 'rm -rf --one-file-system "$work"' EXIT
# In a mount namespace of its own, because debootstrap mounts /proc and /sys inside the new root.
unshare --mount --propagation private debootstrap --variant=minbase --include=nginx "$suite" "$work/rootfs" "$mirror" >"$work/log" 2>&1 </dev/null ||
  { tail -n 20 "$work/log" >&2; exit 1; }
rm -rf "$work/rootfs/var/cache/apt/archives" "$work/rootfs/var/lib/apt/lists"
tar -C "$work/rootfs" --numeric-owner --exclude=./proc/* --exclude=./sys/* -cf "$work/archive.tar" .
mv "$work/archive.tar" "$archive"
echo "$archive"
