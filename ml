#!/usr/bin/env bash
# The one command people type: finds JDK 25, builds what is missing or older than its sources, and runs it.
# ./ml help lists the commands.
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)"
services=(ml-api training-orchestrator model-registry-gateway feature-gateway serving-router)
commands=" up demo status logs key secrets test bench verify-bundle down reset help supervise "
command="help"
for word in "$@"; do
  case "$commands" in
    *" $word "*)
      command="$word"
      break
      ;;
  esac
done

fail() {
  printf '%s\n' "$@" >&2
  exit 1
}

# The major version of a Java home, or nothing when there is none.
java_version() {
  [ -x "$1/bin/javac" ] || return 0
  if [ -r "$1/release" ]; then
    sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release"
  else
    "$1/bin/javac" -version 2>&1 | sed -n 's/^javac \([0-9]*\).*/\1/p'
  fi
}

# A JDK 25 or newer may lie beside an older default; the oldest suitable one wins, since it is the one we test with.
find_java() {
  local candidates=() candidate version best="" best_version=1000 on_path
  candidates+=("${JAVA_HOME:-}" "${JDK_HOME:-}" "${JAVA_HOME_25:-}" "${JAVA_HOME_25_X64:-}")
  if on_path="$(command -v javac)"; then
    while [ -L "$on_path" ]; do
      local target
      target="$(readlink "$on_path")"
      case "$target" in /*) on_path="$target" ;; *) on_path="$(dirname "$on_path")/$target" ;; esac
    done
    candidates+=("$(dirname "$(dirname "$on_path")")")
  fi
  if [ -x /usr/libexec/java_home ]; then
    candidates+=("$(/usr/libexec/java_home -v 25+ 2>/dev/null || true)")
  fi
  candidates+=(/usr/lib/jvm/* /usr/java/* /opt/java/* /opt/jdk* /Library/Java/JavaVirtualMachines/*/Contents/Home)
  candidates+=("$HOME"/.sdkman/candidates/java/* "$HOME"/.jdks/* "$HOME"/.local/share/mise/installs/java/*)
  candidates+=(/opt/homebrew/opt/openjdk@25/libexec/openjdk.jdk/Contents/Home)
  for candidate in "${candidates[@]}"; do
    [ -n "$candidate" ] || continue
    version="$(java_version "$candidate")"
    if [ -n "$version" ] && [ "$version" -ge 25 ] && [ "$version" -lt "$best_version" ]; then
      best="$candidate"
      best_version="$version"
    fi
  done
  [ -n "$best" ] || fail \
    "No JDK 25 was found." \
    "Install one (https://adoptium.net, 'sdk install java 25-tem', 'apt install temurin-25-jdk') or set JAVA_HOME to it."
  printf '%s' "$best"
}

# True when a module's jar is missing or older than what it is made from. Builds are reproducible, down to the date of
# the jar: its change time is the one that tells.
stale() {
  local shared jar="$root/$1/target/$1.jar" inputs=("$root/pom.xml" "$root/$1/pom.xml" "$root/$1/src/main")
  [ -f "$root/$1/pom.xml" ] || return 1
  [ -f "$jar" ] || return 0
  case "$1" in
    local-platform) inputs+=("$root/local-platform/python" "$root/evidence-verifier/pom.xml" "$root/evidence-verifier/src/main") ;;
    *)
      for shared in common model-bundle; do
        [ -d "$root/$shared/src/main" ] && inputs+=("$root/$shared/pom.xml" "$root/$shared/src/main")
      done
      ;;
  esac
  [ -n "$(find "${inputs[@]}" -type f -newermc "$jar" -not -path '*/__pycache__/*' -print -quit 2>/dev/null)" ]
}

# Builds the given modules with what they need; shows which one it is at, and the errors when it fails.
build() {
  local log="$root/target/ml-build.log" modules
  modules="$(IFS=,; printf '%s' "$*")"
  mkdir -p "$root/target"
  printf 'Building %s (log: %s)\n' "${modules//,/, }" "$log" >&2
  if ! "$root/mvnw" -B -ntp -f "$root/pom.xml" -DskipTests -Dspotless.check.skip=true \
    --projects "$modules" --also-make package 2>&1 | tee "$log" |
    awk '/^\[INFO\] Building .*\[[0-9]+\/[0-9]+\]/ { sub(/^\[INFO\] Building /, "  "); print; fflush() }' >&2; then
    grep -E '^\[ERROR\]' "$log" | head -30 >&2 || tail -30 "$log" >&2
    fail "The build failed; the whole log: $log"
  fi
  # Maven leaves a jar alone whose content did not change; its age must not ask for the same again.
  local module
  for module in "$@"; do
    touch "$root/$module/target/$module.jar"
  done
}

# A running command must not lose its jars to a build that it starts itself: it runs from a copy.
copy_program() {
  local from="$root/local-platform/target" to="$root/local-platform/target/cli" file name
  mkdir -p "$to/lib"
  for file in "$from"/local-platform.jar "$from"/lib/*.jar; do
    name="${file#"$from"/}"
    if [ ! -f "$to/$name" ] || [ "$file" -nt "$to/$name" ]; then
      cp -p "$file" "$to/$name.new.$$"
      mv "$to/$name.new.$$" "$to/$name"
    fi
  done
}

JAVA_HOME="$(find_java)"
export JAVA_HOME
export PATH="$JAVA_HOME/bin:$PATH"

wanted=(local-platform)
case "$command" in
  up | bench | demo) wanted+=("${services[@]}") ;;
esac
case "$command" in
  demo) wanted+=(acceptance) ;;
  bench) case " $* " in *" startup "*) ;; *) wanted+=(benchmarks) ;; esac ;;
esac
missing=()
for module in "${wanted[@]}"; do
  if stale "$module"; then
    missing+=("$module")
  fi
done
if [ "${#missing[@]}" -gt 0 ] && [ -z "${MATIH_ML_NO_BUILD:-}" ]; then
  build "${missing[@]}"
fi
copy_program

# Java asks the password file for the home folder; people and tests set HOME.
exec "$JAVA_HOME/bin/java" -Xmx128m -Xss512k -XX:+UseSerialGC -Dmatih.root="$root" -Duser.home="$HOME" \
  -XX:TieredStopAtLevel=1 -cp "$root/local-platform/target/cli/local-platform.jar" ai.matih.ml.local.command.Ml "$@"
