"""The rules of the MSSanté documents: data (`catalogue`) and pure checks.

A rule reads `model.facts` and never parses.
"""
