#!/bin/bash
# A copy of a rung climbs with its own costs, and one that leaves steps out is found out.
# usage: BUILD=FOLDER climb_test.sh
set -eu
here=$(cd "$(dirname "$0")" && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
for rung in 03_counter_based 04_fused; do
  cp "$here/../../../kernels/ladder/$rung.cpp" "$folder/mine.cpp"
  "$here/climb.sh" "$folder/mine.cpp" -- --paths 64 --repetitions 1 --predict 1 | grep 'bit for bit'
done
sed 's/tile + tile_steps; first += 4/tile + tile_steps - 4; first += 4/' "$folder/mine.cpp" > "$folder/wrong.cpp"
! cmp -s "$folder/mine.cpp" "$folder/wrong.cpp"
status=0
"$here/climb.sh" "$folder/wrong.cpp" -- --paths 64 --repetitions 1 > "$folder/said" || status=$?
grep DIFFERS "$folder/said"
[ "$status" -eq 1 ] || { echo "exit code $status, not 1"; exit 1; }
echo 'int x;' > "$folder/none.cpp"
status=0
"$here/climb.sh" "$folder/none.cpp" 2> /dev/null || status=$?
[ "$status" -eq 2 ] || { echo "exit code $status, not 2"; exit 1; }
