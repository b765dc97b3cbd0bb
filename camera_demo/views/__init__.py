"""Where readings are shown: a browser, a window or the terminal."""
