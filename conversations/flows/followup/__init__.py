"""Follow-ups: one short flow for each thing that can happen after a report was sent."""
