"""``<config>/keywords.toml`` and CLDR's names in; which keywords of several languages mean one thing out."""

from __future__ import annotations

from feeds.concepts.known import FILE, Concepts, LoadedConcepts, concept_mistakes, load_concepts
from feeds.concepts.meanings import Meanings
from feeds.concepts.watch import ConceptsFile

__all__ = ["FILE", "Concepts", "ConceptsFile", "LoadedConcepts", "Meanings", "concept_mistakes", "load_concepts"]
