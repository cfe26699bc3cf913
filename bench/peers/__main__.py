"""`python -m bench.peers --setup`: make the environment that the peers run in."""

from __future__ import annotations

import argparse
import subprocess
import sys
import venv
from pathlib import Path


def main() -> None:
    from bench.peers import HERE, HOME, PYTHON

    parser = argparse.ArgumentParser(prog="python -m bench.peers", description=__doc__)
    parser.add_argument("--setup", action="store_true", required=True, help=f"in {HOME}")
    parser.parse_args()
    venv.create(HOME, with_pip=True, clear=Path(PYTHON).exists())
    wanted = ["install", "--quiet", "--requirement", str(HERE / "requirements.txt")]
    sys.exit(subprocess.run([str(PYTHON), "-m", "pip", *wanted], check=False).returncode)


if __name__ == "__main__":
    main()
