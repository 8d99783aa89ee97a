"""What happens around the start and the end of the program: environment, command line, serving, signals."""
