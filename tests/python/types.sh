#!/usr/bin/env bash
# The module's types: its own code keeps to them (mypy), and the stub of the compiled part says what is in it (stubtest).
# Exits with 77 where mypy is not installed.
# usage: types.sh PYTHON ROOT MODULE_FOLDER
set -euo pipefail
python=$1 root=$2 modules=$3
"$python" -c "import mypy.stubtest" 2>/dev/null || { echo "mypy is not here (Debian: mypy)"; exit 77; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
printf '[mypy]\nstrict = true\n[mypy-pandas.*,xarray.*]\nignore_missing_imports = true\n' >mypy.ini
MYPYPATH=$modules "$python" -m mypy --config-file mypy.ini --cache-dir "$folder/cache" -p costrisk

# Of every class pybind11 makes, stubtest says that it has a metaclass and an __init__ which no stub need know.
differences() {
  PYTHONPATH=$1 MYPYPATH=$1 "$python" -m mypy.stubtest --concise --mypy-config-file mypy.ini costrisk._core |
    grep -vE 'metaclass differs$|__init__ is inconsistent, stub does not have \*args argument "args"$' || true
}
found=$(differences "$modules")
[[ -z $found ]] || { echo "$found"; exit 1; }
mkdir -p planted/lib/python3/dist-packages
cp -r "$(readlink -f "$modules/costrisk")" planted/lib/python3/dist-packages
cp -P "$(readlink -f "$modules/..")"/../libcostrisk.so* planted/lib
sed -i 's/def cost_histogram(self, bins: int)/def cost_histogram(self)/' planted/lib/python3/dist-packages/costrisk/_core.pyi
[[ $(differences planted/lib/python3/dist-packages) == *cost_histogram* ]] || { echo "a wrong stub was not found"; exit 1; }
cat >user.py <<'TEXT'
import costrisk
costrisk.load("x").run(paths="many")
TEXT
! MYPYPATH=$modules "$python" -m mypy --config-file mypy.ini --cache-dir "$folder/cache" user.py >out.txt ||
  { echo "a wrong argument was not found"; exit 1; }
grep -F 'has incompatible type "str"; expected "int"' out.txt >/dev/null || { cat out.txt; exit 1; }
