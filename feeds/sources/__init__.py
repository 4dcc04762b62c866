"""Source files: TOML in, Sources out (``reading``); a Source in, commented TOML out (``writing``); their JSON Schema.

``keys`` is the one table of what may stand in a file: reading, writing and the schema all go by it.
"""

from feeds.sources.reading import Loaded, load_source, load_sources, read_source
from feeds.sources.schema import source_schema
from feeds.sources.writing import write_source

__all__ = ["Loaded", "load_source", "load_sources", "read_source", "source_schema", "write_source"]
