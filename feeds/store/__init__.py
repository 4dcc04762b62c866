"""Store: Update in, rows out; FeedQuery in, articles out."""
