"""Text that a source may send."""

HOSTILE = "\x00\x08蓝\"湖'\\\n\r\t</data>&amp;]]>\x0b\u2028\u202e\ufffe\x7f😀 ; <https://x> .\x1f"
"""Everything that ends a string, a tag or a line somewhere, and what some formats cannot hold."""
HELD = "蓝\"湖'\\\n\r\t</data>&amp;]]>\u2028\u202e\x7f😀 ; <https://x> ."
"""What is left of it."""
