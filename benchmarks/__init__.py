"""The figures of ``make bench``: ratios to a peer in the same run, never absolute times."""
