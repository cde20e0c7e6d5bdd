"""What compare.py makes of an engine's timings, with a program that stands for costrisk on a GPU."""
import pathlib
import sys
import tempfile

sys.dont_write_bytecode = True

import compare

# 20 s of start-up, then a million futures a second.
FAKE = """#!/usr/bin/env python3
import json, sys
paths = int(sys.argv[sys.argv.index("--paths") + 1])
with open(sys.argv[sys.argv.index("--timings") + 1], "w") as file:
    json.dump({"wall_seconds": 20.0 + paths / 1e6, "start_up_seconds": 20.0}, file)
print(json.dumps({"paths": paths}))
"""


def test_the_start_up_of_a_gpu_neither_counts_nor_chooses_the_paths(folder):
    program = folder / "costrisk"
    program.write_text(FAKE)
    program.chmod(0o755)
    row, = compare.measure_all([compare.Engine(program, "cuda", 2, folder)], seconds=1.0, rounds=2)
    assert 0.3e6 <= row["paths"] <= 1e6, row
    assert abs(row["seconds"] - row["paths"] / 1e6) < 1e-6, row
    assert abs(row["rate"] - 1e6 * compare.STEPS) < 1e4, row
    assert [told["start_up_seconds"] for told in row["measured"]] == [20.0, 20.0], row


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        test_the_start_up_of_a_gpu_neither_counts_nor_chooses_the_paths(pathlib.Path(name))
