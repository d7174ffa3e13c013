"""Text messages: plain words, at most two segments, GSM-7 where the language allows."""
