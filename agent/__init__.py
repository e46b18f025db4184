"""The program on site: dials out, listens to nothing, opens only what the site allowed."""
