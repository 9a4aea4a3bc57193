#!/usr/bin/env bash
# An image from files, without a builder and without a registry: one layer, written with tar and sha256sum.
#   image.sh REFERENCE OUT.tar "ENTRY POINT" FROM:TO...     a folder FROM is taken with all that is in it
# IMAGE_ENV="A=b C=d", IMAGE_USER=10001 and IMAGE_FOLDER=/app say what a Dockerfile says by ENV, USER and WORKDIR.
set -euo pipefail

reference="$1" out="$2" entry="$3"
shift 3
work="$(mktemp -d "$out.XXXXXX")"
trap 'rm -rf "$work"' EXIT
layer="$work/layer.tar"
tar -cf "$layer" -T /dev/null
for pair in "$@"; do
  from="${pair%%:*}" to="${pair#*:}"
  to="${to#/}"
  if [ -d "$from" ]; then
    tar -rf "$layer" -C "$from" --numeric-owner --owner=0 --group=0 ${to:+--transform "s,^\./,$to/,;s,^\.\$,$to,"} .
  else
    tar -rf "$layer" -C "$(dirname "$from")" --dereference --numeric-owner --owner=0 --group=0 \
      --transform "s,^.*\$,$to," "$(basename "$from")"
  fi
done
quoted() {
  local word words=""
  for word in "$@"; do words="$words${words:+,}\"$word\""; done
  printf '[%s]' "$words"
}
# shellcheck disable=SC2086
printf '{"architecture":"amd64","os":"linux","config":{"User":"%s","WorkingDir":"%s","Env":%s,"Entrypoint":%s},"rootfs":{"type":"layers","diff_ids":["sha256:%s"]}}' \
  "${IMAGE_USER:-}" "${IMAGE_FOLDER:-/}" "$(quoted PATH=/opt/matih/python/bin:/usr/local/bin:/usr/bin:/bin ${IMAGE_ENV:-})" \
  "$(quoted $entry)" "$(sha256sum "$layer" | cut -d' ' -f1)" >"$work/config.json"
printf '[{"Config":"config.json","RepoTags":["%s"],"Layers":["layer.tar"]}]' "$reference" >"$work/manifest.json"
tar -C "$work" -cf "$out.new" manifest.json config.json layer.tar
mv "$out.new" "$out"
