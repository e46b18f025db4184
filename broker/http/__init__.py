"""The HTTP edge: routes as data, errors as RFC 9457 problems, limits before login, OpenAPI.

Everything above this package declares its routes as values; nothing here knows what they do.
"""
