#!/usr/bin/env python3
"""Checks every include of include/, kernels/, src/ and python/ against the edges of src/rooms.txt.

A file includes from its own room and from those that its room's line names, or the one file of another that it names; an include is a path from the repository's
root, or from include/ as users of the library write it. An edge that no include needs, and rooms that go round in a circle, are faults too.

usage: check_includes.py [ROOT]      check the repository at ROOT (default: the one this file is in)
       check_includes.py --self-test check that planted faults are found
"""
import pathlib
import re
import sys
import tempfile

ROOMS = "src/rooms.txt"
TOPS = ("include", "kernels", "src", "python")
INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"')
SUFFIXES = {".hpp", ".cpp", ".h", ".cu", ".cuh", ".inc"}
# Written by the build, and so in no folder of the repository.
GENERATED = {"costrisk_build.hpp", "costrisk_components.inc"}


def edges_of(root):
    """{room: [rooms it may include]} as src/rooms.txt has it."""
    edges = {}
    for line in (root / ROOMS).read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            room, others = line.split(":")
            edges[room] = others.split()
    return edges


def room_of(name):
    """The room of a file: its first two folders, or the only one that it is in."""
    return "/".join(name.parts[: min(2, len(name.parts) - 1)])


def circle(edges):
    """A room that reaches itself, or None."""
    def reaches(room, goal, seen):
        return any(other == goal or (other not in seen and reaches(other, goal, seen | {other}))
                   for other in edges.get(room, ()))
    edges = {room: [other if other in edges else room_of(pathlib.Path(other)) for other in others]
             for room, others in edges.items()}
    return next((room for room in edges if reaches(room, room, {room})), None)


def violations(root):
    """The offending includes and edges below `root`, as 'file:line: message'."""
    edges, used, found = edges_of(root), set(), []
    for top in TOPS:
        for path in sorted((root / top).rglob("*")):
            if path.suffix not in SUFFIXES:
                continue
            name = path.relative_to(root)
            room = room_of(name)
            if room not in edges:
                found.append(f"{name}:1: is in no room; {ROOMS} has {', '.join(edges)}")
                continue
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
                match = INCLUDE.match(line)
                if not match or match[1] in GENERATED:
                    continue
                included = pathlib.Path(match[1])
                if (root / "include" / included).is_file():
                    included = "include" / included
                target = room_of(included)
                if str(included) in edges[room]:
                    used.add((room, str(included)))
                    continue
                used.add((room, target))
                if not (root / included).is_file():
                    found.append(f"{name}:{number}: \"{match[1]}\" is not a path from the repository's root")
                elif target != room and target not in edges[room]:
                    found.append(f"{name}:{number}: {room} includes \"{match[1]}\", and {ROOMS} has no such edge")
    for room, others in edges.items():
        found += [f"{ROOMS}: no include needs the edge from {room} to {other}" for other in others
                  if (room, other) not in used]
    if round_room := circle(edges):
        found.append(f"{ROOMS}: {round_room} includes itself by way of others")
    return found


def self_test():
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        rooms = "# a comment\ninclude/costrisk:\nkernels/model:\nsrc/run: kernels/model\nsrc/cli: src/run\npython: include/costrisk\nsrc/course: src/run/deep/b.hpp\n"
        files = {
            ROOMS: rooms,
            "kernels/model/a.hpp": "#pragma once\n",
            "src/run/deep/b.hpp": '#include "kernels/model/a.hpp"\n#include <vector>\n',
            "include/costrisk/public.hpp": '#include "costrisk/other.hpp"\n',
            "include/costrisk/other.hpp": "#pragma once\n",
            "python/module.cpp": '#include "costrisk/public.hpp"\n',
            "src/cli/c.cpp": '#include "src/run/deep/b.hpp"\n',
            "src/run/deep/other.hpp": "#pragma once\n",
            "src/course/one.cpp": '#include "src/run/deep/b.hpp"\n',
        }
        for name, text in files.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text)
        if violations(root):
            return f"sound includes were refused: {violations(root)}"
        planted = [
            ("kernels/model/upward.hpp", '#include "src/run/deep/b.hpp"\n'),
            ("include/costrisk/engine.hpp", '#include "kernels/model/a.hpp"\n'),
            ("python/engine.hpp", '#include "kernels/model/a.hpp"\n'),
            ("src/cli/skips.hpp", '#  include "kernels/model/a.hpp"\n'),
            ("src/cli/relative.hpp", '#include "../run/deep/b.hpp"\n'),
            ("src/elsewhere/roomless.hpp", "\n"),
            ("src/course/another.cpp", '#include "src/run/deep/other.hpp"\n'),
            ("src/course/one.cpp", "\n"),
            ("src/run/deep/round.hpp", '#include "src/course/one.cpp"\n'),
            (ROOMS, rooms.replace("src/cli: src/run", "src/cli: src/run kernels/model")),
            (ROOMS, rooms.replace("kernels/model:", "kernels/model: src/cli")),
        ]
        for name, text in planted:
            path = root / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(text)
            if not violations(root):
                return f"{name} was not found:\n{text}"
            path.write_text(files[name]) if name in files else path.unlink()
    return None


def main():
    if sys.argv[1:] == ["--self-test"]:
        problem = self_test()
        print(problem or "planted faults are found")
        return 1 if problem else 0
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).resolve().parent.parent)
    found = violations(root)
    print("\n".join(found) if found else f"all includes go along the edges of {ROOMS}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
