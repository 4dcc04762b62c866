"""The command line: polyfeed serve, poll, sources, check, feeds, export, init, extract."""
