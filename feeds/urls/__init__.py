"""Addresses in, comparable forms out: one spelling of an address, its identity, and the domain someone registered.

Four forms, each built on the one before: ``normal_url`` (RFC 3986, 6.2.2 and 6.2.3: what is requested),
``clean_url`` (without what only serves statistics: what is kept and shown), ``identity_of`` (http and https are one
site: what ids are made of), ``plain_identity`` (without what only says how the article is presented: an alias, never
an id). Pure: the public suffix list is the snapshot that tldextract carries.

``named_media_type`` and ``read_media_type`` say what kind of file an address leads to.

Every function of addresses raises ValueError, and nothing else, for text that is no http or https address.
"""

from feeds.urls.media import named_media_type, read_media_type
from feeds.urls.parts import clean_url, identity_of, is_http_url, normal_url, registered_domain
from feeds.urls.plain import plain_identity

__all__ = [
    "clean_url",
    "identity_of",
    "is_http_url",
    "named_media_type",
    "normal_url",
    "plain_identity",
    "read_media_type",
    "registered_domain",
]
