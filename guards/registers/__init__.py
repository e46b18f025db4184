"""What the guards of FINS and SLMP share: requests on tables of words and bits, each answered by one message."""
