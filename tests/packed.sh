#!/usr/bin/env bash
# Every program and library of an installation, and of each package that cpack makes here, by check_elf.py.
# usage: packed.sh CMAKE BUILD_FOLDER PYTHON --own NAME...
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
check=$(dirname "${BASH_SOURCE[0]}")/check_elf.py
cpack=$(dirname "$(command -v "$1")")/cpack

"$1" --install "$2" --prefix "$folder/installed" >/dev/null
(cd "$2" && "$cpack" --config CPackConfig.cmake -B "$folder/packages" >/dev/null)
mkdir "$folder/unpacked"
for package in "$folder"/packages/*.tar.gz "$folder"/packages/*.deb; do
  [[ -e $package ]] || continue
  place=$folder/unpacked/$(basename "$package")
  mkdir "$place"
  case $package in
    *.tar.gz) tar -xzf "$package" -C "$place" ;;
    *.deb) dpkg-deb -x "$package" "$place" ;;
  esac
done
"$3" "$check" "${@:4}" "$folder/installed" "$folder/unpacked"
while IFS= read -r program; do "$3" "$check" --hijack "$program"; done < <(find "$folder/installed" "$folder/unpacked" -path '*/bin/costrisk' -type f)
