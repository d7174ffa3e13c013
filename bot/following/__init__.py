"""Following a request by a link: what its holder sees (`pages`), and may do (`follow`)."""
