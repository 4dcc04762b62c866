"""Web: the Flask application and the layer of ready answers in front of it."""
