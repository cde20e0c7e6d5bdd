#!/usr/bin/env bash
# The program on an emulated processor of 2008, without AVX or FMA: it must run, choose the scalar backend
# and give the file that this machine gives.
# usage: old_processor.sh PROGRAM SCENARIO
set -euo pipefail
program=$1 scenario=$2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

old() { qemu-x86_64 -cpu Nehalem "$program" "$@"; }
old --version
old devices
old run "$scenario" --paths 40 --threads 1 -o "$folder/old.h5"
"$program" run "$scenario" --paths 40 --backend scalar -o "$folder/scalar.h5" >/dev/null
"$program" run "$scenario" --paths 40 -o "$folder/best.h5" >/dev/null
cmp "$folder/old.h5" "$folder/scalar.h5"
cmp "$folder/old.h5" "$folder/best.h5"

status=0
old run "$scenario" --paths 1 --backend avx512 -o "$folder/none.h5" || status=$?
[[ $status == 4 ]] || { echo "asking for AVX-512 gave exit code $status, not 4"; exit 1; }
