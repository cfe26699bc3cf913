"""Files (附件): papers and photographs, checked on the way in and named by their hash."""
