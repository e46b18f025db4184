"""Tools of those who develop Wicketgate."""
