"""The battery: linli against kills, faults, races, tampering, bad input, load and wrong clocks."""
