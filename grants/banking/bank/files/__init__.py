"""Statement files of banks (camt.053, MT940) read into plain values and checked by themselves."""
