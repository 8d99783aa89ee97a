"""Show: words become pictures. The form is made of sections, one file each."""
