"""Excel files in and out: what an upload must pass, how rows are read, matched, parsed and written."""
