"""Everything that knows Streamlit: the frame, the filters, the cards and the tables."""
