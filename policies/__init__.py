"""Who may reach what, when, after whose approval, doing what: facts in, decision out.

Pure: no clock, no files, no randomness; imports nothing else of Wicketgate.
"""
