# shellcheck shell=bash disable=SC2154
# The real node of cluster.sh, which sources this. "outside" runs on the machine and makes namespaces; "inside" is the
# first process in them. Everything in there is a child of one process: when that is killed, nothing is left but an empty
# network namespace, empty control groups and five kernel settings, which remove_node removes and restores.

net=matih-ml-test
group=matih-ml-test
restored="vm/overcommit_memory vm/panic_on_oom kernel/panic kernel/panic_on_oops kernel/keys/root_maxkeys kernel/keys/root_maxbytes"

outside() {
  local tool setting
  [ "$(id -u)" = 0 ] || fail "A real node needs root."
  for tool in containerd runc iptables ip nsenter unshare; do
    command -v "$tool" >/dev/null || fail "A real node needs $tool: apt-get install containerd runc containernetworking-plugins iptables busybox-static"
  done
  [ -x /usr/lib/cni/bridge ] || fail "A real node needs the package containernetworking-plugins."
  [ ! -e "/run/netns/$net" ] || fail "There is a node already (network namespace $net)."
  mine=1
  for setting in $restored; do printf '%s %s\n' "$setting" "$(cat "/proc/sys/$setting")"; done >"$state/kernel"
  ip netns add "$net"
  ip link add "$net" type veth peer name eth0 netns "$net"
  ip addr add "$wire.1/24" dev "$net"
  ip link set "$net" up
  ip -n "$net" link set lo up
  ip -n "$net" addr add "$wire.2/24" dev eth0
  ip -n "$net" link set eth0 up
  # The kubelet wants a way out; the machine forwards nothing from there.
  ip -n "$net" route add default via "$wire.1"
  ip route add "$pods.0/24" via "$wire.2"
  ip route add "$services.0/24" via "$wire.2"
  start inside nsenter --net="/run/netns/$net" \
    unshare --mount --pid --fork --mount-proc --kill-child "$here/cluster.sh" inside "$state"
  await 240 "The node" test -e "$state/inside-ready"
  definitions
}

remove_node() {
  local folder left wait setting value
  [ -n "${mine:-}" ] || return 0
  for folder in "${running[@]}"; do kill -KILL "$folder" 2>/dev/null || true; done
  ip netns delete "$net" 2>/dev/null || true
  ip link delete "$net" 2>/dev/null || true
  # The kernel takes a moment to leave the groups of what was killed.
  for ((wait = 0; wait < 100; wait++)); do
    left=
    for folder in /sys/fs/cgroup/*/"$group"; do
      [ -d "$folder" ] || continue
      find "$folder" -depth -type d -exec rmdir {} \; 2>/dev/null || true
      [ ! -d "$folder" ] || left=1
    done
    [ -n "$left" ] || break
    sleep 0.1
  done
  while read -r setting value; do
    printf '%s' "$value" >"/proc/sys/$setting" 2>/dev/null || true
  done <"$state/kernel"
  rm -rf "$state/containerd" "$state/kubelet" "$state/etcd" "$state/volumes"
}

# Private copies of the places that containerd and the kubelet insist on.
places() {
  local place
  mount --make-rprivate /
  mount -t tmpfs -o mode=755 tmpfs /run
  mkdir -p /run/lock
  for place in /var/lib/containerd:containerd /var/lib/kubelet:kubelet /var/log/pods:pod-logs /var/log/containers:container-logs \
    /etc/cni/net.d:network /var/lib/cni:addresses; do
    mkdir -p "${place%%:*}" "$state/${place##*:}"
    mount --bind "$state/${place##*:}" "${place%%:*}"
  done
  mount --make-rshared /
  echo 1 >/proc/sys/net/ipv4/ip_forward
}

runtime() {
  cat >/etc/cni/net.d/10-bridge.conflist <<JSON
{"cniVersion": "0.4.0", "name": "pods", "plugins": [
  {"type": "bridge", "bridge": "cni0", "isGateway": true, "ipMasq": false, "hairpinMode": true,
   "ipam": {"type": "host-local", "ranges": [[{"subnet": "$pods.0/24"}]], "routes": [{"dst": "0.0.0.0/0"}]}},
  {"type": "portmap", "capabilities": {"portMappings": true}}]}
JSON
  cat >"$conf/containerd.toml" <<TOML
version = 2
root = "/var/lib/containerd"
state = "/run/containerd"
oom_score = 0
[grpc]
  address = "$state/c.sock"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "local/pause:1"
  restrict_oom_score_adj = true
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "overlayfs"
    default_runtime_name = "runc"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "/etc/cni/net.d"
TOML
  start containerd containerd --config "$conf/containerd.toml"
  export CONTAINERD_ADDRESS="$state/c.sock" CONTAINERD_NAMESPACE=k8s.io
  await 60 containerd ctr version
  "$here/image.sh" local/pause:1 "$state/pause.tar" "/pause" "$cache/bin/pause:/pause"
  local image
  for image in "$state/pause.tar" "$cache"/images/*.tar; do
    [ -e "$image" ] || continue
    ctr images import "$image" >>"$log/images" 2>&1 || fail "$image cannot be imported; see $log/images"
  done
}

groups() {
  local controller
  for controller in /sys/fs/cgroup/*/; do
    if [ -e "$controller/tasks" ]; then mkdir -p "$controller/$group"; fi
  done
  if [ -d "/sys/fs/cgroup/cpuset/$group" ]; then
    cat /sys/fs/cgroup/cpuset/cpuset.cpus >"/sys/fs/cgroup/cpuset/$group/cpuset.cpus"
    cat /sys/fs/cgroup/cpuset/cpuset.mems >"/sys/fs/cgroup/cpuset/$group/cpuset.mems"
  fi
  # Else all pods together would weigh as much as one busy process of the machine, and Ray gives up after 30 s.
  if [ -w "/sys/fs/cgroup/cpu/$group/cpu.shares" ]; then echo 8192 >"/sys/fs/cgroup/cpu/$group/cpu.shares"; fi
}

