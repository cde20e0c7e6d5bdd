"""Builds the wheel for `pip install .` (PEP 517): CMake compiles, and what it installs is packed.

Config setting build=FOLDER takes a build folder that is configured already; else build-wheel/ is made.
"""
import base64
import hashlib
import os
import pathlib
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import zipfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
NAME = "costrisk"
OLDEST_DATE = (1980, 1, 1, 0, 0, 0)  # of a zip file; equal contents give equal wheels


def _version():
    text = (ROOT / "CMakeLists.txt").read_text(encoding="utf-8")
    return re.search(r"project\(costrisk VERSION ([0-9.]+)", text)[1]


def _metadata():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    return (
        f"Metadata-Version: 2.1\nName: {NAME}\nVersion: {_version()}\n"
        "Summary: How much could this plan cost, and how likely is that?\nLicense: Apache-2.0\n"
        f"Requires-Python: >={sys.version_info[0]}.{sys.version_info[1]}\nRequires-Dist: numpy\n"
        "Provides-Extra: tables\nRequires-Dist: pandas; extra == 'tables'\nRequires-Dist: xarray; extra == 'tables'\n"
        f"Description-Content-Type: text/markdown\n\n{readme}"
    )


def _compiled(folder, config_settings):
    """Compiles, and installs module and library into `folder`."""
    cmake = shutil.which("cmake")
    if not cmake:
        raise SystemExit("cmake is not on PATH: ./bootstrap build installs all that the build needs")
    build = pathlib.Path((config_settings or {}).get("build", ROOT / "build-wheel"))
    if not (build / "CMakeCache.txt").exists():
        interpreter = os.path.realpath(sys.executable)
        subprocess.run(
            [
                cmake,
                "-S",
                ROOT,
                "--preset",
                "release",
                "-B",
                build,
                "-DCOSTRISK_TESTS=OFF",
                f"-DCOSTRISK_PYTHON={interpreter}",
            ],
            cwd=ROOT,
            check=True,
        )
    subprocess.run([cmake, "--build", build, "--target", "costrisk_python", "costrisk_python_sources"], check=True)
    for component in ("library", "python"):
        subprocess.run([cmake, "--install", build, "--component", component, "--prefix", folder, "--strip"], check=True)


def _packed_files(installed):
    """[(name in the wheel, file)]: the package, with the library in it."""
    package = next(installed.rglob("*-packages/costrisk"))
    files = [(f"{NAME}/{path.name}", path) for path in package.iterdir()]
    # A wheel holds no links: the library stands in it by the name that the module asks for.
    library = min(installed.glob("lib/libcostrisk.so.*"), key=lambda path: len(path.name))
    return sorted(files + [(f"{NAME}/{library.name}", library.resolve())])


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    tag = f"cp{sys.version_info[0]}{sys.version_info[1]}"
    tag = f"{tag}-{tag}-{sysconfig.get_platform().replace('-', '_').replace('.', '_')}"
    name, info = f"{NAME}-{_version()}-{tag}.whl", f"{NAME}-{_version()}.dist-info"
    with tempfile.TemporaryDirectory() as folder:
        installed = pathlib.Path(folder)
        _compiled(installed, config_settings)
        contents = [(name, path.read_bytes()) for name, path in _packed_files(installed)]
    contents += [(f"{info}/{name}", (ROOT / name).read_bytes()) for name in ("LICENSE", "NOTICE", "THIRD_PARTY.md")]
    contents.append((f"{info}/METADATA", _metadata().encode()))
    contents.append(
        (f"{info}/WHEEL", f"Wheel-Version: 1.0\nGenerator: {NAME}\nRoot-Is-Purelib: false\nTag: {tag}\n".encode())
    )
    record = ""
    for entry, data in contents:
        digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
        record += f"{entry},sha256={digest},{len(data)}\n"
    contents.append((f"{info}/RECORD", (record + f"{info}/RECORD,,\n").encode()))
    with zipfile.ZipFile(pathlib.Path(wheel_directory) / name, "w", zipfile.ZIP_DEFLATED) as wheel:
        for entry, data in contents:
            wheel.writestr(zipfile.ZipInfo(entry, OLDEST_DATE), data, zipfile.ZIP_DEFLATED)
    return name
