"""Extract: Document in, Items out. One adapter for each kind of document, one raw shape for all."""
