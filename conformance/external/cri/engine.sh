# SPDX-License-Identifier: Apache-2.0
# containerd with its CRI plugin, and the words the cases use for it. Sourced by cases.sh.

start_containerd() {
  mkdir -p "$WORK/cni/bin" "$WORK/cni/conf" "$WORK/logs" "$WORK/pods"
  for plugin in loopback alone; do
    cp "$HERE/network-plugin.sh" "$WORK/cni/bin/$plugin"
    chmod 755 "$WORK/cni/bin/$plugin"
  done
  echo '{ "cniVersion": "0.3.1", "name": "alone", "plugins": [{ "type": "alone" }] }' >"$WORK/cni/conf/10-alone.conflist"
  # The runtime is a class of its own by the stanza of docs/engines.md, as it is printed there, and the default besides.
  mount -t tmpfs tmpfs /usr/local/bin
  ln -s "$RUNTIME" /usr/local/bin/runts
  cat >"$WORK/config.toml" <<TOML
root = "$WORK/root"
state = "$WORK/state"
disabled_plugins = ["io.containerd.internal.v1.opt", "io.containerd.snapshotter.v1.btrfs",
  "io.containerd.snapshotter.v1.zfs", "io.containerd.snapshotter.v1.devmapper", "io.containerd.snapshotter.v1.aufs"]
$(printed_stanza)
[grpc]
  address = "$WORK/containerd.sock"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "$PAUSE"
  # Lowering the score of the pause container takes CAP_SYS_RESOURCE.
  restrict_oom_score_adj = true
  netns_mounts_under_state_dir = true
[plugins."io.containerd.grpc.v1.cri".cni]
  bin_dir = "$WORK/cni/bin"
  conf_dir = "$WORK/cni/conf"
[plugins."io.containerd.grpc.v1.cri".containerd]
  default_runtime_name = "default"
[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.default]
  runtime_type = "io.containerd.runc.v2"
[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.default.options]
  BinaryName = "$RUNTIME"
  Root = "$WORK/runtime-root"
TOML
  containerd --config "$WORK/config.toml" >"$WORK/containerd.log" 2>&1 </dev/null &
  containerd=$!
  eventually crictl_ version >/dev/null 2>&1
}

printed_stanza() {
  sed -n '/^## Kubernetes on containerd/,/^## /p' "$HERE/../../../docs/engines.md" | sed -n '/^```toml$/,/^```$/p' | grep -v '^```'
}

stop_containerd() {
  kill "$containerd"
  wait "$containerd"
  return 0
}

crictl_() {
  timeout --foreground -k 5 60 "$HERE/build/crictl" --config /dev/null --runtime-endpoint "unix://$WORK/containerd.sock" --timeout 50s "$@"
}

import_image() {
  sh "$HERE/../containerd/busybox-image.sh" "$WORK/image.tar" "$@"
  ctr --address "$WORK/containerd.sock" --namespace k8s.io image import "$WORK/image.tar"
  rm "$WORK/image.tar"
  eventually sh -c "'$HERE/build/crictl' --config /dev/null --runtime-endpoint 'unix://$WORK/containerd.sock' images | grep -q '${1%:*}'"
}

# pod_ NAME LINUX-JSON [RUNP-ARG...]: makes a pod sandbox and prints its id. One in the network of the host (2 is NODE)
# gets no host name of its own, as from a kubelet.
pod_() {
  pod=$1 linux=$2
  shift 2
  case "$linux" in *'"network": 2'*) hostname='' ;; *) hostname=$pod ;; esac
  cat >"$WORK/pods/$pod.json" <<JSON
{ "metadata": { "name": "$pod", "namespace": "test", "uid": "$pod", "attempt": 1 }, "hostname": "$hostname",
  "log_directory": "$WORK/logs", "linux": { "cgroup_parent": "/$NAME/$pod", $linux } }
JSON
  crictl_ runp "$@" "$WORK/pods/$pod.json"
}

# container_ POD NAME JSON COMMAND...: makes and starts a container in the pod, and prints its id. JSON is what the
# container's configuration holds besides its name, image, command and log.
container_() {
  pod=$1 name=$2 more=$3
  shift 3
  words=$(for word in "$@"; do printf '%s' "$word" | sed 's/\\/\\\\/g; s/"/\\"/g; s/^/"/; s/$/",/'; done)
  cat >"$WORK/pods/$pod-$name.json" <<JSON
{ "metadata": { "name": "$name", "attempt": 1 }, "image": { "image": "$IMAGE" }, "log_path": "$pod-$name.log",
  "command": [${words%,}] $more }
JSON
  id=$(crictl_ create --no-pull "$(pod_id "$pod")" "$WORK/pods/$pod-$name.json" "$WORK/pods/$pod.json") || return 1
  crictl_ start "$id" >/dev/null || return 1
  echo "$id"
}

pod_id() {
  crictl_ pods -q --name "^$1\$"
}

# field CONTAINER-ID GO-TEMPLATE
field() {
  crictl_ inspect -o go-template --template "{{$2}}" "$1"
}

# ended ID: whether the container has.
ended() {
  [ "$(field "$1" .status.state)" = CONTAINER_EXITED ]
}

remove_pod() {
  crictl_ stopp "$(pod_id "$1")" >/dev/null
  crictl_ rmp --force "$(pod_id "$1")" >/dev/null
}

# output_of POD NAME MORE COMMAND...: what a container that ends by itself wrote, which is removed then.
output_of() {
  container=$(container_ "$@") || return 1
  eventually ended "$container"
  crictl_ logs "$container"
  crictl_ rm "$container" >/dev/null
}

# Called after a failed case: everything but the pod and container that later cases go on with.
sweep() {
  for container in $(crictl_ ps -a -q); do [ "$container" = "$(main)" ] || crictl_ rm --force "$container"; done
  for pod in $(crictl_ pods -q); do [ "$pod" = "$(pod_id web)" ] || crictl_ rmp --force "$pod"; done
}