the_kubelet() {
  # Nobody may be asked for names outside of the cluster.
  printf 'search cluster.local\n' >"$conf/resolv.conf"
  cat >"$conf/kubelet.yaml" <<YAML
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
failCgroupV1: false
failSwapOn: false
cgroupDriver: cgroupfs
cgroupRoot: /$group
containerRuntimeEndpoint: unix://$state/c.sock
address: $address
port: 10250
healthzBindAddress: 127.0.0.1
healthzPort: $((port + 5))
authentication: {anonymous: {enabled: false}, webhook: {enabled: true}, x509: {clientCAFile: $pki/ca.crt}}
authorization: {mode: Webhook}
tlsCertFile: $pki/kubelet.crt
tlsPrivateKeyFile: $pki/kubelet.key
clusterDomain: cluster.local
clusterDNS: ["$address"]
resolvConf: $conf/resolv.conf
oomScoreAdj: 0
evictionHard: {memory.available: 100Mi, nodefs.available: 1%, imagefs.available: 1%}
imageGCHighThresholdPercent: 100
maxPods: 60
nodeStatusUpdateFrequency: 5s
# Makes settings of the kernel that a container may not write a line in the log instead of the end.
featureGates: {KubeletInUserNamespace: true}
YAML
  start kubelet kubelet --config "$conf/kubelet.yaml" --kubeconfig "$conf/kubelet" \
    --hostname-override "$node" --node-ip "$address" --root-dir /var/lib/kubelet
}

service_addresses() {
  cat >"$conf/proxy.yaml" <<YAML
apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
mode: iptables
clientConnection: {kubeconfig: $conf/proxy}
clusterCIDR: $pods.0/24
hostnameOverride: $node
bindAddress: $address
healthzBindAddress: 127.0.0.1:10256
metricsBindAddress: 127.0.0.1:10249
# Belong to the machine, not to a network namespace.
conntrack: {maxPerCore: 0, min: 0, tcpEstablishedTimeout: 0s, tcpCloseWaitTimeout: 0s}
YAML
  kubectl create clusterrolebinding own-proxy --clusterrole=system:node-proxier --user=system:kube-proxy >/dev/null
  start proxy kube-proxy --config "$conf/proxy.yaml"
}

names() {
  kubectl create clusterrole own-names --verb=list,watch \
    --resource=services,pods,namespaces,endpoints,endpointslices.discovery.k8s.io >/dev/null
  kubectl create clusterrolebinding own-names --clusterrole=own-names --user=system:names >/dev/null
  cat >"$conf/Corefile" <<CORE
.:53 {
  bind $address
  errors
  kubernetes cluster.local {
    kubeconfig $conf/names
  }
}
CORE
  start names coredns -conf "$conf/Corefile"
}

inside() {
  places
  runtime
  groups
  control_plane lease
  the_kubelet
  service_addresses
  names
  await 180 "A Ready node" kubectl wait --for=condition=Ready "node/$node" --timeout=1s
  touch "$state/inside-ready"
  while :; do sleep 3600 & wait $! || true; done
}
