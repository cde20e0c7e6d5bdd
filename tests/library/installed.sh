#!/usr/bin/env bash
# The library as it is installed: the example is compiled against it through CMake and through pkg-config, and runs; every
# header stands alone; nothing of the engine can be seen in it.
# usage: installed.sh CMAKE BUILD_FOLDER ROOT CXX
set -euo pipefail
cmake=$1 build=$2 root=$3 cxx=$4
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
for component in library development bundled; do
  "$cmake" --install "$build" --prefix "$folder/first" --component "$component" >/dev/null
done
mv "$folder/first" "$folder/prefix"
prefix=$folder/prefix
arguments=("$root/configs/quickstart.toml" market.p4d-east.spot.price.mean 9)

mkdir "$folder/example"
cp "$root"/docs/examples/* "$folder/example"
"$cmake" -S "$folder/example" -B "$folder/by_cmake" -DCMAKE_PREFIX_PATH="$prefix" -DCMAKE_CXX_COMPILER="$cxx" >/dev/null
"$cmake" --build "$folder/by_cmake" >/dev/null
"$folder/by_cmake/choose_plan" "${arguments[@]}" >"$folder/by_cmake.txt"
grep -F "two regions: " "$folder/by_cmake.txt" >/dev/null || { cat "$folder/by_cmake.txt"; echo "the example names no plans"; exit 1; }
! cmp -s <(sed -n 2,6p "$folder/by_cmake.txt") <(sed -n 8,12p "$folder/by_cmake.txt") ||
  { cat "$folder/by_cmake.txt"; echo "the value that was set changed nothing"; exit 1; }
set +e
"$folder/by_cmake/choose_plan" "${arguments[0]}" market.p4d-est.spot.price.mean 9 >/dev/null 2>"$folder/refused.txt"
code=$?
set -e
((code == 2)) && grep -F "did you mean 'p4d-east'" "$folder/refused.txt" >/dev/null ||
  { cat "$folder/refused.txt"; echo "a wrong address ended with $code"; exit 1; }

if command -v pkg-config >/dev/null; then
  export PKG_CONFIG_PATH=$prefix/lib/pkgconfig
  [[ $(pkg-config --modversion costrisk) == "$("$build/costrisk" --version | cut -d' ' -f2)" ]] || { echo "another version"; exit 1; }
  read -ra flags <<<"$(pkg-config --cflags --libs costrisk)"
  "$cxx" -std=c++20 "$folder/example/choose_plan.cpp" -o "$folder/by_pkg_config" "${flags[@]}"
  LD_LIBRARY_PATH=$prefix/lib "$folder/by_pkg_config" "${arguments[@]}" | cmp - "$folder/by_cmake.txt"
else
  echo "pkg-config is not here: left out"
fi

for header in "$prefix"/include/costrisk/*.hpp; do
  echo "#include <costrisk/$(basename "$header")>" | "$cxx" -std=c++20 -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror \
    -fsyntax-only -I"$prefix/include" -xc++ -
done
library=$(readlink -f "$prefix/lib/libcostrisk.so")
seen=$(nm -DC --defined-only "$library" | grep -vE ' [VWu] std::| [VWu] (typeinfo|vtable|typeinfo name|VTT) for std::| [VWu] void std::' || true)
engine=$(grep -E '(scenario|results|run|calibrate|backtest|present|trace|cuda)::|H5|tbb::|nlohmann|fmt::|toml::' <<<"$seen" || true)
[[ -z $engine ]] || { head <<<"$engine"; echo "these are the engine's, and can be seen in $library"; exit 1; }
grep -F "costrisk::simulate(" <<<"$seen" >/dev/null || { echo "simulate cannot be seen"; exit 1; }
