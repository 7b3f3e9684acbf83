"""The portal in Chromium: each role's journey, every page's accessibility, nothing asked of any other machine."""
