"""Help and templates as data: French, in the words of the product, each with its source."""
