#!/usr/bin/env bash
# Packs what the GPU check needs into one archive that runs where it is unpacked.
# usage: gpu_check_bundle.sh CMAKE BUILD_FOLDER ARCHIVE.tar.gz [MORE_PROGRAM...]
set -euo pipefail
cmake=$1 build=$2 archive=$3
shift 3
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
most_bytes=$((60 * 1000 * 1000))
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
bundle=$folder/gpu-check
for component in program bundled; do
  "$cmake" --install "$build" --prefix "$bundle" --strip --component "$component" >/dev/null
done
rm -rf "$bundle/share/doc/costrisk/docs" "$bundle"/share/{man,bash-completion,zsh,fish}
cp "$here/gpu_check.sh" "$bundle"
mkdir -p "$bundle/peers" "$bundle/scenarios"
cp "$root"/tests/peers/*.{py,cpp,toml} "$bundle/peers"
cp "$root"/tests/stat/scenarios/*.toml "$bundle/scenarios"
cp -r "$root/tests/stat/scenarios/traces" "$bundle/scenarios"
for program; do cp "$program" "$bundle/bin" && strip "$bundle/bin/$(basename "$program")"; done
for program in "$bundle"/bin/*; do
  ! ldd "$program" | grep -E "libtbb|libfmt|libnlopt" | grep -vF "$bundle/" ||
    { echo "$(basename "$program") does not look for its libraries beside itself"; exit 1; }
done
architectures=$(sed -n 's/^COSTRISK_GPU_ARCHITECTURES:[A-Z]*=//p' "$build/CMakeCache.txt")
case $architectures in
  *\;*) ;;
  *) echo "warning: this build is for '$architectures' alone, and the driver compiles it for any other GPU at the first start;" \
       "the preset \`package\` builds for all of them" ;;
esac
tar -C "$folder" -czf "$archive" --owner=0 --group=0 gpu-check
bytes=$(du -sb "$bundle" | cut -f1)
echo "$archive: $((bytes / 1000000)) MB unpacked, $(($(stat -c %s "$archive") / 1000000)) MB packed"
[ "$bytes" -le $most_bytes ] || { echo "that is more than $((most_bytes / 1000000)) MB"; exit 1; }
