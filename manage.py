"""The same as `linli`, where the package is not installed."""

from linli.__main__ import main

main()
