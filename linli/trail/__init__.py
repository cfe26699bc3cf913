"""Trail (留痕): every act leaves one line that nobody can change."""
