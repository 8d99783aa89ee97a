"""Pictures and sounds on the disk, and files on their way."""
