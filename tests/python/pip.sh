#!/usr/bin/env bash
# `pip install` of the checkout into a fresh virtual environment, without a network; tests of the module run there.
# usage: pip.sh PYTHON ROOT BUILD_FOLDER PROGRAM
set -euo pipefail
python=$1 root=$2 build=$3 program=$4
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"$python" -c "import ensurepip" 2>/dev/null || { echo "venv is not here (Debian: python3-venv)"; exit 77; }
"$python" -m venv --system-site-packages "$folder/venv"
inside=$folder/venv/bin/python
cd "$folder"
unset PYTHONPATH
export PIP_DISABLE_PIP_VERSION_CHECK=1
"$inside" -m pip install --quiet --no-index --config-settings "build=$build" "$root"
"$inside" -c "import costrisk, sys; sys.exit(not costrisk.__file__.startswith('$folder'))" ||
  { echo "another costrisk is imported"; exit 1; }
COSTRISK=$program "$inside" "$root/tests/python/test_costrisk.py" Values
"$inside" -m pip uninstall --quiet --yes costrisk
! "$inside" -c "import costrisk" 2>/dev/null || { echo "costrisk is there after it was uninstalled"; exit 1; }
