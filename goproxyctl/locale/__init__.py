"""The catalogues, and what makes them: two scripts that need babel and stay out of the wheel."""
