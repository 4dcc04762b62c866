"""What the store knows + what was found + now in, what to do out. Pure: no input or output, no clock.

Which pages to fetch, what an article's change is, when a failed page is tried again, what state a source is in and
when it is polled next.
"""
