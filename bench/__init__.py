"""What is measured, each figure beside its ceiling in the same run: `python -m bench`."""
