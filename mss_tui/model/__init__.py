"""What the product talks about: frozen values that cross every layer. No input or output, no parsing of messages."""
