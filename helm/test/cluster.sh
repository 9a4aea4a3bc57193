#!/usr/bin/env bash
# A Kubernetes of our own, from the programs of build.sh, that lives as long as this script's standard input stays open
# (at most two hours), so that it ends with whoever started it, however that ends.
#   cluster.sh api FOLDER    API server, controllers, scheduler; three nodes that are only said to exist, one with 4 GPUs
#   cluster.sh node FOLDER   the same with one real node in namespaces of its own, where pods really run (needs root)
# FOLDER/kubeconfig and then FOLDER/ready appear when it is there; FOLDER/log has what its programs say. By hand:
#   helm/test/cluster.sh api /tmp/k    and elsewhere    KUBECONFIG=/tmp/k/kubeconfig kubectl get nodes;    Ctrl-D ends it
set -euo pipefail

here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)"
level="${1:?api or node}"
state="$(mkdir -p "${2:?a folder}" && cd "$2" && pwd -P)"
cache="${MATIH_ML_CACHE:-$HOME/.matih-ml/cache}/kubernetes"
export PATH="$cache/bin:$PATH" KUBECONFIG="$state/kubeconfig"
pki="$state/pki"
conf="$state/conf"
log="$state/log"
mkdir -p "$pki" "$conf" "$log"

# The real node has its own network: a wire with .1 here and .2 there, and what it hands to pods and services.
wire=10.213.0
pods=10.214.0
services=10.215.0
node=real-0

say() { printf '  %s\n' "$*" >&2; }
fail() {
  say "$@"
  exit 1
}

