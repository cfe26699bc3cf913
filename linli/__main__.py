"""`linli`: the one command-line program."""

import os
import sys


def main() -> None:
    """Run a command; `linli --help` lists them."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "linli.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(["linli", *sys.argv[1:]])


if __name__ == "__main__":
    main()
