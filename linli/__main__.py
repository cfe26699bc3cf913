"""`linli`: the one command-line program."""

import os
import sys


def main() -> None:
    """Run a command; `linli --help` lists them."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "linli.settings")
    from linli.upkeep.commandline import Program

    sys.exit(Program(["linli", *sys.argv[1:]]).run())


if __name__ == "__main__":
    main()
