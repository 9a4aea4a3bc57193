#!/usr/bin/env bash
# Builds, once per machine, what a Kubernetes of our own consists of, from the Go module proxy alone:
#   bin/kube   one program that is each of Kubernetes' components, by the name it is called by
#   bin/       etcd, kwok (nodes that are only said to exist), helm, the KubeRay operator; for real nodes pause and CoreDNS
#   crds/      KubeRay's definitions      stages.yaml   how kwok lets pods live
# What is there stays, so that a second run takes no time. Tests call this; a person may, to have it done beforehand.
#   build.sh [--check]     --check only says whether something is missing (exit code 3)
set -euo pipefail

kubernetes=v1.37.2
cache="${MATIH_ML_CACHE:-$HOME/.matih-ml/cache}/kubernetes"
bin="$cache/bin"
work="$cache/build"
names=(kube-apiserver kube-controller-manager kube-scheduler kubelet kube-proxy kubectl)

say() { printf '  %s\n' "$*" >&2; }
fail() {
  say "$@"
  exit 1
}

# What is not there, one word each.
missing() {
  local program
  [ -x "$bin/kube" ] && [ "$(cat "$bin/kube.version" 2>/dev/null)" = "$kubernetes" ] || printf 'kube '
  for program in etcd kwok helm kuberay-operator pause coredns; do
    [ -x "$bin/$program" ] || printf '%s ' "$program"
  done
  [ -s "$cache/stages.yaml" ] || printf 'stages '
  [ -n "$(ls "$cache/crds" 2>/dev/null)" ] || printf 'crds '
}

# The folder of a module's sources, or its go.mod.
module() { (cd "$work" && go mod download -json "$1") | sed -n "s/^\t\"${2:-Dir}\": \"\(.*\)\",*/\1/p"; }

# A main package of our own around somebody's library: name, version pins, then the program on standard input.
program() {
  local name="$1" folder="$work/$1"
  shift
  rm -rf "$folder"
  mkdir -p "$folder"
  cat >"$folder/main.go"
  (
    cd "$folder"
    [ -f "$work/$name.mod" ] && mv "$work/$name.mod" go.mod || go mod init "matih/$name"
    [ $# = 0 ] || go get "$@"
    GOFLAGS=-mod=mod go mod tidy
    # shellcheck disable=SC2086
    GOFLAGS=-mod=mod nice go build -ldflags "-s -w ${flags:-}" -o "$bin/$name.new" .
  ) >"$work/$name.log" 2>&1 || fail "$name did not build; see $work/$name.log"
  mv "$bin/$name.new" "$bin/$name"
}

# A program that its own module builds as it is.
tool() {
  (GOBIN="$work/bin" nice go install -ldflags '-s -w' "$2") >"$work/$1.log" 2>&1 ||
    fail "$1 did not build; see $work/$1.log"
  mv "$work/bin/$1" "$bin/$1"
}

kube() {
  local description name minor="${kubernetes#v1.}" flags
  # Kubernetes' parts lie in its own tree and are named by "replace", which go refuses for anybody else: name their releases.
  description="$(module "k8s.io/kubernetes@$kubernetes" GoMod)"
  {
    printf 'module matih/kube\n\ngo %s\n\nrequire k8s.io/kubernetes %s\n\nreplace (\n' \
      "$(sed -n 's/^go //p' "$description")" "$kubernetes"
    sed -n 's#^\s*\(k8s\.io/[a-z0-9-]*\) => \./staging/.*#\1#p' "$description" | sort -u | while read -r name; do
      printf '\t%s => %s v0.%s\n' "$name" "$name" "$minor"
    done
    printf ')\n'
  } >"$work/kube.mod"
  name=k8s.io/component-base/version
  flags="-X $name.gitVersion=$kubernetes -X $name.gitMajor=1 -X $name.gitMinor=${minor%%.*}"
  program kube <<'GO'
package main

import (
	"context"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"
	"k8s.io/component-base/cli"
	"k8s.io/component-base/logs"
	_ "k8s.io/component-base/logs/json/register"
	_ "k8s.io/component-base/metrics/prometheus/clientgo"
	_ "k8s.io/component-base/metrics/prometheus/version"
	kubectl "k8s.io/kubectl/pkg/cmd"
	report "k8s.io/kubectl/pkg/cmd/util"
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
	controllers "k8s.io/kubernetes/cmd/kube-controller-manager/app"
	proxy "k8s.io/kubernetes/cmd/kube-proxy/app"
	scheduler "k8s.io/kubernetes/cmd/kube-scheduler/app"
	kubelet "k8s.io/kubernetes/cmd/kubelet/app"
)

var components = map[string]func() *cobra.Command{
	"kube-apiserver":          apiserver.NewAPIServerCommand,
	"kube-controller-manager": controllers.NewControllerManagerCommand,
	"kube-scheduler":          func() *cobra.Command { return scheduler.NewSchedulerCommand() },
	"kubelet":                 func() *cobra.Command { return kubelet.NewKubeletCommand(context.Background()) },
	"kube-proxy":              proxy.NewProxyCommand,
}

func main() {
	name := filepath.Base(os.Args[0])
	if name == "kubectl" {
		_, _ = logs.GlogSetter(kubectl.GetLogVerbosity(os.Args))
		if err := cli.RunNoErrOutput(kubectl.NewDefaultKubectlCommand()); err != nil {
			report.CheckErr(err)
		}
		return
	}
	component, known := components[name]
	if !known {
		println("call this by the name of a component of Kubernetes")
		os.Exit(2)
	}
	os.Exit(cli.Run(component()))
}
GO
  for name in "${names[@]}"; do ln -sf kube "$bin/$name"; done
  printf '%s\n' "$kubernetes" >"$bin/kube.version"
}

etcd() {
  program etcd go.etcd.io/etcd/server/v3@v3.7.3 <<'GO'
package main

import (
	"os"

	"go.etcd.io/etcd/server/v3/etcdmain"
)

func main() { etcdmain.Main(os.Args) }
GO
}

# Only the plugins that the names of one cluster need.
coredns() {
  program coredns github.com/coredns/coredns@v1.14.2 <<'GO'
package main

import (
	"github.com/coredns/coredns/coremain"
	_ "github.com/coredns/coredns/plugin/bind"
	_ "github.com/coredns/coredns/plugin/errors"
	_ "github.com/coredns/coredns/plugin/kubernetes"
)

func main() { coremain.Run() }
GO
}

# The first process of every pod. The image holds nothing else, so nothing else may be needed.
pause() {
  CGO_ENABLED=0 program pause <<'GO'
package main

import (
	"os"
	"os/signal"
	"syscall"
)

func main() {
	signals := make(chan os.Signal, 16)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM, syscall.SIGCHLD)
	for got := range signals {
		if got != syscall.SIGCHLD {
			os.Exit(0)
		}
		for child := 1; child > 0; {
			child, _ = syscall.Wait4(-1, nil, syscall.WNOHANG, nil)
		}
	}
}
GO
}

