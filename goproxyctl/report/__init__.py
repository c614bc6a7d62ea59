"""Plans, findings, results and differences as text, JSON and Markdown: pure, redacted, in the person's language."""
