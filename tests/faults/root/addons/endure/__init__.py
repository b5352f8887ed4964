"""An addon whose jobs are interrupted again and again."""
