"""Read what entities send into the lake: detect, decode, normalise, validate, pseudonymise, store."""
