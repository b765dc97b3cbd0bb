"""The camera page and the drawing canvas, over HTTP."""
