"""The parts of each screen: results in, HTML and words out."""
