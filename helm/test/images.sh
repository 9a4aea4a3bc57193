#!/usr/bin/env bash
# Builds, as root and without a registry, every image that values-dev.yaml names, by the names that the chart gives them:
# ours by their own Dockerfiles, the engines by engines.Dockerfile, all on a Debian from its package archive.
# They end up in images/suite.tar of the cache folder, where cluster.sh finds them. Unchanged layers are not built again.
#   images.sh [--check]     --check only says whether they, and a node to run them on, can be had here (exit code 3)
# Needs apt-get install buildah mmdebstrap, Go, a JDK 25 in JAVA_HOME, and ./ml up once (its PostgreSQL is used here too).
set -euo pipefail

here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)"
root="$(cd "$here/../.." && pwd -P)"
cache="${MATIH_ML_CACHE:-$HOME/.matih-ml/cache}"
store="$cache/kubernetes/containers"
work="$cache/kubernetes/build/images"
# No tags of versions are published in Go's sense: this is RELEASE.2025-10-15 and what came after it.
minio=v0.0.0-20260212201848-7aac2a2c5b7c
version="$(sed -n 's/^appVersion: *"\{0,1\}\([^"]*\)"\{0,1\}$/\1/p' "$root/helm/matih-ml/Chart.yaml")"

say() { printf '  %s\n' "$*" >&2; }
fail() {
  say "$@"
  exit 1
}
quietly() { # what is done, a command whose words are only wanted if it fails
  local what="$1"
  shift
  say "$what"
  "$@" >"$work/log" 2>&1 || {
    tail -n 30 "$work/log" >&2
    fail "$what: failed; all of it is in $work/log"
  }
}

# buildah keeps what it has unpacked in the cache folder; the kernel needs no namespaces for a "chroot".
containers() {
  TMPDIR="$work" buildah --root "$store/root" --runroot "$store/run" --storage-opt overlay.skip_mount_home=true "$@"
}
there() { containers inspect --type image "$1" >/dev/null 2>&1; }
build() { # image, Dockerfile, further arguments
  local image="$1" file="$2"
  shift 2
  # The only flag of RUN that Debian 12's buildah knows is --mount. The cache is trained with a network here.
  sed 's/--network=none //' "$file" >"$work/Dockerfile"
  quietly "Image $image" containers build --isolation chroot --layers --file "$work/Dockerfile" --tag "$image" "$@"
}

setting() { sed -n "/^$1:/,/^[a-z]/s/^ *$2: *\"\{0,1\}\([^\"]*\)\"\{0,1\}\$/\1/p" "$root/helm/matih-ml/values.yaml" | head -n 1; }

bases() {
  local container folder
  there localhost/debian:12 && there localhost/jdk:25 && return
  quietly "Debian, from its archive" mmdebstrap --variant=minbase --include=ca-certificates,python3,python3-venv \
    bookworm "$work/debian.tar"
  container="$(containers from scratch)"
  quietly "Image localhost/debian:12" containers add "$container" "$work/debian.tar" /
  rm "$work/debian.tar"
  containers run --isolation chroot "$container" -- ln -s python3 /usr/bin/python
  # Whom this machine trusts, the builds trust: there may be a cache of packages between them and their archives.
  containers copy "$container" /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ >/dev/null
  containers config --env PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin "$container"
  containers commit "$container" localhost/debian:12 >/dev/null 2>&1
  folder="$work/jdk"
  rm -rf "$folder"
  cp -a "$JAVA_HOME" "$folder"
  rm -f "$folder/lib/security/cacerts" "$folder/lib/src.zip"
  cp -L "$JAVA_HOME/lib/security/cacerts" "$folder/lib/security/"
  containers copy "$container" "$folder" /opt/java/openjdk >/dev/null
  rm -rf "$folder"
  containers config --env PATH=/opt/java/openjdk/bin:/usr/local/bin:/usr/bin:/bin --env JAVA_HOME=/opt/java/openjdk "$container"
  containers commit "$container" localhost/jdk:25 >/dev/null 2>&1
  containers rm "$container" >/dev/null
}

engines() {
  local folder="$work/engines" postgresql
  [ -x "$cache/kubernetes/bin/minio" ] ||
    GOBIN="$cache/kubernetes/bin" quietly "MinIO, from Go's module proxy" nice go install -ldflags '-s -w' "github.com/minio/minio@$minio"
  postgresql="$cache/postgresql-$(setting postgresql tag)"
  [ -x "$postgresql/bin/postgres" ] || fail "There is no $postgresql: ./ml up brings it."
  rm -rf "$folder"
  mkdir -p "$folder"
  cp -a "$postgresql" "$folder/postgresql"
  cp "$cache/kubernetes/bin/minio" "$here/postgresql.sh" "$folder/"
  build "docker.io/library/$(setting postgresql repository):$(setting postgresql tag)" "$here/engines.Dockerfile" \
    --build-arg BASE_DEBIAN=localhost/debian:12 --target postgresql "$folder"
  build "$(setting objectStore registry | head -n 1)/$(setting objectStore repository):$(setting objectStore tag)" "$here/engines.Dockerfile" \
    --build-arg BASE_DEBIAN=localhost/debian:12 --target minio "$folder"
  rm -rf "$folder"
}

ours() {
  local name context="$work/context"
  # Of one state, whatever happens to the sources meanwhile.
  rm -rf "$context"
  mkdir -p "$context"
  tar -C "$root" --exclude=target --exclude=.git -cf - . | tar -C "$context" -xf -
  for name in ml-api training-orchestrator model-registry-gateway feature-gateway serving-router; do
    build "docker.io/matih-ml/$name:$version" "$context/docker/service.Dockerfile" \
      --build-arg BASE_JDK=localhost/jdk:25 --build-arg BASE_JRE=localhost/jdk:25 --build-arg "SERVICE=$name" "$context"
  done
  for name in ray mlflow feast; do
    build "docker.io/matih-ml/$name:$version" "$context/docker/python.Dockerfile" \
      --build-arg BASE_PYTHON=localhost/debian:12 --target "$name" "$context"
  done
  rm -rf "$context"
}

# One archive in which images share their layers.
archive() {
  local images image out="$cache/kubernetes/images" list
  list="$(containers images --format '{{.Name}}:{{.Tag}} {{.ID}}' | grep -v -e '^localhost/' -e '^<none>' | sort)"
  [ "$list" != "$(cat "$out/suite.list" 2>/dev/null)" ] || return 0
  mkdir -p "$out"
  rm -rf "$work/archive"
  images="$(cut -d' ' -f1 <<<"$list")"
  for image in $images; do
    quietly "Keeping $image" containers push --disable-compression "$image" "oci:$work/archive:$image"
  done
  # What buildah calls a reference, containerd calls a name.
  sed -i 's,"org.opencontainers.image.ref.name","io.containerd.image.name",g' "$work/archive/index.json"
  tar -C "$work/archive" -cf "$out/suite.tar.new" .
  rm -rf "$work/archive"
  mv "$out/suite.tar.new" "$out/suite.tar"
  printf '%s\n' "$list" >"$out/suite.list"
}

# What a machine lacks for images and for the real node of cluster.sh, in words.
lacking() {
  local tool
  [ "$(id -u)" = 0 ] || say "A real node needs root."
  for tool in buildah mmdebstrap containerd runc iptables; do
    command -v "$tool" >/dev/null || say "A real node needs $tool: apt-get install buildah mmdebstrap containerd runc containernetworking-plugins iptables"
  done
  [ -x /usr/lib/cni/bridge ] || say "A real node needs the package containernetworking-plugins."
  command -v go >/dev/null || say "Building MinIO needs Go 1.26 or newer."
}

lacks="$(lacking 2>&1)"
if [ -n "$lacks" ]; then
  printf '%s\n' "$lacks" >&2
  exit 3
fi
[ "${1:-}" != --check ] || exit 0
mkdir -p "$store" "$work"
# What a build left that was broken off.
containers rm --all >/dev/null 2>&1 || true
bases
engines
ours
archive
