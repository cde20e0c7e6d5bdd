#!/usr/bin/env bash
# Everything public is documented: Doxygen finds nothing to warn of in include/. Exits with 77 where it is not installed.
# usage: doxygen.sh ROOT
set -euo pipefail
command -v doxygen >/dev/null || { echo "doxygen is not here (Debian: doxygen)"; exit 77; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
check() {
  (cd "$folder" && doxygen -) >/dev/null <<TEXT
INPUT = $1/costrisk
STRIP_FROM_PATH = $1
OUTPUT_DIRECTORY = $folder/out
GENERATE_HTML = NO
GENERATE_LATEX = NO
GENERATE_XML = YES
EXTRACT_ALL = NO
WARN_IF_UNDOCUMENTED = YES
WARN_AS_ERROR = FAIL_ON_WARNINGS
PREDEFINED = COSTRISK_API=
MACRO_EXPANSION = YES
QUIET = YES
TEXT
}
check "$1/include"
# The same with one name left undocumented, which must be found.
mkdir "$folder/planted"
cp -r "$1/include/costrisk" "$folder/planted"
sed -i 's|^  int line = 0; .*|  int line = 0;|' "$folder/planted/costrisk/errors.hpp"
! check "$folder/planted" 2>/dev/null || { echo "an undocumented member was not found"; exit 1; }
