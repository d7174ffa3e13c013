"""About a request that exists: a mail to its own address, or a photo sent after it."""
