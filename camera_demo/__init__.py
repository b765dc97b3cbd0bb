"""Reads digits live: from a camera, a clip or pictures, and from a drawing canvas in the browser."""
