"""Cases (事项): one case is one run of a flow; one stamp records one step."""
