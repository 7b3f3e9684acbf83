"""A made-up nation: 1.6 M public institutions whose roll-up is the published level, with planted faults."""
