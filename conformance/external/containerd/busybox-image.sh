# SPDX-License-Identifier: Apache-2.0
# An image tar in the format of `docker save`, made without a network: sh busybox-image.sh TAR NAME:TAG [COMMAND]
# COMMAND is a JSON list, ["/bin/sh"] by default.
set -eu
image=$(realpath -m "$1")
name=$2
command=${3:-'["/bin/sh"]'}
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

sh "$here/../busybox-rootfs.sh" "$work/rootfs"
tar -C "$work/rootfs" --sort=name --owner=0 --group=0 --numeric-owner -cf "$work/layer.tar" .
layer=$(sha256sum "$work/layer.tar" | cut -d ' ' -f 1)
architecture=$(dpkg --print-architecture)

cat >"$work/config.json" <<JSON
{
  "architecture": "$architecture",
  "os": "linux",
  "config": { "Cmd": $command, "Env": ["PATH=/bin", "FROM_IMAGE=busybox"], "WorkingDir": "/" },
  "rootfs": { "type": "layers", "diff_ids": ["sha256:$layer"] }
}
JSON
echo "[{\"Config\":\"config.json\",\"RepoTags\":[\"$name\"],\"Layers\":[\"layer.tar\"]}]" >"$work/manifest.json"
tar -C "$work" -cf "$image" manifest.json config.json layer.tar
