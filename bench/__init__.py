"""Figures about speed and memory; timings are ratios taken in one run."""
