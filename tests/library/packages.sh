#!/usr/bin/env bash
# The Debian packages: what is in each, and that program, library and module run from what they hold. Exits with 77 where
# Debian packages cannot be made.
# usage: packages.sh CMAKE BUILD_FOLDER PYTHON CXX
set -euo pipefail
cmake=$1 build=$2 python=$3 cxx=$4
command -v dpkg-shlibdeps >/dev/null && command -v dpkg-deb >/dev/null || { echo "dpkg-dev is not here"; exit 77; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
fail() { echo "$*"; exit 1; }
(cd "$build" && "$(dirname "$(command -v "$cmake")")/cpack" -G DEB --config CPackConfig.cmake -B "$folder" >"$folder/log" 2>&1) ||
  { cat "$folder/log"; exit 1; }
root=$folder/root
for package in "$folder"/*.deb; do
  dpkg-deb -x "$package" "$root"
  name=$(dpkg-deb -f "$package" Package)
  depends=$(dpkg-deb -f "$package" Depends)
  case $name in
    costrisk | libcostrisk0.*) [[ $depends == *libtbb12*libstdc++6* || $depends == *libstdc++6*libtbb12* ]] ;;
    libcostrisk-dev) [[ $depends == "libcostrisk0."* ]] ;;
    python3-costrisk) [[ $depends == *"libcostrisk0."*"python3 (>= "* ]] ;;
    *) fail "nobody asked for $name" ;;
  esac || fail "$name depends on: $depends"
done
[[ $(find "$folder" -maxdepth 1 -name '*.deb' | wc -l) -ge 3 ]] || fail "there are too few packages"
for file in bin/costrisk lib/libcostrisk.so include/costrisk/costrisk.hpp lib/pkgconfig/costrisk.pc share/costrisk/configs/quickstart.toml \
  share/man/man1/costrisk.1 share/man/man1/costrisk-calibrate-price.1 share/bash-completion/completions/costrisk \
  share/zsh/vendor-completions/_costrisk share/fish/vendor_completions.d/costrisk.fish share/doc/costrisk/docs/scenario.schema.json; do
  [[ -e $root/usr/$file ]] || fail "there is no /usr/$file"
done
[[ ! -e $root/usr/lib/libtbb.so.12 ]] || fail "the distribution's TBB is packed, too"
"$root/usr/bin/costrisk" run "$root/usr/share/costrisk/configs/quickstart.toml" --paths 20 --quiet -o "$folder/out.h5" >/dev/null
"$cxx" -std=c++20 -xc++ - -I"$root/usr/include" -L"$root/usr/lib" -lcostrisk -o "$folder/version" <<'TEXT'
#include <costrisk/costrisk.hpp>
#include <cstdio>
int main() { std::puts(costrisk::version().version.c_str()); }
TEXT
LD_LIBRARY_PATH=$root/usr/lib "$folder/version" >/dev/null
if [[ -d $root/usr/lib/python3 ]]; then
  PYTHONPATH=$root/usr/lib/python3/dist-packages "$python" -c "import costrisk; costrisk.open('$folder/out.h5').table()"
fi
# Completions: what a shell offers.
offered=$(bash -c "source '$root/usr/share/bash-completion/completions/costrisk'
  COMP_WORDS=(costrisk run --back); COMP_CWORD=2; _costrisk; echo \"\${COMPREPLY[@]}\"
  COMP_WORDS=(costrisk run --backend av); COMP_CWORD=3; _costrisk; echo \"\${COMPREPLY[@]}\"
  COMP_WORDS=(costrisk calibrate pr); COMP_CWORD=2; _costrisk; echo \"\${COMPREPLY[@]}\"")
[[ $offered == $'--backend\navx512 avx2\nprice' ]] || fail "bash is offered: $offered"
if command -v fish >/dev/null; then
  offered=$(fish --no-config -c "source '$root/usr/share/fish/vendor_completions.d/costrisk.fish'; complete -C 'costrisk calibrate pr'" | cut -f1)
  [[ $offered == price ]] || fail "fish is offered: $offered"
fi
if command -v zsh >/dev/null; then zsh -n "$root/usr/share/zsh/vendor-completions/_costrisk"; fi
if command -v mandoc >/dev/null; then mandoc -T lint -W error "$root"/usr/share/man/man1/*.1; fi