kwok() { tool kwok sigs.k8s.io/kwok/cmd/kwok@v0.8.0; }
helm() { tool helm helm.sh/helm/v4/cmd/helm@v4.2.4; }

# kwok's program knows no life of a pod by itself.
stages() {
  local folder file
  folder="$(module sigs.k8s.io/kwok@v0.8.0)/kustomize/stage"
  for file in node/fast/node-initialize node/heartbeat-with-lease/node-heartbeat-with-lease \
    pod/fast/pod-ready pod/fast/pod-complete pod/fast/pod-delete; do
    printf -- '---\n'
    cat "$folder/$file.yaml"
  done >"$cache/stages.yaml"
}

# The newest that the proxy serves. It refuses the list of versions that "go install" asks for, not the module.
kuberay() { module github.com/ray-project/kuberay/ray-operator@v1.6.2; }
kuberay-operator() {
  local folder="$work/kuberay"
  rm -rf "$folder"
  cp -r "$(kuberay)" "$folder"
  chmod -R u+w "$folder"
  (cd "$folder" && nice go build -ldflags '-s -w' -o "$bin/kuberay-operator" .) >"$work/kuberay-operator.log" 2>&1 ||
    fail "kuberay-operator did not build; see $work/kuberay-operator.log"
}
crds() {
  mkdir -p "$cache/crds"
  install -m 644 "$(kuberay)"/config/crd/bases/*.yaml "$cache/crds/"
}

mkdir -p "$bin" "$work/bin"
todo="$(missing)"
[ -n "$todo" ] || exit 0
if [ "${1:-}" = --check ]; then
  say "missing in $cache: $todo"
  exit 3
fi
command -v go >/dev/null || fail "Go is needed once, to build: $todo(or copy the folder $cache from a machine that has it)"
exec 9>"$cache/lock"
flock 9
todo="$(missing)"
say "Building Kubernetes once into $cache: $todo"
case " $todo" in *" kube "*) say "The first build takes 20 to 40 minutes on two cores; later runs take none." ;; esac
for part in $todo; do
  SECONDS=0
  "$part"
  say "$part built in $SECONDS s"
done
