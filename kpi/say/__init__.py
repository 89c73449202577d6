"""Put answers into the words of one language, without markup: what pages, documents and messages say alike."""
