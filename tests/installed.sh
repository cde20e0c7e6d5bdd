#!/usr/bin/env bash
# The program as installed elsewhere: it runs from there, with the libraries that came along.
# usage: installed.sh CMAKE BUILD_FOLDER
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"$1" --install "$2" --prefix "$folder/first" >/dev/null
mv "$folder/first" "$folder/moved"
program=$folder/moved/bin/costrisk
"$program" run "$folder/moved/share/costrisk/configs/quickstart.toml" --paths 20 --quiet -o "$folder/out.h5"
ldd "$program" | grep -F libtbb >/dev/null || { ldd "$program"; echo "TBB is to be a library of its own"; exit 1; }
! ldd "$program" | grep -E "libtbb|libfmt|libnlopt" | grep -vF "$folder/moved" || { echo "that is not the one that came along"; exit 1; }
! ldd "$program" | grep -E "hdf5|sz|aec|libz|libmd" || { echo "HDF5 and its filters are to be static"; exit 1; }
for file in LICENSE NOTICE THIRD_PARTY.md; do test -s "$folder/moved/share/doc/costrisk/$file"; done