# Seven ports in a row that nobody listens on.
free_ports() {
  local first port
  for ((first = 26440; first < 28000; first += 10)); do
    for ((port = first; port < first + 7; port++)); do
      if (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then continue 2; fi
    done
    printf '%s' "$first"
    return
  done
  fail "no free ports between 26440 and 28000"
}

running=()
# A program in a session of its own, so that Ctrl-C is ours alone: name, command.
start() {
  local name="$1"
  shift
  setsid "$@" >"$log/$name" 2>&1 </dev/null &
  running+=($!)
  disown
}

# Seconds, what is waited for, a command that succeeds then.
await() {
  local until=$((SECONDS + $1)) what="$2"
  shift 2
  until "$@" >/dev/null 2>&1; do
    [ "$SECONDS" -lt "$until" ] || fail "$what is not there; see $log"
    sleep 0.2
  done
}

# The reverse of the order they were started in; who does not go is killed.
stop_all() {
  local index pid wait
  for ((index = ${#running[@]} - 1; index >= 0; index--)); do
    pid="${running[index]}"
    kill -TERM "$pid" 2>/dev/null || continue
    for ((wait = 0; wait < 50; wait++)); do
      kill -0 "$pid" 2>/dev/null || break
      sleep 0.1
    done
    kill -KILL "$pid" 2>/dev/null || true
  done
  running=()
}
# Keys and data go with it; what was said stays to be read.
forget() { rm -rf "$pki" "$conf" "$state/etcd" "$state/kubeconfig" "$state/ready" "$state/inside-ready"; }

certificate() { # name, subject, alternative names, usage
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "$2" \
    -keyout "$pki/$1.key" -out "$pki/$1.csr" 2>/dev/null
  openssl x509 -req -in "$pki/$1.csr" -CA "$pki/ca.crt" -CAkey "$pki/ca.key" -CAcreateserial -days 2 -out "$pki/$1.crt" \
    -extfile <(printf 'extendedKeyUsage=%s\n%s' "$4" "${3:+subjectAltName=$3}") 2>/dev/null
}

# Everybody who asks the API server has a token of their own, so that rights are really looked at.
account() { # name, user, group, where the kubeconfig goes
  local token
  token="$(openssl rand -hex 16)"
  printf '%s,%s,%s,"%s"\n' "$token" "$2" "$1" "$3" >>"$pki/tokens.csv"
  cat >"$4" <<YAML
apiVersion: v1
kind: Config
current-context: own
contexts: [{name: own, context: {cluster: own, user: $1}}]
clusters: [{name: own, cluster: {server: "https://$address:$port", certificate-authority-data: $(base64 -w0 "$pki/ca.crt")}}]
users: [{name: $1, user: {token: $token}}]
YAML
}

identities() {
  umask 077
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=own-kubernetes \
    -keyout "$pki/ca.key" -out "$pki/ca.crt" 2>/dev/null
  certificate apiserver /CN=kube-apiserver "DNS:localhost,DNS:kubernetes,DNS:kubernetes.default,DNS:kubernetes.default.svc,IP:127.0.0.1,IP:$wire.2,IP:$services.1" serverAuth
  certificate to-kubelet /O=system:masters/CN=apiserver-to-kubelet "" clientAuth
  certificate front /CN=front-proxy "" clientAuth
  certificate kubelet "/O=system:nodes/CN=system:node:$node" "DNS:$node,IP:$wire.2" serverAuth,clientAuth
  openssl genrsa -out "$pki/accounts.key" 2048 2>/dev/null
  openssl rsa -in "$pki/accounts.key" -pubout -out "$pki/accounts.pub" 2>/dev/null
  account admin admin system:masters "$state/kubeconfig"
  account controllers system:kube-controller-manager "" "$conf/controllers"
  account scheduler system:kube-scheduler "" "$conf/scheduler"
  account kwok kwok system:masters "$conf/kwok"
  account kubelet "system:node:$node" system:nodes "$conf/kubelet"
  account proxy system:kube-proxy system:node-proxier "$conf/proxy"
  account names system:names "" "$conf/names"
  umask 022
}

control_plane() {
  local etcd="http://127.0.0.1:$((port + 1))" peer="http://127.0.0.1:$((port + 2))"
  start etcd etcd --name own --data-dir "$state/etcd" --unsafe-no-fsync --log-level warn \
    --listen-client-urls "$etcd" --advertise-client-urls "$etcd" \
    --listen-peer-urls "$peer" --initial-advertise-peer-urls "$peer" --initial-cluster "own=$peer"
  start apiserver kube-apiserver --etcd-servers "$etcd" --shutdown-send-retry-after=false \
    --bind-address "$address" --advertise-address "$address" --secure-port "$port" --endpoint-reconciler-type "$1" \
    --tls-cert-file "$pki/apiserver.crt" --tls-private-key-file "$pki/apiserver.key" --client-ca-file "$pki/ca.crt" \
    --requestheader-client-ca-file "$pki/ca.crt" --requestheader-allowed-names front-proxy \
    --requestheader-username-headers X-Remote-User --requestheader-group-headers X-Remote-Group \
    --requestheader-extra-headers-prefix X-Remote-Extra- \
    --proxy-client-cert-file "$pki/front.crt" --proxy-client-key-file "$pki/front.key" \
    --token-auth-file "$pki/tokens.csv" --authorization-mode Node,RBAC --enable-admission-plugins NodeRestriction \
    --service-account-issuer https://kubernetes.default.svc --service-account-key-file "$pki/accounts.pub" \
    --service-account-signing-key-file "$pki/accounts.key" --service-cluster-ip-range "$services.0/24" \
    --kubelet-client-certificate "$pki/to-kubelet.crt" --kubelet-client-key "$pki/to-kubelet.key" \
    --kubelet-certificate-authority "$pki/ca.crt" --kubelet-preferred-address-types InternalIP \
    --allow-privileged --profiling=false
  await 180 "The API server" kubectl get --raw /readyz
  start controllers kube-controller-manager --kubeconfig "$conf/controllers" \
    --authentication-kubeconfig "$conf/controllers" --authorization-kubeconfig "$conf/controllers" \
    --bind-address 127.0.0.1 --secure-port $((port + 3)) --leader-elect=false --profiling=false \
    --use-service-account-credentials --service-account-private-key-file "$pki/accounts.key" --root-ca-file "$pki/ca.crt" \
    --cluster-signing-cert-file "$pki/ca.crt" --cluster-signing-key-file "$pki/ca.key" --allocate-node-cidrs=false
  start scheduler kube-scheduler --kubeconfig "$conf/scheduler" \
    --authentication-kubeconfig "$conf/scheduler" --authorization-kubeconfig "$conf/scheduler" \
    --bind-address 127.0.0.1 --secure-port $((port + 4)) --leader-elect=false --profiling=false
  await 90 "The controllers' first account" kubectl -n default get serviceaccount default
}

# A node that kwok plays: name, zone, resources and labels beyond the usual, taints.
said_node() {
  kubectl apply -f - >/dev/null <<YAML
apiVersion: v1
kind: Node
metadata:
  name: $1
  annotations: {kwok.x-k8s.io/node: fake}
  labels: {type: kwok, kubernetes.io/os: linux, kubernetes.io/arch: amd64, kubernetes.io/hostname: $1, topology.kubernetes.io/zone: $2${4:-}}
spec: {taints: [${5:-}]}
status:
  capacity: {cpu: "32", memory: 128Gi, ephemeral-storage: 1Ti, pods: "110"${3:-}}
  allocatable: {cpu: "32", memory: 128Gi, ephemeral-storage: 1Ti, pods: "110"${3:-}}
YAML
}

said_nodes() {
  start kwok kwok --kubeconfig "$conf/kwok" --config "$cache/stages.yaml" --cidr 10.216.0.0/16 --node-ip 127.0.0.1 \
    --manage-nodes-with-label-selector type=kwok --node-lease-duration-seconds 40
  said_node cpu-0 zone-a
  said_node cpu-1 zone-b
  said_node gpu-0 zone-a ', nvidia.com/gpu: "4"' ', nvidia.com/gpu.present: "true"' \
    '{key: nvidia.com/gpu, value: present, effect: NoSchedule}'
  await 60 "Ready nodes" kubectl wait --for=condition=Ready node/cpu-0 node/cpu-1 node/gpu-0 --timeout=1s
}

definitions() {
  kubectl apply --server-side -f "$cache/crds" >/dev/null
  kubectl wait --for=condition=Established crd --all --timeout=90s >/dev/null
}

if [ "$level" = inside ]; then
  address="$wire.2" port=26440
  # shellcheck source=node.sh
  . "$here/node.sh"
  inside
  exit
fi
forget
mkdir -p "$pki" "$conf"
trap 'exit 130' INT TERM HUP
case "$level" in
  api)
    trap 'stop_all; forget' EXIT
    address=127.0.0.1 port="$(free_ports)"
    identities
    control_plane none
    said_nodes
    definitions
    ;;
  node)
    address="$wire.2" port=26440
    # shellcheck source=node.sh
    . "$here/node.sh"
    trap 'remove_node; forget' EXIT
    identities
    outside
    ;;
  *) fail "api or node, not $level" ;;
esac
touch "$state/ready"
# Until standard input ends. A read in the background would not see it, a cat would not see signals.
read -r -t 7200 _ || true
