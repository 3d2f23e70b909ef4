"""The tests mirror the tree; what they share lies in fixtures/, and conftest.py brings it in."""
