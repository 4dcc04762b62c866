"""The sample newsroom: a magazine site on loopback, for tests, demonstrations and benchmarks."""
